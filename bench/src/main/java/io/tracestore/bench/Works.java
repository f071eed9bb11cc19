package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Every operation that is measured, of any store. */
final class Works {
  /** The variant of writing to a bounded store that has room; without it, the store is full. */
  static final String ROOM = "room";

  /** How many traces a batch has. */
  static final int BATCH = 500;

  private static final Set<String> WRITING =
      Set.of("storeTrace", "storeTraces", "storeEvent", "writerWrite", "mixed");

  private static final int HOT = 100;
  private static final int LIMIT = 20;

  private final FilledStore filled;

  private Works(FilledStore filled) {
    this.filled = filled;
  }

  /**
   * Opens and fills the store of {@code subject}.
   *
   * @param shared whether other processes may use the same store, as no other work of this one does
   */
  static Work open(Subject subject, boolean shared) throws Exception {
    if (subject.baseline()) {
      return BaselineWork.open(subject);
    }
    boolean written = WRITING.contains(subject.operation());
    FilledStore filled = FilledStore.open(subject, written, shared);
    if (written && !subject.variant().equals(ROOM)) {
      filled.fillUp();
    }
    return new Works(filled).of(subject);
  }

  private Work of(Subject subject) {
    return switch (subject.operation()) {
      case "storeTrace" -> storeTrace(subject.variant());
      case "storeTraces" -> storeTraces();
      case "storeEvent" -> storeEvent();
      case "writerWrite" -> writerWrite();
      case "getTraceHot" -> getTraceHot();
      case "getTraceCold" -> ofIds(id -> store().getTrace(id).orElseThrow());
      case "getEvents" -> ofIds(id -> store().getEvents(id).getFirst());
      case "queryTraces" -> queryTraces(Filter.valueOf(subject.variant()));
      case "openCursor" -> of(store -> readAll());
      case "eventMetrics" -> of(store -> store.eventMetrics(EventMetricsQuery.ALL));
      case "actorGraph" -> of(store -> store.actorGraph(ActorGraphQuery.ALL));
      case "mixed" -> mixed(Integer.parseInt(subject.variant()));
      case "open" -> new Opening(filled);
      default -> throw new IllegalArgumentException("no operation " + subject.operation());
    };
  }

  private TraceStore store() {
    return filled.store();
  }

  private Work of(PreparedWork.Operation<TraceStore> operation) {
    return PreparedWork.of(1, this::store, operation, filled);
  }

  private Work storeTrace(String variant) {
    PreparedWork<FlowTrace> work =
        PreparedWork.of(1, filled::nextTrace, trace -> store(store(), trace), filled);
    return variant.equals(ROOM) ? work.after(filled::makeRoom) : work;
  }

  private static FlowTrace store(TraceStore store, FlowTrace trace) {
    store.storeTrace(trace);
    return trace;
  }

  private Work storeTraces() {
    return PreparedWork.of(
        BATCH,
        () -> filled.nextTraces(BATCH),
        traces -> {
          store().storeTraces(traces);
          return traces;
        },
        filled);
  }

  private record NewEvent(TraceId trace, TraceEvent event) {}

  /** Events in turn, each of a trace of which the header is stored. */
  private Work storeEvent() {
    Deque<NewEvent> events = new ArrayDeque<>();
    return PreparedWork.of(
        1,
        () -> {
          if (events.isEmpty()) {
            FlowTrace trace = filled.nextTrace();
            store().storeTrace(trace.withEvents(List.of()));
            trace.events().forEach(event -> events.add(new NewEvent(trace.traceId(), event)));
          }
          return events.remove();
        },
        next -> {
          store().storeEvent(next.trace, next.event);
          return next;
        },
        () -> {
          // Those of the last trace that were not measured.
          events.forEach(rest -> store().storeEvent(rest.trace, rest.event));
          filled.close();
        });
  }

  private Work writerWrite() {
    TraceWriter writer = store().writer(WriterOptions.builder(new Refusing()).build());
    return PreparedWork.of(
        BATCH,
        () -> filled.nextTraces(BATCH),
        traces -> {
          traces.forEach(writer::write);
          writer.flush();
          return traces;
        },
        () -> {
          writer.close();
          if (writer.metrics().lostItems() != 0) {
            throw new IllegalStateException("the writer lost " + writer.metrics());
          }
          filled.close();
        });
  }

  /** Every loss fails the measurement. */
  private static final class Refusing implements WriterListener {
    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      throw cause;
    }

    @Override
    public void eventsNotWritten(
        TraceId traceId, List<TraceEvent> events, TraceStoreException cause) {
      throw cause;
    }
  }

  private Work getTraceHot() {
    List<TraceId> ids = new ArrayList<>();
    for (int i = 0; i < Math.min(HOT, filled.preloaded()); i++) {
      ids.add(filled.any());
    }
    return PreparedWork.of(1, () -> anyOf(ids), id -> store().getTrace(id).orElseThrow(), filled);
  }

  private static <T> T anyOf(List<T> values) {
    return values.get(ThreadLocalRandom.current().nextInt(values.size()));
  }

  private Work ofIds(PreparedWork.Operation<TraceId> operation) {
    ColdIds ids = new ColdIds(filled.workload(), filled.preloaded());
    return PreparedWork.of(1, ids::next, operation, filled);
  }

  private Work queryTraces(Filter filter) {
    Workload workload = filled.workload();
    int some = (int) Math.min(filled.preloaded(), workload.pool().size());
    List<TraceQuery> queries = filter.queries(workload.traces(0, some));
    for (TraceQuery query : queries) {
      if (store().queryTraces(query).isEmpty()) {
        throw new IllegalStateException("the store does not find " + query);
      }
    }
    return PreparedWork.of(1, () -> anyOf(queries), query -> store().queryTraces(query), filled);
  }

  private long readAll() {
    long traces = 0;
    long events = 0;
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      while (cursor.hasNext()) {
        events += cursor.next().events().size();
        traces++;
      }
    }
    if (traces < filled.preloaded()) {
      throw new IllegalStateException("the cursor gave %d traces".formatted(traces));
    }
    return events;
  }

  /**
   * Of a hundred calls {@code readPercent} read: of these one in ten is a query, the rest by id.
   */
  private Work mixed(int readPercent) {
    List<FlowTrace> pool = filled.workload().pool();
    PreparedWork.Maker<Callable<?>> maker =
        () -> {
          ThreadLocalRandom random = ThreadLocalRandom.current();
          if (random.nextInt(100) >= readPercent) {
            FlowTrace trace = filled.nextTrace();
            return () -> store(store(), trace);
          }
          if (random.nextInt(10) == 0) {
            TraceQuery query =
                TraceQuery.builder().flowId(anyOf(pool).flowId()).limit(LIMIT).build();
            return () -> store().queryTraces(query);
          }
          TraceId id = filled.any();
          return () -> store().getTrace(id);
        };
    return PreparedWork.of(1, maker, Callable::call, filled);
  }

  /** Opens a filled store that is closed: not every store can be open twice. */
  private static final class Opening implements Work {
    private final FilledStore filled;
    private final double bytesPerEvent;
    private @Nullable TraceStore opened;

    Opening(FilledStore filled) {
      this.filled = filled;
      double stored = filled.preloaded() * filled.workload().eventsPerTrace();
      bytesPerEvent = filled.store().metrics().storageBytes() / stored;
      filled.store().close();
    }

    @Override
    public void prepare(int calls) {
      if (opened != null) {
        opened.close();
        opened = null;
      }
    }

    @Override
    public TraceStore call(int number) {
      TraceStore store = filled.scratch().open();
      opened = store;
      return store;
    }

    @Override
    public int mostCalls() {
      return 1;
    }

    @Override
    public double bytesPerEvent() {
      return bytesPerEvent;
    }

    @Override
    public void close() {
      prepare(0);
      filled.refill();
      filled.close();
    }
  }
}
