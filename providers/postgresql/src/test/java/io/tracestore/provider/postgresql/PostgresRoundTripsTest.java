package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.net.CuttableProxy;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each call waits for the server a fixed number of times: over a network these waits are most of
 * its duration.
 */
@Timeout(60)
class PostgresRoundTripsTest extends PostgresTests {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

  /**
   * The smallest of so many counts counts. A try may count one too many: the proxy sees a long
   * request in pieces, and the server may answer before the last one; and the pool looks whether a
   * connection lives that nobody used for half a second.
   */
  private static final int TRIES = 50;

  private final AtomicLong numbers = new AtomicLong(1000);

  @Test
  void eachCallWaitsForTheServerNoMoreOftenThanItsKindNeeds() throws IOException {
    try (CuttableProxy proxy = new CuttableProxy("localhost", server().port())) {
      String uri = newUri("minConnections=0&maxConnections=4");
      TraceStore store = open(uri.replace(":" + server().port(), ":" + proxy.port()));
      // Now both writers have connections, and the names have numbers.
      store.storeTraces(IntStream.range(0, 20).mapToObj(i -> trace(i, START)).toList());
      await("the first upkeep has ended", () -> isUpkeepAsleep(uri));

      Map<String, Long> seen = new LinkedHashMap<>();
      FlowTrace stored = trace(2, START);
      seen.put("a new trace", least(proxy, number -> store.storeTrace(trace(number, START))));
      seen.put("a header", least(proxy, number -> store.storeTrace(trace(number, START, 0))));
      seen.put(
          "a hundred new traces",
          least(
              proxy,
              number ->
                  store.storeTraces(
                      IntStream.range(0, 100)
                          .mapToObj(i -> trace(1_000 * number + 2 * i, START))
                          .toList())));
      seen.put(
          "a later event",
          least(proxy, number -> store.storeEvent(stored.traceId(), event(2, number, START))));
      seen.put("a trace again", least(proxy, number -> store.storeTrace(stored)));
      seen.put(
          "another header",
          least(
              proxy,
              number ->
                  store.storeTrace(
                      trace(4, START, 0).toBuilder()
                          .status(ExecutionStatus.failed("error " + number))
                          .build())));
      seen.put("getTrace", least(proxy, number -> store.getTrace(stored.traceId())));
      // Of now, which has a partition, and of then, which has none.
      Instant now = Instant.now();
      FlowTrace ofNow = trace(6, now).toBuilder().traceId(idOf(now, 1)).build();
      FlowTrace ofThen = trace(8, START).toBuilder().traceId(idOf(START, 1)).build();
      FlowTrace ofAnotherTime = trace(10, START).toBuilder().traceId(idOf(now, 2)).build();
      store.storeTraces(List.of(ofNow, ofThen, ofAnotherTime));
      seen.put("getTrace, time in id", least(proxy, number -> store.getTrace(ofNow.traceId())));
      seen.put("the same of then", least(proxy, number -> store.getTrace(ofThen.traceId())));
      seen.put(
          "another time in id", least(proxy, number -> store.getTrace(ofAnotherTime.traceId())));
      assertThat(store.getTrace(ofAnotherTime.traceId())).contains(ofAnotherTime);
      seen.put("queryTraces", least(proxy, number -> store.queryTraces(TraceQuery.ALL)));
      seen.put("count", least(proxy, number -> store.count(TraceQuery.ALL)));

      assertThat(seen)
          .containsExactly(
              // The names with the header and its events; the commit.
              Map.entry("a new trace", 2L),
              Map.entry("a header", 2L),
              // The names with the headers; COPY begins; its rows; the commit.
              Map.entry("a hundred new traces", 4L),
              // The names with the trace, locked and read; the event; what the trace has events of;
              // the commit.
              Map.entry("a later event", 4L),
              // The names with the header and its events; the trace, locked and read; what is
              // replaced;
              // the header; the events; what the trace has events of; the commit.
              Map.entry("a trace again", 7L),
              Map.entry("another header", 4L),
              Map.entry("getTrace", 2L),
              Map.entry("getTrace, time in id", 1L),
              Map.entry("the same of then", 1L),
              Map.entry("another time in id", 3L),
              Map.entry("queryTraces", 4L),
              Map.entry("count", 3L));
    }
  }

  /** An id of version 7 that begins with a time. */
  private static TraceId idOf(Instant time, int number) {
    long version = 0x7000;
    long variant = 0x8000_0000_0000_0000L;
    return new TraceId(new UUID(time.toEpochMilli() << 16 | version, variant | number));
  }

  private long least(CuttableProxy proxy, Consumer<Integer> call) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES; i++) {
      long before = proxy.roundTrips();
      call.accept((int) numbers.incrementAndGet());
      least = Math.min(least, proxy.roundTrips() - before);
    }
    return least;
  }
}
