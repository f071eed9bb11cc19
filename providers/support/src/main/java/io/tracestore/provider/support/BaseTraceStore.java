package io.tracestore.provider.support;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.call.CallGuard;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.provider.support.read.EventPages;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.Health;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.QueryExplanation;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The part that is the same in every store: it refuses calls after a close, checks arguments, times
 * calls, reports the failures of a batch, and makes cursors. A provider writes the {@code do...}
 * methods, which are called from many threads at once, with arguments that are not null.
 *
 * <p>A {@link CallGuard} encloses every call, and every chunk of a cursor. A close lets no further
 * call in and waits for the running ones; then it runs {@link #doClose}, once. No provider method
 * runs during or after that. A call that takes many steps asks {@link #ensureOpen} before each, so
 * that a close need not wait for all of them.
 */
public abstract class BaseTraceStore implements TraceStore {
  /** How many traces a deletion by a query reads at a time, and how many ids of early traces. */
  private static final int PAGE = 1000;

  private static final int MAX_NAMES = 200_000;

  /** So many names are too many, with or without the empty environment among them. */
  protected static final int TOO_MANY_NAMES = MAX_NAMES + 2;

  private final String name;
  private final CallGuard guard;
  private final OperationTimer writes = new OperationTimer();
  private final OperationTimer reads = new OperationTimer();
  private final OperationTimer queries = new OperationTimer();
  private final DistributionRecorder batches = new DistributionRecorder();
  private final ReentrantLock closing = new ReentrantLock();
  private final String identity = "object:" + UUID.randomUUID();
  private boolean closed;

  /**
   * @param name the name of this store in errors: its URI without secrets
   */
  protected BaseTraceStore(String name) {
    this(name, CallGuard.waiting(name));
  }

  /**
   * @param name the name of this store in errors: its URI without secrets
   * @param guard encloses every call
   */
  protected BaseTraceStore(String name, CallGuard guard) {
    this.name = Objects.requireNonNull(name, "name");
    this.guard = Objects.requireNonNull(guard, "guard");
  }

  /** Stores one trace. */
  protected abstract void doStoreTrace(FlowTrace trace);

  /**
   * Stores events of one trace, all or none.
   *
   * @param events not empty, in {@linkplain TraceEvent#ORDER order}, no two with one id
   */
  protected abstract void doStoreEvents(TraceId traceId, List<TraceEvent> events);

  /** Reads one trace. */
  protected abstract Optional<FlowTrace> doGetTrace(TraceId traceId);

  /** Reads the events of one trace, in order, as an unmodifiable list. */
  protected abstract List<TraceEvent> doGetEvents(TraceId traceId);

  /**
   * Reads a page of matching traces in order.
   *
   * @param limit the largest number of traces; the query's own limit is part of it already
   */
  protected abstract List<FlowTrace> doQueryTraces(TraceQuery query, int limit);

  /** Counts the matching traces; ignores the query's limit, offset and position. */
  protected abstract long doCount(TraceQuery query);

  /** Removes one trace and its events; whether there was anything to remove. */
  protected abstract boolean doDeleteTrace(TraceId traceId);

  /**
   * Removes traces that started before {@code cutoff}, and events before it without a trace;
   * returns the number of traces.
   *
   * @param cutoff after {@link EpochNanos#MIN}, before which nothing is
   */
  protected abstract long doPurgeBefore(Instant cutoff);

  /**
   * Proves that a write and a read could succeed.
   *
   * @param warnings add a line for each thing that works but should be better
   * @return one line on what was checked
   */
  protected abstract String doHealthCheck(List<String> warnings);

  /** Bytes in use, or -1 if not known. */
  protected abstract long storageBytes();

  /**
   * Bytes that the live data occupy: the part of {@link #storageBytes()} that is given back when
   * every trace is removed. All of them by default.
   */
  protected long dataBytes() {
    return storageBytes();
  }

  /**
   * The identity of the data. By default that of this object, which is right only for data that no
   * other store object can reach.
   */
  protected String doIdentity() {
    return identity;
  }

  /** The files that hold the data, also those that may appear later; none by default. */
  protected Set<Path> doFiles() {
    return Set.of();
  }

  /** The part of the engine that is a {@code type}; null, as by default, if none is. */
  protected @Nullable Object doUnwrap(Class<?> type) {
    return null;
  }

  /** Puts all acknowledged writes on the disk; by default it cannot, and returns false. */
  protected boolean doSync() {
    return false;
  }

  /** Further counts for {@link #metrics()}; none by default. */
  protected Map<String, Long> counters() {
    return Map.of();
  }

  /** Current values by name for {@link #metrics()}; none by default. */
  protected Map<String, Long> gauges() {
    return Map.of();
  }

  /** Releases everything; no call is running. Writes that an interrupted caller left may be. */
  protected abstract void doClose();

  /**
   * Stores {@code traces} in their order and returns those that were not stored. One by one by
   * default; engines that can do better override it.
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

  /** The chunks of a cursor; by default it reads page after page. */
  protected ChunkedCursor.Source<FlowTrace> doOpenCursor(TraceQuery query) {
    return ChunkedCursor.Source.ofTraces(
        query,
        page -> doQueryTraces(page, page.limitOrDefault()),
        id -> doGetTrace(id, query.maxEventBytes()));
  }

  /**
   * Reads one trace, perhaps without its events if they take more than {@code maxEventBytes}; with
   * them by default.
   *
   * @param maxEventBytes null for any
   */
  protected Optional<FlowTrace> doGetTrace(TraceId traceId, @Nullable Long maxEventBytes) {
    return doGetTrace(traceId);
  }

  /**
   * Calls {@code visitor} once for each trace with all its events, one after the other: every
   * stored trace of {@code flowId} or, if that is null, every stored trace and every trace of which
   * only events have come. By default it reads {@link #doForEachEarlyTrace}, and then a cursor: in
   * the other order it would miss a trace whose header comes in between.
   */
  protected void doForEachEvents(@Nullable String flowId, Consumer<List<TraceEvent>> visitor) {
    Set<TraceId> seen = new HashSet<>();
    if (flowId == null) {
      doForEachEarlyTrace(id -> {
        ensureOpen();
        if (seen.add(id)) {
          visitor.accept(doGetEvents(id));
        }
      });
    }
    try (TraceCursor cursor = engineCursor(TraceQuery.builder().flowId(flowId).build())) {
      while (cursor.hasNext()) {
        FlowTrace trace = cursor.next();
        if (!seen.contains(trace.traceId())) {
          visitor.accept(trace.events());
        }
      }
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

  /**
   * Whether {@link #doQueryTraces}, {@link #doCount} and {@link #doOpenCursor} answer every filter
   * of {@code query}, which {@linkplain TraceQuery#filtersByReading() has} one that not every
   * engine answers. False by default: then they are asked for {@link #candidates}, which are tested
   * one by one.
   */
  protected boolean answersEveryFilter(TraceQuery query) {
    return false;
  }

  /**
   * The query that finds all matches of {@code query} and perhaps other traces, where the engine
   * does not answer every filter. By default without the {@linkplain TraceQuery#filtersByReading()
   * filters} that it need not answer; an engine with an index for some of them leaves them in.
   */
  protected TraceQuery candidates(TraceQuery query) {
    return query.toBuilder().withoutFiltersByReading().build();
  }

  /** The index that leads to the traces of {@code query}, in one or a few words. */
  protected String leadingIndex(TraceQuery query) {
    return "start";
  }

  /** Explains a query of which the engine answers every filter; it reads what it returns. */
  protected QueryExplanation doExplain(TraceQuery query) {
    int returned = doQueryTraces(query, query.limitOrDefault()).size();
    return new QueryExplanation(leadingIndex(query), List.of(), returned, returned);
  }

  /** Reads the header of one trace; by default out of the whole trace. */
  protected Optional<FlowTrace> doGetHeader(TraceId traceId) {
    return doGetTrace(traceId).map(trace -> trace.withEvents(List.of()));
  }

  /**
   * Counts the events of traces; by default it reads them. Traces without events need no entry.
   *
   * @param traceIds different ones, at most {@value #PAGE}
   */
  protected Map<TraceId, EventCounts> doEventCounts(List<TraceId> traceIds) {
    Map<TraceId, EventCounts> counts = new HashMap<>();
    traceIds.forEach(id -> counts.put(id, EventCounts.of(doGetEvents(id))));
    return counts;
  }

  /**
   * The chunks of a cursor over the events of one trace after the beginning of {@code range}. By
   * default it reads all of them at once; {@link EventPages} is for engines that read a page at a
   * time.
   */
  protected ChunkedCursor.Source<TraceEvent> doOpenEvents(TraceId traceId, EventRange range) {
    EventRange.Position after = range.after();
    List<TraceEvent> events =
        doGetEvents(traceId).stream()
            .filter(event -> after == null || after.isBefore(event))
            .limit(range.limit() != null ? range.limit() : Long.MAX_VALUE)
            .toList();
    return ChunkedCursor.Source.of(events);
  }

  /**
   * Reads ids of traces of which only events are stored, in ascending order.
   *
   * @param after only ids after this one; null for the first
   * @param limit the largest number of ids; fewer are returned only if there are no more
   */
  protected List<TraceId> doGetEarlyTraces(@Nullable TraceId after, int limit) {
    NavigableSet<TraceId> smallest = new TreeSet<>();
    doForEachEarlyTrace(id -> {
      ensureOpen();
      if (after == null || id.compareTo(after) > 0) {
        smallest.add(id);
        if (smallest.size() > limit) {
          smallest.pollLast();
        }
      }
    });
    return List.copyOf(smallest);
  }

  /**
   * Lists names in any order; by default it reads the traces.
   *
   * @param range asks for nothing but the start
   * @return all names, or {@link #TOO_MANY_NAMES}; the empty environment may be among them
   */
  protected Collection<String> doNames(NameKind kind, TraceQuery range) {
    boolean ofEvents = kind == NameKind.ACTOR || kind == NameKind.EVENT_TYPE;
    Set<String> names = new HashSet<>();
    try (TraceCursor cursor = engineCursor(range.toBuilder().withEvents(ofEvents).build())) {
      while (cursor.hasNext() && names.size() < TOO_MANY_NAMES) {
        addNames(kind, cursor.next(), names);
      }
    }
    return names;
  }

  private static void addNames(NameKind kind, FlowTrace trace, Set<String> names) {
    switch (kind) {
      case FLOW -> names.add(trace.flowId());
      case ENVIRONMENT -> names.add(trace.metadata().environment());
      case ACTOR -> trace.events().forEach(event -> names.add(event.actorId()));
      case EVENT_TYPE -> trace.events().forEach(event -> names.add(event.eventType().typeName()));
    }
  }

  /** Removes the traces that a cursor would give; by default page by page, one by one. */
  protected long doDeleteTraces(TraceQuery query) {
    long removed = 0;
    long remaining = query.limit() != null ? query.limit() : Long.MAX_VALUE;
    TraceQuery rest = query.toBuilder().withEvents(false).build();
    while (remaining > 0) {
      int wanted = (int) Math.min(PAGE, remaining);
      List<FlowTrace> page = page(rest.toBuilder().limit(wanted).build());
      for (FlowTrace trace : page) {
        ensureOpen();
        if (doDeleteTrace(trace.traceId())) {
          removed++;
        }
      }
      remaining = page.size() < wanted ? 0 : remaining - wanted;
      if (remaining > 0) {
        rest = rest.after(page.getLast());
      }
    }
    return removed;
  }

  private List<FlowTrace> page(TraceQuery query) {
    if (isAnswered(query)) {
      return doQueryTraces(query, query.limitOrDefault());
    }
    List<FlowTrace> page = new ArrayList<>();
    try (TraceCursor cursor = cursor(query.toBuilder().limit(query.limitOrDefault()).build())) {
      cursor.forEachRemaining(page::add);
    }
    return List.copyOf(page);
  }

  private TraceCursor cursor(TraceQuery query) {
    return isAnswered(query) ? engineCursor(query) : filtering(query);
  }

  private TraceCursor engineCursor(TraceQuery query) {
    return ChunkedCursor.ofTraces(guard, query.limit(), doOpenCursor(query));
  }

  private FilteringCursor filtering(TraceQuery query) {
    return new FilteringCursor(query, candidates(query), this::engineCursor);
  }

  private QueryExplanation explained(TraceQuery query) {
    if (isAnswered(query)) {
      return doExplain(query);
    }
    long returned = 0;
    try (FilteringCursor cursor =
        filtering(query.toBuilder().limit(query.limitOrDefault()).build())) {
      for (; cursor.hasNext(); returned++) {
        cursor.next();
      }
      return new QueryExplanation(
          leadingIndex(candidates(query)),
          query.namesOfFiltersByReading(),
          cursor.read(),
          returned);
    }
  }

  private long counted(TraceQuery query) {
    if (isAnswered(query)) {
      return doCount(query);
    }
    TraceQuery all =
        query.toBuilder()
            .limit(null)
            .offset(0)
            .after((TraceQuery.Position) null)
            .withEvents(false)
            .build();
    long count = 0;
    try (TraceCursor cursor = cursor(all)) {
      while (cursor.hasNext()) {
        cursor.next();
        count++;
      }
    }
    return count;
  }

  private boolean isAnswered(TraceQuery query) {
    return !query.filtersByReading() || answersEveryFilter(query);
  }

  /** The store's URI without secrets. */
  protected final String name() {
    return name;
  }

  /** Throws {@link StoreClosedException} after a close began. */
  protected final void ensureOpen() {
    guard.ensureOpen();
  }

  private <T extends @Nullable Object> T timed(OperationTimer timer, Supplier<T> call) {
    return guard.call(() -> timer.time(call));
  }

  @Override
  public final void storeTrace(FlowTrace trace) {
    Objects.requireNonNull(trace, "trace");
    timed(
        writes,
        () -> {
          doStoreTrace(trace);
          return null;
        });
  }

  @Override
  public final void storeTraces(Collection<FlowTrace> traces) {
    List<FlowTrace> batch = List.copyOf(Objects.requireNonNull(traces, "traces"));
    if (batch.isEmpty()) {
      ensureOpen();
      return;
    }
    timed(
        writes,
        () -> {
          batches.record(batch.size());
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
    timed(
        writes,
        () -> {
          doStoreEvents(traceId, List.of(event));
          return null;
        });
  }

  @Override
  public final void storeEvents(TraceId traceId, Collection<TraceEvent> events) {
    Objects.requireNonNull(traceId, "traceId");
    List<TraceEvent> batch = List.copyOf(Objects.requireNonNull(events, "events"));
    if (batch.isEmpty()) {
      ensureOpen();
      return;
    }
    timed(
        writes,
        () -> {
          batches.record(batch.size());
          doStoreEvents(traceId, lastOfEachId(batch));
          return null;
        });
  }

  private static List<TraceEvent> lastOfEachId(List<TraceEvent> events) {
    Map<EventId, TraceEvent> last = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> last.put(event.eventId(), event));
    return last.values().stream().sorted(TraceEvent.ORDER).toList();
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
  public final Optional<FlowTrace> getHeader(TraceId traceId) {
    Objects.requireNonNull(traceId, "traceId");
    return timed(reads, () -> doGetHeader(traceId));
  }

  @Override
  public final Map<TraceId, EventCounts> eventCounts(Collection<TraceId> traceIds) {
    List<TraceId> ids = Objects.requireNonNull(traceIds, "traceIds").stream().distinct().toList();
    return timed(
        reads,
        () -> {
          Map<TraceId, EventCounts> counts = new LinkedHashMap<>();
          ids.forEach(id -> counts.put(id, EventCounts.NONE));
          for (int from = 0; from < ids.size(); from += PAGE) {
            counts.putAll(doEventCounts(ids.subList(from, Math.min(ids.size(), from + PAGE))));
          }
          return Collections.unmodifiableMap(counts);
        });
  }

  @Override
  public final EventCursor openEvents(TraceId traceId, EventRange range) {
    Objects.requireNonNull(traceId, "traceId");
    Objects.requireNonNull(range, "range");
    return guard.call(
        () -> ChunkedCursor.ofEvents(guard, range.limit(), doOpenEvents(traceId, range)));
  }

  @Override
  public final TraceIdCursor openEarlyTraces() {
    ensureOpen();
    return ChunkedCursor.ofTraceIds(guard, PAGE, this::doGetEarlyTraces);
  }

  @Override
  public final SortedSet<String> names(
      NameKind kind, @Nullable Instant from, @Nullable Instant to) {
    Objects.requireNonNull(kind, "kind");
    TraceQuery range = TraceQuery.builder().startedBetween(from, to).build();
    return timed(queries, () -> names(kind, range));
  }

  private SortedSet<String> names(NameKind kind, TraceQuery range) {
    SortedSet<String> names = new TreeSet<>(doNames(kind, range));
    if (kind == NameKind.ENVIRONMENT) {
      names.remove("");
    }
    if (names.size() > MAX_NAMES) {
      throw new StoreCapacityException(
          "%s: more than %d names; ask for a shorter time".formatted(name, MAX_NAMES), null);
    }
    return Collections.unmodifiableSortedSet(names);
  }

  @Override
  public final long deleteTraces(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(writes, () -> doDeleteTraces(query));
  }

  @Override
  public final List<FlowTrace> queryTraces(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(queries, () -> page(query));
  }

  @Override
  public final QueryExplanation explain(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(queries, () -> explained(query));
  }

  @Override
  public final TraceCursor openCursor(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    return guard.call(() -> cursor(query));
  }

  @Override
  public final long count(TraceQuery query) {
    Objects.requireNonNull(query, "query");
    return timed(queries, () -> counted(query));
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
    return guard.call(() -> {
      long start = System.nanoTime();
      List<String> warnings = new ArrayList<>();
      String detail = doHealthCheck(warnings);
      return new Health(Duration.ofNanos(System.nanoTime() - start), detail, warnings);
    });
  }

  @Override
  public final StorageMetrics metrics() {
    return guard.call(() ->
        StorageMetrics.builder()
            .write(writes.snapshot())
            .read(reads.snapshot())
            .query(queries.snapshot())
            .batches(batches.snapshot())
            .storageBytes(storageBytes())
            .dataBytes(dataBytes())
            .counters(counters())
            .gauges(gauges())
            .build());
  }

  @Override
  public final String identity() {
    return guard.call(this::doIdentity);
  }

  @Override
  public final Set<Path> files() {
    return guard.call(this::doFiles);
  }

  @Override
  public final boolean sync() {
    return timed(writes, this::doSync);
  }

  @Override
  public final <T> T unwrap(Class<T> type) {
    Objects.requireNonNull(type, "type");
    return guard.call(() -> {
      if (type.isInstance(this)) {
        return type.cast(this);
      }
      Object inside = doUnwrap(type);
      if (inside == null) {
        throw new IllegalArgumentException("%s is no %s".formatted(name, type.getName()));
      }
      return type.cast(inside);
    });
  }

  @Override
  public final void close() {
    closing.lock();
    try {
      if (!closed) {
        closed = true;
        guard.close();
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
