package io.tracestore;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.Capability;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import io.tracestore.spi.Health;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.internal.PeriodicTask;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A store from which old traces are removed in the background as long as it is open. */
final class RetainingStore implements TraceStore {
  private final TraceStore store;
  private final Retention retention;
  private final PeriodicTask task;

  private RetainingStore(TraceStore store, RetentionPolicy policy, InstantSource clock) {
    this.store = store;
    this.retention = new Retention(store, policy, clock);
    this.task = new PeriodicTask("tracestore-retention " + store, policy.interval(), retention);
  }

  static TraceStore open(TraceStore store, RetentionPolicy policy, InstantSource clock) {
    RetainingStore retaining = new RetainingStore(store, policy, clock);
    retaining.task.start();
    return retaining;
  }

  @Override
  public void storeTrace(FlowTrace trace) {
    store.storeTrace(trace);
  }

  @Override
  public void storeTraces(Collection<FlowTrace> traces) {
    store.storeTraces(traces);
  }

  @Override
  public Optional<FlowTrace> getTrace(TraceId traceId) {
    return store.getTrace(traceId);
  }

  @Override
  public List<FlowTrace> queryTraces(TraceQuery query) {
    return store.queryTraces(query);
  }

  @Override
  public TraceCursor openCursor(TraceQuery query) {
    return store.openCursor(query);
  }

  @Override
  public long count(TraceQuery query) {
    return store.count(query);
  }

  @Override
  public List<EventMetrics> eventMetrics(EventMetricsQuery query) {
    return store.eventMetrics(query);
  }

  @Override
  public List<ActorEdge> actorGraph(ActorGraphQuery query) {
    return store.actorGraph(query);
  }

  @Override
  public void storeEvent(TraceId traceId, TraceEvent event) {
    store.storeEvent(traceId, event);
  }

  @Override
  public void storeEvents(TraceId traceId, Collection<TraceEvent> events) {
    store.storeEvents(traceId, events);
  }

  @Override
  public List<TraceEvent> getEvents(TraceId traceId) {
    return store.getEvents(traceId);
  }

  @Override
  public boolean deleteTrace(TraceId traceId) {
    return store.deleteTrace(traceId);
  }

  @Override
  public long purgeBefore(Instant cutoff) {
    return store.purgeBefore(cutoff);
  }

  /** Also warns if old traces could not be removed the last time. */
  @Override
  public Health healthCheck() {
    Health health = store.healthCheck();
    String problem = retention.problem();
    if (problem == null) {
      return health;
    }
    List<String> warnings = new ArrayList<>(health.warnings());
    warnings.add(problem);
    return new Health(health.latency(), health.detail(), warnings);
  }

  @Override
  public StorageMetrics metrics() {
    StorageMetrics metrics = store.metrics();
    Map<String, Long> counters = new HashMap<>(metrics.counters());
    counters.putAll(retention.counters());
    return new StorageMetrics(
        metrics.write(),
        metrics.read(),
        metrics.query(),
        metrics.batches(),
        metrics.storageBytes(),
        counters,
        metrics.gauges());
  }

  /** It drops old data by design. */
  @Override
  public Set<Capability> capabilities() {
    Set<Capability> capabilities = EnumSet.of(Capability.EVICTING);
    capabilities.addAll(store.capabilities());
    return Set.copyOf(capabilities);
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return store.unwrap(type);
  }

  @Override
  public void close() {
    task.close();
    store.close();
  }

  @Override
  public String toString() {
    return store.toString();
  }
}
