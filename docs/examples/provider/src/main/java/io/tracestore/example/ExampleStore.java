package io.tracestore.example;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Keeps headers in one map and events in another; a query looks at every trace. */
final class ExampleStore extends BaseTraceStore {
  private final int maxTraces;
  private final Map<TraceId, FlowTrace> headers = new HashMap<>();
  private final Map<TraceId, Map<EventId, TraceEvent>> events = new HashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  ExampleStore(String name, int maxTraces) {
    super(name);
    this.maxTraces = maxTraces;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.ATOMIC);
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    locked(
        lock.writeLock(),
        () -> {
          FlowTrace stored = headers.get(trace.traceId());
          if (stored == null && headers.size() >= maxTraces) {
            throw new StoreCapacityException(
                "%s is full: maxTraces is %d".formatted(name(), maxTraces), null);
          }
          if (HeaderRule.replaces(stored, trace)) {
            headers.put(trace.traceId(), trace.withEvents(List.of()));
          }
          putEvents(trace.traceId(), trace.events());
          return true;
        });
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> more) {
    locked(
        lock.writeLock(),
        () -> {
          putEvents(traceId, more);
          return true;
        });
  }

  private void putEvents(TraceId traceId, List<TraceEvent> more) {
    if (!more.isEmpty()) {
      Map<EventId, TraceEvent> byId = events.computeIfAbsent(traceId, id -> new HashMap<>());
      more.forEach(event -> byId.put(event.eventId(), event));
    }
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return locked(
        lock.readLock(), () -> Optional.ofNullable(headers.get(traceId)).map(this::whole));
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return locked(lock.readLock(), () -> eventsOf(traceId));
  }

  private FlowTrace whole(FlowTrace header) {
    return header.withEvents(eventsOf(header.traceId()));
  }

  private List<TraceEvent> eventsOf(TraceId traceId) {
    return events.getOrDefault(traceId, Map.of()).values().stream()
        .sorted(TraceEvent.ORDER)
        .toList();
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    TraceQuery.Position after = query.after();
    return locked(
        lock.readLock(),
        () ->
            matching(query)
                .filter(header -> after == null || after.isBefore(header))
                .sorted(FlowTrace.NEWEST_FIRST)
                .skip(query.offset())
                .limit(limit)
                .map(header -> query.withEvents() ? whole(header) : header)
                .toList());
  }

  @Override
  protected long doCount(TraceQuery query) {
    return locked(lock.readLock(), () -> matching(query).count());
  }

  /** The headers of the traces that match; to be used up under the lock. */
  private Stream<FlowTrace> matching(TraceQuery query) {
    return headers.values().stream()
        .filter(header -> query.matches(query.filtersEvents() ? whole(header) : header));
  }

  @Override
  protected void doForEachEarlyTrace(Consumer<TraceId> visitor) {
    List<TraceId> early =
        locked(
            lock.readLock(),
            () -> events.keySet().stream().filter(id -> !headers.containsKey(id)).toList());
    early.forEach(visitor);
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return locked(lock.writeLock(), () -> remove(traceId));
  }

  private boolean remove(TraceId traceId) {
    boolean hadHeader = headers.remove(traceId) != null;
    boolean hadEvents = events.remove(traceId) != null;
    return hadHeader || hadEvents;
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return locked(
        lock.writeLock(),
        () -> {
          List<TraceId> old =
              headers.values().stream()
                  .filter(header -> header.startTime().isBefore(cutoff))
                  .map(FlowTrace::traceId)
                  .toList();
          old.forEach(this::remove);
          events.forEach((traceId, byId) -> purgeEarlyEvents(traceId, byId, cutoff));
          events.values().removeIf(Map::isEmpty);
          return (long) old.size();
        });
  }

  private void purgeEarlyEvents(TraceId traceId, Map<EventId, TraceEvent> byId, Instant cutoff) {
    if (!headers.containsKey(traceId)) {
      byId.values().removeIf(event -> event.timestamp().isBefore(cutoff));
    }
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    return locked(lock.readLock(), () -> headers.size() + " of " + maxTraces + " traces");
  }

  @Override
  protected long storageBytes() {
    return -1;
  }

  @Override
  protected void doClose() {
    locked(
        lock.writeLock(),
        () -> {
          headers.clear();
          events.clear();
          return true;
        });
  }

  private static <T> T locked(Lock lock, Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
