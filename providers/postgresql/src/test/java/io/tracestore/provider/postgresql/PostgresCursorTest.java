package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A cursor holds one chunk, and between two chunks nothing in the server. */
class PostgresCursorTest extends PostgresTests {
  private static final int LARGE_TRACES = 24;
  private static final int LARGE_BYTES = 8 << 20;

  @Test
  void aCursorOverLargeTracesHoldsFewOfThem() throws Exception {
    String uri = newUri("minConnections=0");
    try (TraceStore store = TraceStores.open(uri)) {
      // Small ones first: a reader that concludes from them how many to take next takes too many.
      Instant start = Instant.now();
      for (int number = 0; number < LARGE_TRACES; number++) {
        store.storeTrace(largeTrace(number, start.minusSeconds(LARGE_TRACES + number)));
      }
      for (int number = 1000; number < 1600; number++) {
        store.storeTrace(trace(number, start));
      }
    }
    assertThat(readInSmallHeap(uri, LARGE_TRACES + 600, Reader.class)).isZero();
  }

  @Test
  void theEventsOfATraceThatIsLargerThanTheHeapAreOpened() throws Exception {
    String uri = newUri("minConnections=0");
    Instant start = Instant.now();
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTrace(trace(0, start, 0));
      for (int number = 0; number < LARGE_TRACES; number++) {
        store.storeEvents(
            trace(0, start, 0).traceId(), largeTrace(number, start.plusNanos(number)).events());
      }
    }
    assertThat(readInSmallHeap(uri, LARGE_TRACES, EventReader.class)).isZero();
  }

  /** The exit code of a process that reads {@code count} traces or events. */
  private static int readInSmallHeap(String uri, int count, Class<?> reader) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                reader.getName(),
                uri,
                Integer.toString(count))
            .inheritIO()
            .start();
    return process.waitFor();
  }

  @Test
  void aCursorOverTracesThatAreLargeOnlyInMemoryHoldsFewOfThem() throws Exception {
    String uri = newUri("minConnections=0");
    try (TraceStore store = TraceStores.open(uri)) {
      for (int number = 0; number < LARGE_TRACES; number++) {
        store.storeTrace(
            largeTrace(number, Instant.now().minusSeconds(number), new byte[LARGE_BYTES]));
      }
    }
    assertThat(readInSmallHeap(uri, LARGE_TRACES, Reader.class)).isZero();
  }

  @Test
  void betweenTwoChunksACursorHoldsNoTransaction() {
    String uri = newUri("ApplicationName=reader&minConnections=2");
    TraceStore store = open(uri);
    Instant start = Instant.now();
    store.storeTraces(
        LongStream.range(0, 100)
            .mapToObj(number -> trace(number, start.minusSeconds(number)))
            .toList());
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      assertThat(cursor.next()).isEqualTo(trace(0, start));
      assertThat(
              server()
                  .select(
                      uri,
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'reader'"
                          + " AND state LIKE 'idle in transaction%'"))
          .containsExactly("0");
    }
  }

  private static FlowTrace largeTrace(long number, Instant start) {
    byte[] payload = new byte[LARGE_BYTES];
    new Random(number).nextBytes(payload);
    return largeTrace(number, start, payload);
  }

  private static FlowTrace largeTrace(long number, Instant start, byte[] payload) {
    TraceEventData data =
        TraceEventData.builder().message(MessageSnapshot.of("bytes", Bytes.of(payload))).build();
    TraceEvent event = event(number, 0, start).toBuilder().data(data).build();
    return trace(number, start, 0).withEvents(List.of(event));
  }

  /** Another process, with little memory, that reads all and counts. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] arguments) {
      int read = 0;
      try (TraceStore store = TraceStores.open(arguments[0]);
          TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
        while (cursor.hasNext()) {
          cursor.next();
          read++;
        }
      }
      if (read != Integer.parseInt(arguments[1])) {
        throw new IllegalStateException("read " + read + " traces");
      }
    }
  }

  /** Another process, with little memory, that reads the events of the one trace and counts. */
  static final class EventReader {
    private EventReader() {}

    public static void main(String[] arguments) {
      int read = 0;
      try (TraceStore store = TraceStores.open(arguments[0])) {
        TraceQuery query = TraceQuery.builder().maxEventBytes(1L << 20).build();
        FlowTrace trace;
        try (TraceCursor cursor = store.openCursor(query)) {
          trace = cursor.next();
        }
        try (EventCursor events = store.openEvents(trace.traceId(), EventRange.ALL)) {
          for (; events.hasNext(); events.next()) {
            read++;
          }
        }
        read += trace.events().size();
      }
      if (read != Integer.parseInt(arguments[1])) {
        throw new IllegalStateException("read " + read + " events");
      }
    }
  }
}
