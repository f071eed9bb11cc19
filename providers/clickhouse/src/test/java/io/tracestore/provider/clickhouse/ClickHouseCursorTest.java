package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.clickhouse.connect.ClickHouseErrors;
import io.tracestore.provider.clickhouse.connect.ClickHouseSettings;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.read.ChunkSource;
import io.tracestore.provider.clickhouse.read.ClickHouseTraceReader;
import io.tracestore.provider.support.call.CallGuard;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.provider.support.read.EventPages;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A cursor that could not read goes on where it was. Lies in the provider's package to fail it. */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseCursorTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  /** Fails one of two questions. */
  private static final class FailingReader implements ChunkSource.Reader {
    private final ClickHouseTraceReader reader;
    private final Random random = new Random(1);

    private FailingReader(ClickHouseTraceReader reader) {
      this.reader = reader;
    }

    private ClickHouseTraceReader perhaps() {
      if (random.nextInt(2) == 0) {
        throw new StoreUnavailableException("away", null);
      }
      return reader;
    }

    @Override
    public List<ClickHouseTraceReader.Entry> entries(TraceQuery query, int limit) {
      return perhaps().entries(query, limit);
    }

    @Override
    public Map<UUID, Long> sizes(Collection<ClickHouseTraceReader.Entry> entries) {
      return perhaps().sizes(entries);
    }

    @Override
    public List<FlowTrace> traces(List<ClickHouseTraceReader.Entry> entries, TraceQuery query) {
      return perhaps().traces(entries, query);
    }

    @Override
    public @Nullable List<FlowTrace> tracesWithin(
        long most, List<ClickHouseTraceReader.Entry> entries, TraceQuery query) {
      return perhaps().tracesWithin(most, entries, query);
    }
  }

  @Test
  void aTraceThatCouldNotBeReadIsReadWhenAskedForAgain() {
    ClickHouseEndpoint server = ClickHouseServers.main();
    String uri = server.newStoreUri("");
    ClickHouseSettings config = TestSettings.of(uri);
    // Each is larger than half of what is read at once.
    List<FlowTrace> traces = IntStream.range(0, 6).mapToObj(i -> trace(i, 3 << 20)).toList();
    try (TraceStore store = TraceStores.open(uri);
        Server requests = new Server(config, new ClickHouseErrors("test"))) {
      store.storeTraces(traces);
      ClickHouseTraceReader reader = new ClickHouseTraceReader(requests);
      assertThat(
              read(
                  ChunkedCursor.ofTraces(
                      CallGuard.waiting("test"),
                      null,
                      new ChunkSource(new FailingReader(reader), TraceQuery.ALL))))
          .isEqualTo(traces.reversed());
    } finally {
      server.drop(uri);
    }
  }

  /** Counts what is asked. */
  private static final class CountingReader implements ChunkSource.Reader {
    private final ClickHouseTraceReader reader;
    private final List<Integer> pages = new ArrayList<>();
    private final List<Integer> measured = new ArrayList<>();
    private final List<Integer> readMeasured = new ArrayList<>();
    private final List<Integer> readUnmeasured = new ArrayList<>();

    private CountingReader(ClickHouseTraceReader reader) {
      this.reader = reader;
    }

    @Override
    public List<ClickHouseTraceReader.Entry> entries(TraceQuery query, int limit) {
      pages.add(limit);
      return reader.entries(query, limit);
    }

    @Override
    public Map<UUID, Long> sizes(Collection<ClickHouseTraceReader.Entry> entries) {
      measured.add(entries.size());
      return reader.sizes(entries);
    }

    @Override
    public List<FlowTrace> traces(List<ClickHouseTraceReader.Entry> entries, TraceQuery query) {
      readMeasured.add(entries.size());
      return reader.traces(entries, query);
    }

    @Override
    public @Nullable List<FlowTrace> tracesWithin(
        long most, List<ClickHouseTraceReader.Entry> entries, TraceQuery query) {
      readUnmeasured.add(entries.size());
      return reader.tracesWithin(most, entries, query);
    }
  }

  private static CountingReader countingThe(List<FlowTrace> traces) {
    ClickHouseEndpoint server = ClickHouseServers.main();
    String uri = server.newStoreUri("");
    try (TraceStore store = TraceStores.open(uri);
        Server requests = new Server(TestSettings.of(uri), new ClickHouseErrors("test"))) {
      store.storeTraces(traces);
      CountingReader counting = new CountingReader(new ClickHouseTraceReader(requests));
      List<FlowTrace> read = new ArrayList<>();
      ChunkedCursor.ofTraces(
              CallGuard.waiting("test"), null, new ChunkSource(counting, TraceQuery.ALL))
          .forEachRemaining(read::add);
      assertThat(read).isEqualTo(traces.reversed());
      return counting;
    } finally {
      server.drop(uri);
    }
  }

  @Test
  void smallTracesAreReadWithoutMeasuringThem() {
    CountingReader counting =
        countingThe(IntStream.range(0, 200).mapToObj(i -> trace(i, 100)).toList());
    assertThat(counting.measured).isEmpty();
    assertThat(counting.readUnmeasured).containsExactly(32, 32, 64, 64, 8);
  }

  @Test
  void theFirstPageIsSmallForWhoWantsFewTraces() {
    CountingReader counting =
        countingThe(IntStream.range(0, 400).mapToObj(i -> trace(i, 100)).toList());
    assertThat(counting.pages).containsExactly(64, 256, 1_000);
  }

  @Test
  void tracesThatAreMoreThanAChunkAreMeasuredAndReadInParts() {
    CountingReader counting =
        countingThe(IntStream.range(0, 6).mapToObj(i -> trace(i, 3 << 20)).toList());
    assertThat(counting.readUnmeasured).containsExactly(6);
    assertThat(counting.measured).containsExactly(6);
    assertThat(counting.readMeasured).containsExactly(1, 1, 1, 1, 1, 1);
  }

  /** A header is packed, so that the answer of the server is small. */
  @Test
  void tracesWithLargeHeadersAreMeasuredToo() {
    TraceMetadata large = TraceMetadata.builder().tag("text", "x".repeat(1 << 20)).build();
    CountingReader counting =
        countingThe(
            IntStream.range(0, 6)
                .mapToObj(i -> trace(i, 1).toBuilder().metadata(large).build())
                .toList());
    assertThat(counting.readUnmeasured).containsExactly(6);
    assertThat(counting.measured).containsExactly(6);
    assertThat(counting.readMeasured).hasSizeGreaterThan(1);
  }

  @Test
  void aPageOfEventsReadsNoOtherEvents() {
    ClickHouseEndpoint server = ClickHouseServers.main();
    String uri = server.newStoreUri("");
    // Two of them reach the bytes of a page.
    List<TraceEvent> events =
        IntStream.range(0, 6).mapToObj(i -> trace(i, 3 << 20).events().getFirst()).toList();
    FlowTrace trace = trace(0, 1).withEvents(events);
    UUID id = trace.traceId().value();
    List<Integer> pages = new ArrayList<>();
    try (TraceStore store = TraceStores.open(uri);
        Server requests = new Server(TestSettings.of(uri), new ClickHouseErrors("test"))) {
      store.storeTrace(trace);
      ClickHouseTraceReader reader = new ClickHouseTraceReader(requests);
      EventPages.Reader counting =
          new EventPages.Reader() {
            @Override
            public List<EventPages.Place> places(EventRange.@Nullable Position after, int limit) {
              return reader.places(id, after, limit);
            }

            @Override
            public List<TraceEvent> events(List<EventPages.Place> page) {
              List<TraceEvent> read = reader.events(id, page);
              pages.add(read.size());
              return read;
            }
          };
      List<TraceEvent> read = new ArrayList<>();
      ChunkedCursor.ofEvents(
              CallGuard.waiting("test"), null, new EventPages(EventRange.ALL, counting))
          .forEachRemaining(read::add);
      assertThat(read).isEqualTo(events);
      assertThat(pages).containsExactly(2, 2, 2);
    } finally {
      server.drop(uri);
    }
  }

  /** Asks again whenever that fails. */
  private static List<FlowTrace> read(TraceCursor cursor) {
    List<FlowTrace> read = new ArrayList<>();
    int failures = 0;
    boolean more = true;
    while (more) {
      try {
        more = cursor.hasNext();
        if (more) {
          read.add(cursor.next());
        }
      } catch (StoreUnavailableException e) {
        failures++;
      }
    }
    assertThat(failures).isGreaterThan(3);
    return read;
  }

  private static FlowTrace trace(int number, int bytes) {
    Instant start = START.plusSeconds(number);
    MessageSnapshot message = new MessageSnapshot("", bytes, "", Bytes.of(new byte[bytes]));
    return FlowTrace.builder("flow")
        .startTime(start)
        .event(
            TraceEvent.builder(TraceEventType.MESSAGE_SENT, "actor")
                .timestamp(start)
                .data(TraceEventData.builder().message(message).build())
                .build())
        .build();
  }
}
