package io.tracestore.provider.mem;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.mem.heap.TraceHeap;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.call.CallGuard;
import io.tracestore.spi.Capability;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.QueryExplanation;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One open store over a {@link TraceHeap} that others may show too. */
final class MemTraceStore extends BaseTraceStore {
  private final Set<Capability> capabilities;
  private final Runnable release;

  /** Null once closed: a closed store that is still referred to must not keep the data. */
  private volatile @Nullable TraceHeap heap;

  MemTraceStore(String uri, TraceHeap heap, Runnable release) {
    super(uri, CallGuard.refusing(uri)); // a call that is running has the heap
    this.heap = heap;
    this.release = release;
    this.capabilities =
        heap.config().get(MemoryConfig.EVICTION_POLICY) == EvictionPolicy.NONE
            ? Set.of(Capability.ATOMIC)
            : Set.of(Capability.ATOMIC, Capability.EVICTING);
  }

  TraceHeap heap() {
    TraceHeap open = heap;
    if (open == null) {
      ensureOpen();
    }
    return Objects.requireNonNull(open, "it is null after the close alone");
  }

  @Override
  protected String doIdentity() {
    return heap().identity();
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    heap().storeTrace(trace);
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    heap().storeEvents(traceId, events);
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return Optional.ofNullable(heap().trace(traceId));
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return heap().events(traceId);
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return heap().query(query, limit);
  }

  /** Each candidate is tested with {@link TraceQuery#matches}. */
  @Override
  protected boolean answersEveryFilter(TraceQuery query) {
    return true;
  }

  @Override
  protected QueryExplanation doExplain(TraceQuery query) {
    return heap().explain(query);
  }

  @Override
  protected List<TraceId> doGetEarlyTraces(@Nullable TraceId after, int limit) {
    return heap().earlyTraces(after, limit);
  }

  @Override
  protected Collection<String> doNames(NameKind kind, TraceQuery range) {
    return heap().names(kind, range);
  }

  @Override
  protected long doCount(TraceQuery query) {
    return heap().count(query);
  }

  @Override
  protected void doForEachEvents(@Nullable String flowId, Consumer<List<TraceEvent>> visitor) {
    heap().forEachEvents(flowId, visitor);
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return heap().delete(traceId);
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return heap().purgeBefore(cutoff);
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    return heap().checkRoom(warnings);
  }

  @Override
  protected long storageBytes() {
    return heap().bytes();
  }

  @Override
  protected Map<String, Long> counters() {
    return heap().counters();
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  protected void doClose() {
    heap = null;
    release.run();
  }
}
