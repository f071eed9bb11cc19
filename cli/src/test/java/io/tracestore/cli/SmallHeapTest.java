package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.codec.ReflowJsonReader;
import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.migration.SampleTraces;
import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files far larger than the heap, in JVMs of their own. */
class SmallHeapTest {
  private static final String HEAP = "-Xmx48m";

  /** 4 makes heaps of 256 MB, and traces of 200,000 events or 96 MiB, which takes minutes. */
  private static final int SCALE = Integer.getInteger("tracestore.heapScale", 1);

  private static final String SCALED_HEAP = "-Xmx" + 64 * SCALE + "m";
  private static final String MANY_HEAP = "-Xmx128m";
  private static final int MANY_EVENTS = 200_000;
  private static final FlowTrace MANY = SampleTraces.of(1).next();
  private static final int ZIPKIN_TRACES = 10_000;
  private static final int SPANS = 10;
  private static final int REFLOW_TRACES = 5_000;

  /** About 20 events each; the property scales the round. */
  private static final int MIGRATED_TRACES = Integer.getInteger("tracestore.migrated", 5_000);

  @TempDir private static Path shared;

  @TempDir private Path folder;

  @Test
  void zipkinSpansScatteredOverALargeFileAreImported() throws Exception {
    Path file = folder.resolve("spans.json");
    writeScatteredSpans(file);

    assertThat(Files.size(file)).isGreaterThan(20L << 20);
    assertThat(run("import", file.toString(), db()))
        .isEqualTo("stored 10000 traces with 200000 events in " + db() + "\n0");
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

  /** About as large as such a heap by itself; what reads all of it cannot work. */
  @Test
  void a_trace_that_the_heap_cannot_hold_ends_each_command_with_one_line() throws Exception {
    FlowTrace sample = SampleTraces.of(1).next();
    storeLargeTrace(sample, 24 * SCALE);
    String id = sample.traceId().toString();

    for (String line :
        List.of(
            "query URI",
            "query --json URI",
            "show URI " + id,
            "show --json URI " + id,
            "stats URI",
            "stats --events URI",
            "export URI " + folder.resolve("b.jsonl"),
            "export URI -",
            "migrate --verify URI sqlite:" + folder.resolve("copy.db"))) {
      String output = runIn(SCALED_HEAP, line.replace("URI", db()).split(" "));
      String last = output.lines().reduce("", (before, each) -> each);

      assertThat(last).as("%s: %s", line, shortened(output)).matches("[01]");
      assertThat(output)
          .as("%s: %s", line, shortened(output))
          .doesNotContain("\tat ", "Exception in thread", "internal error");
      if (last.equals("1")) {
        assertThat(output).as("%s: %s", line, shortened(output)).contains("tracestore: ");
      }
    }
  }

  /** As much as one trace may be, in a few events. */
  @Test
  void aLargeTraceIsExportedMovedAndRestoredInASmallHeap() throws Exception {
    int events = SCALE * 25;
    FlowTrace sample = SampleTraces.of(1).next();
    Instant start = sample.startTime();
    TraceEvent event = sample.events().getFirst();
    byte[] content = Arrays.copyOf(random(7), 500_000);
    FlowTrace large =
        sample.withEvents(
            IntStream.range(0, events)
                .mapToObj(i -> {
                  content[0] = (byte) i;
                  return event.toBuilder()
                      .eventId(new EventId(new UUID(0x7000L, i)))
                      .timestamp(start.plusNanos(i))
                      .data(
                          TraceEventData.builder()
                              .message(MessageSnapshot.of("blob", Bytes.of(content.clone())))
                              .build())
                      .build();
                })
                .toList());
    try (TraceStore store = TraceStores.open(db())) {
      store.storeTrace(large);
    }
    Path file = folder.resolve("large.jsonl.zst");
    String restored = "sqlite:" + folder.resolve("restored.db") + "?cacheSizeMb=4";
    String moved = "sqlite:" + folder.resolve("moved.db") + "?cacheSizeMb=4";

    assertThat(runIn(SCALED_HEAP, "export", db(), file.toString())).endsWith("\n0");
    assertThat(runIn(SCALED_HEAP, "restore", file.toString(), restored))
        .startsWith("stored 1 trace with %d events".formatted(events))
        .endsWith("\n0");
    assertThat(runIn(SCALED_HEAP, "migrate", "--verify", db(), moved))
        .startsWith("moved 1 trace")
        .endsWith("verified: both are equal\n0");
    for (String uri : List.of(restored, moved)) {
      try (TraceStore store = TraceStores.open(uri)) {
        assertThat(store.getTrace(large.traceId())).contains(large);
      }
    }
  }

  @Test
  void aTraceOf200000EventsIsShownExportedRestoredAndMigratedIn128Megabytes() throws Exception {
    String source = storeOfManyEvents();
    TraceId id = MANY.traceId();
    Path file = folder.resolve("many.jsonl");
    String moved = "sqlite:" + folder.resolve("moved.db");

    assertThat(runIn(MANY_HEAP, "show", "--width", "80", source, id.toString()))
        .contains("200000 events  2 actors", "drawn from the first 50000 of 200000 events")
        .endsWith("\n0");
    assertThat(runIn(MANY_HEAP, "stats", "--events", source))
        .containsPattern("events +200000")
        .endsWith("\n0");
    assertThat(runIn(MANY_HEAP, "export", source, file.toString()))
        .startsWith("wrote 1 trace with 200000 events")
        .endsWith("\n0");
    assertThat(runIn(MANY_HEAP, "migrate", "--verify", source, moved))
        .startsWith("moved 1 trace")
        .endsWith("verified: both are equal\n0");

    hasManyEvents(moved, id);
    String restored = "sqlite:" + folder.resolve("restored.db");
    assertThat(runIn(MANY_HEAP, "restore", file.toString(), restored))
        .startsWith("stored 1 trace with 200000 events")
        .endsWith("\n0");
    hasManyEvents(restored, id);
  }

  @Test
  void aTraceOf200000EventsIsWrittenAsJsonByShowAndQueryIn128Megabytes() throws Exception {
    String source = storeOfManyEvents();
    TraceId id = MANY.traceId();

    for (String line : List.of("show --json URI " + id, "query --json URI")) {
      assertThat(runIn(MANY_HEAP, line.replace("URI", source).split(" "))).endsWith("\n0");
      try (ReflowJsonReader reader =
          new ReflowJsonReader(Files.newInputStream(folder.resolve("output")), "output")) {
        FlowTrace trace = ((ReflowJsonReader.Item.Trace) reader.next().orElseThrow()).trace();
        assertThat(trace.traceId()).isEqualTo(id);
        areManyEvents(trace.events().iterator());
      }
    }
  }

  /** One span holds half of the events, and 25,000 spans four each. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OTLP | \"spanId\" | \"timeUnixNano\"",
        "ZIPKIN | \"localEndpoint\" | \"value\":\"MessageSent",
        "JAEGER | \"operationName\" | {\"key\":\"event\"",
        "CHROME | \"ph\":\"X\" | \"ph\":\"i\""
      })
  void aTraceOf200000EventsIsExportedForOtherToolsIn128Megabytes(
      String format, String span, String event) throws Exception {
    Path file = folder.resolve("exported.json");

    assertThat(runIn(MANY_HEAP, "export", "--format", format, storeOfManyEvents(), file.toString()))
        .startsWith("wrote 1 trace with 200000 events")
        .endsWith("\n0");

    String written = Files.readString(file);
    assertThat(occurrences(written, span)).isEqualTo(25_002);
    assertThat(occurrences(written, event)).isEqualTo(150_000);
  }

  private static int occurrences(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  @Test
  void aTraceOf200000EventsInOneLineIsImportedIn128Megabytes() throws Exception {
    Path file = folder.resolve("many.jsonl");
    String imported = "sqlite:" + folder.resolve("imported.db");
    assertThat(
            runIn(MANY_HEAP, "export", "--layout", "LINES", storeOfManyEvents(), file.toString()))
        .endsWith("\n0");

    assertThat(runIn(MANY_HEAP, "import", file.toString(), imported))
        .startsWith("stored 1 trace with 200000 events")
        .endsWith("\n0");
    hasManyEvents(imported, MANY.traceId());
  }

  /** The store of a trace of many events, which the first test that needs it fills. */
  private static synchronized String storeOfManyEvents() {
    String uri = "sqlite:" + shared.resolve("many.db") + "?cacheSizeMb=4";
    try (TraceStore store = TraceStores.open(uri)) {
      if (store.getHeader(MANY.traceId()).isEmpty()) {
        for (int i = 0; i < MANY_EVENTS; i += 10_000) {
          store.storeEvents(
              MANY.traceId(),
              IntStream.range(i, i + 10_000).mapToObj(SmallHeapTest::oneOfMany).toList());
        }
        store.storeTrace(MANY.withEvents(List.of()));
      }
    }
    return uri;
  }

  private static TraceEvent oneOfMany(int number) {
    boolean isSingle = number < MANY_EVENTS / 2;
    int step = isSingle ? 1 : number % 4;
    TraceEventType type =
        step == 0
            ? TraceEventType.ACTOR_STARTED
            : step == 3 ? TraceEventType.ACTOR_COMPLETED : TraceEventType.MESSAGE_SENT;
    EventId cause = isSingle || step == 0 ? null : manyId(number - step);
    return TraceEvent.builder(type, isSingle ? "reader" : "worker")
        .eventId(manyId(number))
        .causality(new CausalityInfo(cause, cause == null ? manyId(number) : cause, List.of(), ""))
        .timestamp(Instant.parse("2026-03-01T10:00:00Z").plusNanos(number))
        .data(
            TraceEventData.builder()
                .port("out")
                .message(MessageSnapshot.of("row", Bytes.of(new byte[] {(byte) number, 1, 2})))
                .attribute("line", number)
                .build())
        .build();
  }

  private static EventId manyId(int number) {
    return new EventId(new UUID(0x7000L, number));
  }

  private static void hasManyEvents(String uri, TraceId id) {
    try (TraceStore store = TraceStores.open(uri);
        EventCursor events = store.openEvents(id, EventRange.ALL)) {
      assertThat(store.getHeader(id)).isPresent();
      areManyEvents(events);
    }
  }

  private static void areManyEvents(Iterator<TraceEvent> events) {
    for (int i = 0; i < MANY_EVENTS; i++) {
      assertThat(events.next()).isEqualTo(oneOfMany(i));
    }
    assertThat(events.hasNext()).isFalse();
  }

  /** As events of one MiB each. */
  private void storeLargeTrace(FlowTrace sample, int mebis) {
    TraceEvent event = sample.events().getFirst();
    try (TraceStore store = TraceStores.open(db())) {
      store.storeTrace(sample.withEvents(List.of()));
      for (int i = 0; i < mebis; i++) {
        TraceEventData payload =
            TraceEventData.builder()
                .message(new MessageSnapshot("blob", 1 << 20, "", Bytes.of(random(i))))
                .build();
        store.storeEvent(
            sample.traceId(), event.toBuilder().eventId(EventId.random()).data(payload).build());
      }
    }
  }

  /** Random bytes, which do not compress. */
  private static byte[] random(int seed) {
    byte[] bytes = new byte[1 << 20];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static String shortened(String output) {
    return output.length() < 2000 ? output : output.substring(output.length() - 2000);
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

  /** The output of a command in a JVM of its own, and its exit code. */
  private String run(String... args) throws Exception {
    return runIn(HEAP, args);
  }

  private String runIn(String heap, String... args) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
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
