package io.tracestore.migration;

import io.tracestore.migration.spans.SpanPieces;
import io.tracestore.migration.spans.TraceSpans;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads what a store holds of traces that come in pieces, several at a time. */
final class StoredPieces {
  private static final int READS_AT_ONCE = 16;

  private StoredPieces() {}

  /**
   * {@code traces} in their order, each that is made of spans together with what is stored of it.
   */
  static List<FlowTrace> of(TraceStore store, List<FlowTrace> traces) {
    List<Callable<FlowTrace>> reads = new ArrayList<>();
    for (FlowTrace trace : traces) {
      reads.add(() -> withStored(store, trace));
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(READS_AT_ONCE, traces.size()), Thread.ofVirtual().factory())) {
      List<FlowTrace> merged = new ArrayList<>(traces.size());
      for (Future<FlowTrace> read : threads.invokeAll(reads)) {
        merged.add(read.get());
      }
      return merged;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TraceStoreException("interrupted while importing", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static FlowTrace withStored(TraceStore store, FlowTrace trace) {
    if (TraceSpans.originOf(trace).isEmpty()) {
      return trace;
    }
    List<TraceEvent> events = store.getEvents(trace.traceId());
    if (events.isEmpty()) {
      return trace;
    }
    return store
        .getHeader(trace.traceId())
        .map(header -> SpanPieces.merge(header.withEvents(events), trace))
        .orElseGet(() -> SpanPieces.merge(events, trace));
  }
}
