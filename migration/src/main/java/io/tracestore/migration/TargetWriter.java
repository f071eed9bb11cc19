package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Writes one thread's traces to the target in batches, tries again what may succeed later, and
 * tells which traces cannot be stored. Not safe for several threads.
 */
final class TargetWriter {
  private static final int BATCH_EVENTS = 20_000;

  /** So many refused for lack of room, one after the other: the target is full. */
  private static final int FULL_AFTER = 100;

  private final TraceStore target;
  private final MigrationOptions options;
  private final AtomicInteger refusedInARow;
  private final BiConsumer<FlowTrace, MigrationTotals> acknowledged;
  private final List<FlowTrace> batch = new ArrayList<>();
  private long weight;
  private int events;

  /**
   * @param refusedInARow shared by all writers of a run
   * @param acknowledged is told the last trace of each batch, and what became of the batch
   */
  TargetWriter(
      TraceStore target,
      MigrationOptions options,
      AtomicInteger refusedInARow,
      BiConsumer<FlowTrace, MigrationTotals> acknowledged) {
    this.target = target;
    this.options = options;
    this.refusedInARow = refusedInARow;
    this.acknowledged = acknowledged;
  }

  /**
   * Adds {@code trace}, and writes what was added before if it is enough.
   *
   * @throws TargetFailedException if the target cannot go on
   */
  void add(FlowTrace trace) {
    long bytes = TraceWeight.of(trace);
    boolean full =
        batch.size() == options.batchTraces()
            || events + trace.events().size() > BATCH_EVENTS
            || weight + bytes > options.batchBytes();
    if (full) {
      flush();
    }
    batch.add(trace);
    weight += bytes;
    events += trace.events().size();
  }

  /**
   * Writes what was added.
   *
   * @throws TargetFailedException if the target cannot go on
   */
  void flush() {
    if (batch.isEmpty()) {
      return;
    }
    List<FlowTrace> traces = List.copyOf(batch);
    batch.clear();
    weight = 0;
    events = 0;
    MigrationTotals totals = new MigrationTotals();
    if (options.dryRun()) {
      traces.forEach(trace -> totals.moved(trace, TraceWeight.of(trace)));
    } else {
      try {
        store(traces, totals);
      } catch (TraceStoreException e) {
        throw new TargetFailedException(e);
      }
    }
    acknowledged.accept(traces.getLast(), totals);
  }

  private void store(List<FlowTrace> traces, MigrationTotals totals) {
    Backoff backoff = new Backoff();
    List<FlowTrace> left = traces;
    while (!left.isEmpty()) {
      try {
        target.storeTraces(left);
        moved(left, totals);
        return;
      } catch (BatchStoreException e) {
        left = afterFailures(left, e.failures(), totals);
        if (!left.isEmpty()) {
          backoff.await(firstRetryable(e));
        }
      } catch (TraceStoreException e) {
        backoff.await(e);
      }
    }
  }

  private static TraceStoreException firstRetryable(BatchStoreException e) {
    return e.failures().stream()
        .map(BatchStoreException.Failure::cause)
        .filter(TraceStoreException::isRetryable)
        .findFirst()
        .orElse(e);
  }

  /** Counts what was stored and what never can be; the traces that may be stored later. */
  private List<FlowTrace> afterFailures(
      List<FlowTrace> traces, List<BatchStoreException.Failure> failures, MigrationTotals totals) {
    List<FlowTrace> stored = new ArrayList<>(traces);
    List<FlowTrace> left = new ArrayList<>();
    for (BatchStoreException.Failure failure : failures.reversed()) {
      stored.remove(failure.index());
    }
    moved(stored, totals);
    for (BatchStoreException.Failure failure : failures) {
      if (failure.cause().isRetryable()) {
        left.add(traces.get(failure.index()));
      } else {
        refused(failure, totals);
      }
    }
    return left;
  }

  private void moved(List<FlowTrace> traces, MigrationTotals totals) {
    if (!traces.isEmpty()) {
      refusedInARow.set(0);
    }
    traces.forEach(trace -> totals.moved(trace, TraceWeight.of(trace)));
  }

  /** Notes a trace that the target does not take; any other failure is one of the target. */
  private void refused(BatchStoreException.Failure failure, MigrationTotals totals) {
    TraceStoreException cause = failure.cause();
    boolean concernsTrace =
        cause instanceof StoreConflictException
            || cause instanceof CorruptDataException
            || (cause instanceof StoreCapacityException
                && refusedInARow.incrementAndGet() < FULL_AFTER);
    if (!concernsTrace) {
      throw cause;
    }
    totals.notMoved(new NotMoved(failure.traceId(), String.valueOf(cause.getMessage())));
  }
}
