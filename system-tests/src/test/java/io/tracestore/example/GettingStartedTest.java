package io.tracestore.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code on the first pages compiles, and does what they say. */
class GettingStartedTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/tracestore/example/GettingStarted.java");

  private static final Path APPLICATION = Path.of("../docs/examples/application");

  private static final Pattern SNIPPET =
      Pattern.compile("```(?:java|xml|kotlin)\\n(.*?)\\n```", Pattern.DOTALL);

  @TempDir Path dir;

  @Test
  void theApplicationOfTheReadmeIsCompiledHere() throws IOException {
    String source =
        Files.readString(SOURCE)
            .replace("open(uri)", "open(\"sqlite:traces.db\")")
            .replaceAll("(?m)^ {4}", "");

    assertThat(snippets("../README.md"))
        .isNotEmpty()
        .allSatisfy(snippet -> assertThat(source).contains(snippet));
  }

  /** CI builds that project from installed artifacts, and runs it. */
  @Test
  void everySnippetOfGettingStartedIsInTheProjectToCopy() throws IOException {
    String project = project();

    assertThat(snippets("../docs/getting-started.md"))
        .hasSizeGreaterThan(5)
        .allSatisfy(snippet -> assertThat(project).contains(snippet));
  }

  private static List<String> snippets(String page) throws IOException {
    return SNIPPET.matcher(Files.readString(Path.of(page))).results().map(m -> m.group(1)).toList();
  }

  private static String project() throws IOException {
    StringBuilder project = new StringBuilder();
    try (Stream<Path> files = Files.walk(APPLICATION)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        project.append(Files.readString(file));
      }
    }
    return project.toString();
  }

  @Test
  void theApplicationLeavesATraceThatSaysWhatHappened() {
    String uri = "sqlite:" + dir.resolve("traces.db");

    GettingStarted.record(uri);

    try (TraceStore store = TraceStores.open(uri)) {
      List<FlowTrace> traces = store.queryTraces(TraceQuery.builder().flowId("etl").build());
      assertThat(traces).hasSize(1);
      assertThat(traces.getFirst().status()).isEqualTo(ExecutionStatus.failed("disk full"));
      assertThat(traces.getFirst().events())
          .extracting(event -> event.actorId() + " " + event.eventType().typeName())
          .containsExactly(
              "reader ActorStarted",
              "reader DataFlow",
              "writer ActorStarted",
              "writer ActorFailed");
      assertThat(traces.getFirst().events())
          .extracting(event -> event.causality().rootCauseEventId())
          .containsOnly(traces.getFirst().events().getFirst().eventId());
      assertThat(traces.getFirst().events())
          .extracting(TraceEvent::timestamp)
          .allMatch(time -> !time.isBefore(traces.getFirst().startTime()));
    }
  }
}
