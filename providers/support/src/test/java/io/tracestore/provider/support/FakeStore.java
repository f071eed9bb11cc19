package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A store of headers and events in maps; a trace of the flow {@code bad} is refused. */
class FakeStore extends BaseTraceStore {
  final Map<TraceId, FlowTrace> traces = new ConcurrentHashMap<>();
  final List<TraceEvent> events = new ArrayList<>();
  final AtomicInteger closes = new AtomicInteger();
  Runnable whileClosing = () -> {};

  /** Ids of which only {@link #events} have come. */
  final Set<TraceId> early = ConcurrentHashMap.newKeySet();

  /** Runs after the early traces were visited. */
  Runnable afterEarlyTraces = () -> {};

  FakeStore() {
    super("fake:x?password=***");
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    if (trace.flowId().equals("bad")) {
      throw new StoreConflictException("bad " + trace.traceId(), null);
    }
    traces.put(trace.traceId(), trace);
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> batch) {
    events.addAll(batch);
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return Optional.ofNullable(traces.get(traceId));
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return List.copyOf(events);
  }

  @Override
  protected void doForEachEarlyTrace(Consumer<TraceId> visitor) {
    List.copyOf(early).forEach(visitor);
    afterEarlyTraces.run();
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    TraceQuery.Position after = query.after();
    return traces.values().stream()
        .filter(query::matches)
        .filter(trace -> after == null || after.isBefore(trace))
        .sorted(FlowTrace.NEWEST_FIRST)
        .skip(query.offset())
        .limit(limit)
        .map(trace -> query.withEvents() ? trace : trace.withEvents(List.of()))
        .toList();
  }

  @Override
  protected long doCount(TraceQuery query) {
    return traces.values().stream().filter(query::matches).count();
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return traces.remove(traceId) != null;
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return 0;
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    warnings.add("slow");
    return "fine";
  }

  @Override
  protected long storageBytes() {
    return 42;
  }

  @Override
  protected Map<String, Long> counters() {
    return Map.of("evictedTraces", 7L);
  }

  @Override
  protected void doClose() {
    closes.incrementAndGet();
    whileClosing.run();
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.ATOMIC);
  }
}
