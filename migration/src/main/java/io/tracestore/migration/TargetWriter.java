package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.TraceWeight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes one thread's traces to the target in batches, tries again what may succeed later, and
 * tells which traces cannot be stored. Not safe for several threads.
 */
final class TargetWriter {
  private static final int BATCH_EVENTS = 20_000;

  /**
   * The number of traces refused in a row for lack of room after which the target counts as full.
   */
  private static final int FULL_AFTER = 100;

  private final TraceStore target;
  private final MigrationOptions options;
  private final AtomicInteger refusedInARow;
  private final Acknowledged acknowledged;
  private final List<FlowTrace> batch = new ArrayList<>();
  private long weight;
  private int events;

  /**
   * The counts of traces that need no write, and that come before those of the next batch or in it.
   */
  private MigrationTotals pending = new MigrationTotals();

  private @Nullable Position last;

  /** Gets the counts of each batch. */
  interface Acknowledged {
    /**
     * Everything that was handed to the writer is done.
     *
     * @param last the place of the last trace, moved or not; null if none has a place
     * @param part the counts of the traces that were handed over since the last call
     */
    void upTo(@Nullable Position last, MigrationTotals part);
  }

  /**
   * @param refusedInARow shared by all writers of a run
   * @param acknowledged gets how far the writer has come
   */
  TargetWriter(
      TraceStore target,
      MigrationOptions options,
      AtomicInteger refusedInARow,
      Acknowledged acknowledged) {
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
    last = Position.of(trace);
    weight += bytes;
    events += trace.events().size();
  }

  /**
   * Writes a trace whose events are too many for a batch: the events first, and then the header, so
   * that no reader finds a part of the trace.
   *
   * @throws TargetFailedException if the target cannot go on
   * @throws TraceStoreException if the source cannot go on
   */
  void addInPieces(FlowTrace header, StoredEvents source) {
    flush();
    last = Position.of(header);
    long count = 0;
    long bytes = TraceWeight.ofHeader(header);
    boolean isTaken =
        write(
            header,
            () -> {
              if (target.getHeader(header.traceId()).isPresent()) {
                target.storeTrace(
                    header); // refused, if it is another trace, before its events are there
              }
            });
    for (List<TraceEvent> piece = source.piece();
        isTaken && !piece.isEmpty();
        piece = source.piece()) {
      List<TraceEvent> next = piece;
      isTaken = write(header, () -> target.storeEvents(header.traceId(), next));
      count += next.size();
      bytes += next.stream().mapToLong(TraceWeight::of).sum();
    }
    if (isTaken && write(header, () -> target.storeTrace(header))) {
      refusedInARow.set(0);
      pending.moved(header, count, bytes);
    }
    flush();
  }

  /** Writes a part of a trace; false if the target does not take the trace, which is noted. */
  private boolean write(FlowTrace trace, Runnable write) {
    try {
      if (!options.dryRun()) {
        Backoff.retrying(() -> {
          write.run();
          return target;
        });
      }
      return true;
    } catch (TraceStoreException e) {
      if (!concernsTrace(e, refusedInARow)) {
        throw new TargetFailedException(e);
      }
      notMoved(Position.of(trace), String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Notes a trace that cannot be read, in its place. */
  void notMoved(Position place, String reason) {
    pending.notMoved(place, reason);
    last = place;
  }

  /**
   * Writes what was added.
   *
   * @throws TargetFailedException if the target cannot go on
   */
  void flush() {
    List<FlowTrace> traces = List.copyOf(batch);
    batch.clear();
    weight = 0;
    events = 0;
    MigrationTotals totals = pending;
    pending = new MigrationTotals();
    if (options.dryRun()) {
      traces.forEach(trace -> totals.moved(trace, TraceWeight.of(trace)));
    } else if (!traces.isEmpty()) {
      try {
        store(traces, totals);
      } catch (TraceStoreException e) {
        throw new TargetFailedException(e);
      }
    }
    acknowledged.upTo(last, totals);
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

  /**
   * Counts what was stored and what never can be, in order; the traces that may be stored later.
   */
  private List<FlowTrace> afterFailures(
      List<FlowTrace> traces, List<BatchStoreException.Failure> failures, MigrationTotals totals) {
    Map<Integer, BatchStoreException.Failure> byIndex = new HashMap<>();
    failures.forEach(failure -> byIndex.put(failure.index(), failure));
    List<FlowTrace> left = new ArrayList<>();
    for (int i = 0; i < traces.size(); i++) {
      BatchStoreException.Failure failure = byIndex.get(i);
      if (failure == null) {
        moved(List.of(traces.get(i)), totals);
      } else if (failure.cause().isRetryable()) {
        left.add(traces.get(i));
      } else {
        refused(traces.get(i), failure.cause(), totals);
      }
    }
    return left;
  }

  private void moved(List<FlowTrace> traces, MigrationTotals totals) {
    refusedInARow.set(0);
    traces.forEach(trace -> totals.moved(trace, TraceWeight.of(trace)));
  }

  /** Notes a trace that the target does not take; any other failure is one of the target. */
  private void refused(FlowTrace trace, TraceStoreException cause, MigrationTotals totals) {
    if (!concernsTrace(cause, refusedInARow)) {
      throw cause;
    }
    totals.notMoved(Position.of(trace), String.valueOf(cause.getMessage()));
  }

  /** Whether the target refuses one trace, and may take others. */
  static boolean concernsTrace(TraceStoreException cause, AtomicInteger refusedInARow) {
    return cause instanceof StoreConflictException
        || cause instanceof CorruptDataException
        || (cause instanceof StoreCapacityException
            && refusedInARow.incrementAndGet() < FULL_AFTER);
  }
}
