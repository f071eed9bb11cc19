package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A store that passes every call on to another one, for subclasses that do something more at some
 * of them. As safe for many threads as the other store. {@link #writer} and the {@link
 * #healthCheck(java.time.Duration)} with a time limit go through this object's own methods.
 */
public abstract class ForwardingTraceStore implements TraceStore {
  private final TraceStore delegate;

  /**
   * @param delegate closed together with this store
   */
  protected ForwardingTraceStore(TraceStore delegate) {
    this.delegate = Objects.requireNonNull(delegate, "delegate");
  }

  /** The store to which this one forwards its calls. */
  protected final TraceStore delegate() {
    return delegate;
  }

  @Override
  public void storeTrace(FlowTrace trace) {
    delegate.storeTrace(trace);
  }

  @Override
  public void storeTraces(Collection<FlowTrace> traces) {
    delegate.storeTraces(traces);
  }

  @Override
  public Optional<FlowTrace> getTrace(TraceId traceId) {
    return delegate.getTrace(traceId);
  }

  @Override
  public List<FlowTrace> queryTraces(TraceQuery query) {
    return delegate.queryTraces(query);
  }

  @Override
  public QueryExplanation explain(TraceQuery query) {
    return delegate.explain(query);
  }

  @Override
  public TraceCursor openCursor(TraceQuery query) {
    return delegate.openCursor(query);
  }

  @Override
  public long count(TraceQuery query) {
    return delegate.count(query);
  }

  @Override
  public List<EventMetrics> eventMetrics(EventMetricsQuery query) {
    return delegate.eventMetrics(query);
  }

  @Override
  public List<ActorEdge> actorGraph(ActorGraphQuery query) {
    return delegate.actorGraph(query);
  }

  @Override
  public void storeEvent(TraceId traceId, TraceEvent event) {
    delegate.storeEvent(traceId, event);
  }

  @Override
  public void storeEvents(TraceId traceId, Collection<TraceEvent> events) {
    delegate.storeEvents(traceId, events);
  }

  @Override
  public List<TraceEvent> getEvents(TraceId traceId) {
    return delegate.getEvents(traceId);
  }

  @Override
  public Map<TraceId, EventCounts> eventCounts(Collection<TraceId> traceIds) {
    return delegate.eventCounts(traceIds);
  }

  @Override
  public Optional<FlowTrace> getHeader(TraceId traceId) {
    return delegate.getHeader(traceId);
  }

  @Override
  public EventCursor openEvents(TraceId traceId, EventRange range) {
    return delegate.openEvents(traceId, range);
  }

  @Override
  public TraceIdCursor openEarlyTraces() {
    return delegate.openEarlyTraces();
  }

  @Override
  public SortedSet<String> names(NameKind kind, @Nullable Instant from, @Nullable Instant to) {
    return delegate.names(kind, from, to);
  }

  @Override
  public long deleteTraces(TraceQuery query) {
    return delegate.deleteTraces(query);
  }

  @Override
  public boolean deleteTrace(TraceId traceId) {
    return delegate.deleteTrace(traceId);
  }

  @Override
  public long purgeBefore(Instant cutoff) {
    return delegate.purgeBefore(cutoff);
  }

  @Override
  public Health healthCheck() {
    return delegate.healthCheck();
  }

  @Override
  public StorageMetrics metrics() {
    return delegate.metrics();
  }

  @Override
  public Set<Capability> capabilities() {
    return delegate.capabilities();
  }

  @Override
  public String identity() {
    return delegate.identity();
  }

  @Override
  public Set<Path> files() {
    return delegate.files();
  }

  @Override
  public boolean sync() {
    return delegate.sync();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return delegate.unwrap(type);
  }

  @Override
  public void close() {
    delegate.close();
  }

  @Override
  public String toString() {
    return delegate.toString();
  }
}
