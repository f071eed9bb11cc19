package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.migration.SampleTraces;
import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.spi.TraceStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files far larger than the heap, in JVMs of their own. */
class SmallHeapTest {
  private static final String HEAP = "-Xmx48m";
  private static final int ZIPKIN_TRACES = 20_000;
  private static final int SPANS = 10;
  private static final int REFLOW_TRACES = 5_000;

  /** About 20 events each; the property scales the round. */
  private static final int MIGRATED_TRACES = Integer.getInteger("tracestore.migrated", 8_000);

  @TempDir private Path folder;

  @Test
  void zipkinSpansScatteredOverALargeFileAreImported() throws Exception {
    Path file = folder.resolve("spans.json");
    writeScatteredSpans(file);

    assertThat(Files.size(file)).isGreaterThan(40L << 20);
    assertThat(run("import", file.toString(), db()))
        .isEqualTo("stored 20000 traces with 400000 events in " + db() + "\n0");
  }

  @Test
  void aLargeFileOfTracesIsRestored() throws Exception {
    Path file = folder.resolve("traces.jsonl");
    SampleTraces samples = SampleTraces.of(1);
    try (ReflowJsonWriter writer =
        new ReflowJsonWriter(Files.newOutputStream(file), ReflowJsonWriter.Layout.LINES)) {
      for (int i = 0; i < REFLOW_TRACES; i++) {
        writer.write(samples.next());
      }
    }

    assertThat(Files.size(file)).isGreaterThan(50L << 20);
    assertThat(run("restore", file.toString(), db()))
        .startsWith("stored 5000 traces")
        .endsWith("\n0");
  }

  /** More than the heap could hold, and one trace that is large by itself. */
  @Test
  void aStoreThatIsLargerThanTheHeapIsMigratedAndVerified() throws Exception {
    SampleTraces samples = SampleTraces.of(1);
    FlowTrace large = traceOfThreeMegabytes(samples.next());
    try (TraceStore store = TraceStores.open(db())) {
      store.storeTrace(large);
      for (int i = 0; i < MIGRATED_TRACES; i += 1000) {
        store.storeTraces(samples.next(1000));
      }
    }
    String target = "sqlite:" + folder.resolve("target.db") + "?cacheSizeMb=4";

    assertThat(run("migrate", "--threads", "2", "--verify", db(), target))
        .startsWith("moved %d traces".formatted(MIGRATED_TRACES + 1))
        .endsWith("verified: both are equal\n0");
  }

  private static FlowTrace traceOfThreeMegabytes(FlowTrace trace) {
    TraceEvent event = trace.events().getFirst();
    TraceEventData payload =
        TraceEventData.builder()
            .message(new MessageSnapshot("blob", 3 << 20, "", Bytes.of(new byte[3 << 20])))
            .build();
    return trace.withEvents(List.of(event.toBuilder().data(payload).build()));
  }

  private String db() {
    return "sqlite:" + folder.resolve("t.db") + "?cacheSizeMb=4";
  }

  /** Every span of every trace before the next span of any. */
  private static void writeScatteredSpans(Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      String separator = "[";
      for (int span = 1; span <= SPANS; span++) {
        for (int trace = 1; trace <= ZIPKIN_TRACES; trace++) {
          out.write(separator);
          out.write(
              """
              {"traceId":"%x","id":"%x","name":"step-%d","timestamp":%d,"duration":100,\
              "localEndpoint":{"serviceName":"service-%d"},"tags":{"note":"%s"}}\
              """
                  .formatted(
                      trace,
                      span,
                      span,
                      1_600_000_000_000_000L + trace * 1000L + span,
                      span % 3,
                      "x".repeat(80)));
          separator = ",\n";
        }
      }
      out.write("]");
    }
  }

  /** What a command in a JVM of its own writes, and its exit code. */
  private String run(String... args) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(Arrays.asList(args));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      int exitCode = process.waitFor();
      return Files.readString(output) + exitCode;
    } finally {
      process.destroyForcibly();
    }
  }
}
