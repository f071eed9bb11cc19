package io.tracestore.provider.support;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import io.tracestore.spi.Health;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is the same in every store: refusing calls after a close, checking arguments, timing calls,
 * batches that say what failed, and cursors. A provider writes the {@code do...} methods, which are
 * called from many threads at once, with arguments that are not null.
 *
 * <p>{@link #doClose} runs once. A call that was let in just before may still be running then: the
 * provider lets accepted writes finish, and calls for which it is too late throw {@link #closed()}.
 */
public abstract class BaseTraceStore implements TraceStore {
  private final String name;
  private final OperationTimer writes = new OperationTimer();
  private final OperationTimer reads = new OperationTimer();
  private final OperationTimer queries = new OperationTimer();
  private final DistributionRecorder batches = new DistributionRecorder();
  private final ReentrantLock closing = new ReentrantLock();
  private volatile boolean closed;

  /**
   * @param name what errors call this store: its URI without secrets
   */
  protected BaseTraceStore(String name) {
    this.name = Objects.requireNonNull(name, "name");
  }

  /** Stores one trace. */
  protected abstract void doStoreTrace(FlowTrace trace);

  /** Stores events of one trace, all or none; of two with one id the later is kept. Not empty. */
  protected abstract void doStoreEvents(TraceId traceId, List<TraceEvent> events);

  /** Reads one trace. */
  protected abstract Optional<FlowTrace> doGetTrace(TraceId traceId);

  /** Reads the events of one trace, in order, as an unmodifiable list. */
  protected abstract List<TraceEvent> doGetEvents(TraceId traceId);

  /**
   * Reads a page of matching traces in order.
   *
   * @param limit at most so many; the query's own limit is part of it already
   */
  protected abstract List<FlowTrace> doQueryTraces(TraceQuery query, int limit);

  /** Counts the matching traces, whatever the query's limit, offset and position. */
  protected abstract long doCount(TraceQuery query);

  /** Removes one trace and its events; whether there was anything to remove. */
  protected abstract boolean doDeleteTrace(TraceId traceId);

  /**
   * Removes what is older; how many traces that were.
   *
   * @param cutoff after {@link EpochNanos#MIN}, before which nothing is
   */
  protected abstract long doPurgeBefore(Instant cutoff);

  /**
   * Proves that a write and a read could succeed.
   *
   * @param warnings add what works but should be better
   * @return one line on what was checked
   */
  protected abstract String doHealthCheck(List<String> warnings);

  /** Bytes in use, or -1 if not known. */
  protected abstract long storageBytes();

  /** Further counts for {@link #metrics()}; none by default. */
  protected Map<String, Long> counters() {
    return Map.of();
  }

  /** What is now, by name, for {@link #metrics()}; nothing by default. */
  protected Map<String, Long> gauges() {
    return Map.of();
  }

  /** Lets accepted writes finish and releases everything. */
  protected abstract void doClose();

  /**
   * Stores {@code traces} in their order and returns what was not stored. One by one by default;
   * engines that can do better override it.
   */
  protected List<BatchStoreException.Failure> doStoreTraces(List<FlowTrace> traces) {
    List<BatchStoreException.Failure> failures = new ArrayList<>();
    for (int i = 0; i < traces.size(); i++) {
      FlowTrace trace = traces.get(i);
      try {
        doStoreTrace(trace);
      } catch (TraceStoreException e) {
        failures.add(new BatchStoreException.Failure(i, trace.traceId(), e));
      }
    }
    return failures;
  }

  /** Opens a cursor; by default one that reads page after page. */
  protected TraceCursor doOpenCursor(TraceQuery query) {
    return new PagingCursor(
        query,
        this::ensureOpen,
        page -> doQueryTraces(page, page.limitOrDefault()),
        this::doGetTrace);
  }

  /**
   * Calls {@code visitor} once for each trace with all its events, one after the other: every
   * stored trace of {@code flowId} or, if that is null, every stored trace and every trace of which
   * only events have come. By default it reads a cursor, and then {@link #doForEachEarlyTrace}.
   */
  protected void doForEachEvents(@Nullable String flowId, Consumer<List<TraceEvent>> visitor) {
    try (TraceCursor cursor = doOpenCursor(TraceQuery.builder().flowId(flowId).build())) {
      while (cursor.hasNext()) {
        visitor.accept(cursor.next().events());
      }
    }
    if (flowId == null) {
      doForEachEarlyTrace(id -> visitor.accept(doGetEvents(id)));
    }
  }

  /**
   * Calls {@code visitor} with the id of each trace of which only events have come. Does nothing by
   * default, which is right only where {@link #doForEachEvents}, or {@link #doEventMetrics} and
   * {@link #doActorGraph}, are overridden.
   */
  protected void doForEachEarlyTrace(Consumer<TraceId> visitor) {}

  /** Adds up the events, in any order; by default it looks at every single one. */
  protected List<EventMetrics> doEventMetrics(EventMetricsQuery query) {
    EventMetricsCollector collector = new EventMetricsCollector(query);
    doForEachEvents(query.flowId(), events -> events.forEach(collector::add));
    return collector.result();
  }

  /** Adds up the messages, in any order; by default it looks at every single event. */
  protected List<ActorEdge> doActorGraph(ActorGraphQuery query) {
    ActorGraphCollector collector = new ActorGraphCollector(query);
    doForEachEvents(query.flowId(), collector::add);
    return collector.result();
  }

  /** The error for a call that comes after the close. */
  protected final StoreClosedException closed() {
    return new StoreClosedException(name);
  }

  /** The store's URI without secrets. */
  protected final String name() {
    return name;
  }

  /** Throws {@link StoreClosedException} once the store is closed. */
  protected final void ensureOpen() {
    if (closed) {
      throw closed();
    }
  }

  private <T extends @Nullable Object> T timed(OperationTimer timer, Supplier<T> call) {
    ensureOpen();
    return timer.time(call);
  }

  @Override
  public final void storeTrace(FlowTrace trace) {
    Objects.requireNonNull(trace, "trace");
    ensureOpen();
    writes.time(() -> {
      doStoreTrace(trace);
      return null;
    });
  }

  @Override
  public final void storeTraces(Collection<FlowTrace> traces) {
    List<FlowTrace> batch = List.copyOf(Objects.requireNonNull(traces, "traces"));
    ensureOpen();
    if (batch.isEmpty()) {
      return;
    }
    batches.record(batch.size());
    writes.time(() -> {
      List<BatchStoreException.Failure> failures = doStoreTraces(batch);
      if (!failures.isEmpty()) {
        throw new BatchStoreException(batch.size(), failures);
      }
      return null;
    });
  }

  @Override
  public final void storeEvent(TraceId traceId, TraceEvent event) {
    Objects.requireNonNull(traceId, "traceId");
    Objects.requireNonNull(event, "event");
    ensureOpen();
    writeEvents(traceId, List.of(event));
  }

  @Override
  public final void storeEvents(TraceId traceId, Collection<TraceEvent> events) {
    Objects.requireNonNull(traceId, "traceId");
    List<TraceEvent> batch = List.copyOf(Objects.requireNonNull(events, "events"));
    ensureOpen();
    if (!batch.isEmpty()) {
      batches.record(batch.size());
      writeEvents(traceId, batch);
    }
  }

  private void writeEvents(TraceId traceId, List<TraceEvent> events) {
    writes.time(() -> {
      doStoreEvents(traceId, events);
      return null;
    });
  }

  @Override
  public final Optional<FlowTrace> getTrace(TraceId traceId) {
    Objects.requireNonNull(traceId, "traceId");
    return timed(reads, () -> doGetTrace(traceId));
  }

  @Override
  public final List<TraceEvent> getEvents(TraceId traceId) {
    Objects.requireNonNull(traceId, "traceId");
    return timed(reads, () -> doGetEvents(traceId));
  }

  @Override
  public final List<FlowTrace> queryTraces(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(queries, () -> doQueryTraces(query, query.limitOrDefault()));
  }

  @Override
  public final TraceCursor openCursor(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    ensureOpen();
    return doOpenCursor(query);
  }

  @Override
  public final long count(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(queries, () -> doCount(query));
  }

  @Override
  public final List<EventMetrics> eventMetrics(EventMetricsQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(queries, () -> doEventMetrics(query).stream().sorted(EventMetrics.ORDER).toList());
  }

  @Override
  public final List<ActorEdge> actorGraph(ActorGraphQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(queries, () -> doActorGraph(query).stream().sorted(ActorEdge.ORDER).toList());
  }

  @Override
  public final boolean deleteTrace(TraceId traceId) {
    Objects.requireNonNull(traceId, "traceId");
    return timed(writes, () -> doDeleteTrace(traceId));
  }

  @Override
  public final long purgeBefore(Instant cutoff) {
    Objects.requireNonNull(cutoff, "cutoff");
    return timed(writes, () -> cutoff.isAfter(EpochNanos.MIN) ? doPurgeBefore(cutoff) : 0L);
  }

  @Override
  public final Health healthCheck() {
    ensureOpen();
    long start = System.nanoTime();
    List<String> warnings = new ArrayList<>();
    String detail = doHealthCheck(warnings);
    return new Health(Duration.ofNanos(System.nanoTime() - start), detail, warnings);
  }

  @Override
  public final StorageMetrics metrics() {
    ensureOpen();
    return new StorageMetrics(
        writes.snapshot(),
        reads.snapshot(),
        queries.snapshot(),
        batches.snapshot(),
        storageBytes(),
        counters(),
        gauges());
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    Objects.requireNonNull(type, "type");
    ensureOpen();
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new IllegalArgumentException("%s is no %s".formatted(name, type.getName()));
  }

  @Override
  public final void close() {
    closing.lock();
    try {
      if (!closed) {
        closed = true;
        doClose();
      }
    } finally {
      closing.unlock();
    }
  }

  /** The name of the store, without secrets. */
  @Override
  public String toString() {
    return name;
  }
}
