package io.tracestore.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.Installed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reflow's own runtime runs a flow that reports to the server; {@code ci/reflow} installs it. */
class ReflowItselfTest {
  private static final String FLOW =
      """
      import sys, time
      from offbit_reflow import Actor, Network, Message

      class Doubler(Actor):
          component = "doubler"
          inports = ["in"]
          outports = ["out"]

          def run(self, ctx):
              time.sleep(1)  # the runtime connects during this; it reports no event from before
              ctx.done({"out": Message.integer(ctx.inputs["in"]["data"] * 2)})

      class Sink(Actor):
          component = "sink"
          inports = ["in"]
          outports = []

          def run(self, ctx):
              print("got", ctx.inputs["in"]["data"], flush=True)
              ctx.done()

      net = Network({
          "tracing": {
              "server_url": sys.argv[1], "enabled": True, "batch_size": 1,
              "batch_timeout": {"secs": 0, "nanos": 100000000}, "enable_compression": False,
              "retry_config": {"max_retries": 3, "initial_delay": {"secs": 0, "nanos": 100000000},
                               "max_delay": {"secs": 1, "nanos": 0}, "backoff_multiplier": 2.0},
          },
          "compression": False,
      })
      net.register_actor("double", Doubler())
      net.register_actor("sink", Sink())
      net.add_node("a", "double")
      net.add_node("b", "sink")
      net.add_connection("a", "out", "b", "in")
      net.add_initial("a", "in", {"type": "Integer", "data": 21})
      net.start()
      sys.stdin.readline()
      net.shutdown()
      """;

  @TempDir private Path folder;

  @Test
  void a_flow_of_reflow_itself_reports_to_the_server() throws Exception {
    Path python =
        Installed.cachedOrSkip(
            "Reflow's runtime is not installed: ci/reflow", "reflow-0.2.9/bin/python");
    Path script = Files.writeString(folder.resolve("flow.py"), FLOW);
    try (TraceStore store = TraceStores.open("mem:");
        TraceServer server = TraceServer.builder(store).port(0).start()) {
      Process reflow =
          new ProcessBuilder(
                  python.toString(),
                  script.toString(),
                  "ws://127.0.0.1:%d".formatted(server.port()))
              .redirectError(folder.resolve("err").toFile())
              .start();
      try {
        assertThat(reflow.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("got 42");
        Messages.await("the flow's trace with its events", () -> events(store) >= 2);
        reflow.outputWriter(StandardCharsets.UTF_8).append("end\n").flush();
        assertThat(reflow.waitFor(120, TimeUnit.SECONDS)).isTrue();
      } finally {
        reflow.destroyForcibly();
      }
      Messages.await(
          "the trace is completed", () -> only(store).status().equals(ExecutionStatus.completed()));
      FlowTrace trace = only(store);
      assertThat(trace.flowId()).startsWith("network_session_");
      assertThat(trace.version().major()).isEqualTo(1);
      assertThat(trace.events())
          .filteredOn(event -> event.actorId().equals("a"))
          .extracting(event -> event.eventType())
          .contains(TraceEventType.MESSAGE_SENT, TraceEventType.dataFlow("b", "in"));
    }
  }

  private static int events(TraceStore store) {
    List<FlowTrace> traces = store.queryTraces(TraceQuery.ALL);
    return traces.size() == 1 && !traces.getFirst().flowId().equals("unknown")
        ? traces.getFirst().events().size()
        : 0;
  }

  private static FlowTrace only(TraceStore store) {
    List<FlowTrace> traces = store.queryTraces(TraceQuery.ALL);
    assertThat(traces).hasSize(1);
    return traces.getFirst();
  }
}
