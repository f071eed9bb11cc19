package io.tracestore.opentelemetry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as an extension of OpenTelemetry's Java agent. */
class AgentTest {
  @TempDir Path folder;

  private String run(String uri) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-javaagent:" + Objects.requireNonNull(System.getProperty("agent")),
                "-Dotel.javaagent.extensions="
                    + Objects.requireNonNull(System.getProperty("extension")),
                "-Dotel.traces.exporter=tracestore",
                "-Dotel.exporter.tracestore.uri=" + uri,
                "-Dotel.metrics.exporter=none",
                "-Dotel.logs.exporter=none",
                "-Dotel.service.name=hello",
                // Only the instrumentation that the program needs: the agent starts faster.
                "-Dotel.instrumentation.common.default-enabled=false",
                "-Dotel.instrumentation.java-http-client.enabled=true",
                "-Dotel.instrumentation.java-http-server.enabled=true",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                new File("target/test-classes").getAbsolutePath(),
                Hello.class.getName())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      return Files.readString(output);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void a_program_under_the_agent_stores_its_traces() throws Exception {
    String output = run("sqlite:traces.db");

    try (TraceStore store = TraceStores.open("sqlite:" + folder.resolve("traces.db"))) {
      List<FlowTrace> traces = store.queryTraces(TraceQuery.ALL);
      assertThat(traces).as(output).extracting(FlowTrace::flowId).containsExactly("hello GET");
      FlowTrace trace = store.getTrace(traces.getFirst().traceId()).orElseThrow();
      assertThat(trace.events())
          .extracting(TraceEvent::eventType)
          .contains(TraceEventType.MESSAGE_SENT, TraceEventType.MESSAGE_RECEIVED);
    }
  }

  @Test
  void what_is_wrong_with_the_uri_is_said_without_secrets() throws Exception {
    assertThat(run("redis://u:hush@127.0.0.1"))
        .contains("otel.exporter.tracestore.uri: no provider for 'redis:'")
        .doesNotContain("hush");
  }
}
