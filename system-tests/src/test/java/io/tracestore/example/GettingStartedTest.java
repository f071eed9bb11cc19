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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code on the first pages compiles, and does what they say. */
class GettingStartedTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/tracestore/example/GettingStarted.java");

  private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)\\n```", Pattern.DOTALL);

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"../README.md", "../docs/getting-started.md"})
  void everySnippetOfThePageIsCompiledHere(String page) throws IOException {
    String source =
        Files.readString(SOURCE)
            .replace("open(uri)", "open(\"sqlite:traces.db\")")
            .replaceAll("(?m)^ +return .*\n", "")
            .replaceAll("(?m)^ {4}", "");

    List<String> snippets =
        SNIPPET.matcher(Files.readString(Path.of(page))).results().map(m -> m.group(1)).toList();

    assertThat(snippets).isNotEmpty().allSatisfy(snippet -> assertThat(source).contains(snippet));
  }

  @Test
  void theApplicationsLeaveTracesThatSayWhatHappened() {
    String uri = "sqlite:" + dir.resolve("traces.db");

    GettingStarted.record(uri);

    assertThat(GettingStarted.store("mem:")).hasSize(2);
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
