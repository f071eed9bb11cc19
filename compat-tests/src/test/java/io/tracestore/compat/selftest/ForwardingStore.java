package io.tracestore.compat.selftest;

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
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Passes every call on to another store, so that a defect is only what it does differently. */
class ForwardingStore implements TraceStore {
  final TraceStore store;

  ForwardingStore(TraceStore store) {
    this.store = store;
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

  @Override
  public Health healthCheck() {
    return store.healthCheck();
  }

  @Override
  public StorageMetrics metrics() {
    return store.metrics();
  }

  @Override
  public Set<Capability> capabilities() {
    return store.capabilities();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return type.isInstance(this) ? type.cast(this) : store.unwrap(type);
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return store.toString();
  }
}
