package io.tracestore.migration;

import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Moves the traces of which only events are stored. They have no place in the order of the others,
 * so each run moves all of them, from the first. Holds one trace at a time; not safe for several
 * threads.
 */
final class EarlyTraces {
  private final TraceStore source;
  private final TraceStore target;
  private final boolean dryRun;
  private final AtomicInteger refusedInARow;
  private final List<NotMoved> firstNotMoved = new ArrayList<>();
  private long traces;
  private long events;
  private long notMoved;

  /** Takes one early trace after the other. */
  interface Visitor {
    void visit(TraceId traceId);
  }

  /**
   * @param dryRun true to read everything and write nothing
   * @param refusedInARow shared by all that write to the target
   */
  EarlyTraces(TraceStore source, TraceStore target, boolean dryRun, AtomicInteger refusedInARow) {
    this.source = source;
    this.target = target;
    this.dryRun = dryRun;
    this.refusedInARow = refusedInARow;
  }

  /** Whether {@code filter} takes early traces: it asks for nothing that only a header tells. */
  static boolean match(TraceQuery filter) {
    return filter.equals(TraceQuery.ALL);
  }

  /** Whether {@code store} has any. */
  static boolean areIn(TraceStore store) {
    return Backoff.retrying(() -> {
      try (TraceIdCursor ids = store.openEarlyTraces()) {
        return ids.hasNext();
      }
    });
  }

  /**
   * Visits every early trace of {@code store}, and once more from the first if the list breaks off.
   *
   * @param restart is called before each pass
   * @throws TraceStoreException if the store cannot go on, or the thread is interrupted
   */
  static void visit(TraceStore store, Runnable restart, Visitor visitor) {
    Backoff backoff = new Backoff();
    boolean isDone = false;
    while (!isDone) {
      restart.run();
      isDone = visitOnce(store, visitor, backoff);
    }
  }

  /** One pass over the list; false if it broke off and is worth another. */
  private static boolean visitOnce(TraceStore store, Visitor visitor, Backoff backoff) {
    try (TraceIdCursor ids = Backoff.retrying(store::openEarlyTraces)) {
      while (true) {
        TraceId traceId;
        try {
          if (!ids.hasNext()) {
            return true;
          }
          traceId = ids.next();
        } catch (TraceStoreException e) {
          backoff.await(e);
          return false;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new TraceStoreException("interrupted while reading early events", null);
        }
        visitor.visit(traceId);
      }
    }
  }

  /**
   * Moves all of them; what cannot be moved is left out and noted.
   *
   * @throws TargetFailedException if the target cannot go on
   * @throws TraceStoreException if the source cannot go on, or the thread is interrupted
   */
  void move() {
    visit(source, this::restart, this::move);
  }

  private void restart() {
    traces = 0;
    events = 0;
    notMoved = 0;
    firstNotMoved.clear();
  }

  private void move(TraceId traceId) {
    long count = 0;
    try (StoredEvents read = new StoredEvents(source, traceId)) {
      for (List<TraceEvent> piece = read.piece(); !piece.isEmpty(); piece = read.piece()) {
        if (!dryRun && !isStored(traceId, piece)) {
          return;
        }
        count += piece.size();
      }
    } catch (CorruptDataException e) {
      notMoved(traceId, "cannot be read: " + e.getMessage());
      return;
    }
    if (count > 0) {
      traces++;
      events += count;
    }
  }

  private boolean isStored(TraceId traceId, List<TraceEvent> piece) {
    try {
      Backoff.retrying(() -> {
        target.storeEvents(traceId, piece);
        return target;
      });
      refusedInARow.set(0);
      return true;
    } catch (TraceStoreException e) {
      if (!TargetWriter.concernsTrace(e, refusedInARow)) {
        throw new TargetFailedException(e);
      }
      notMoved(traceId, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private void notMoved(TraceId traceId, String reason) {
    notMoved++;
    if (firstNotMoved.size() < MigrationReport.SHOWN_NOT_MOVED) {
      firstNotMoved.add(new NotMoved(traceId, reason));
    }
  }

  /** How many were moved, those that the target had already included. */
  long traces() {
    return traces;
  }

  /** How many events the moved ones have. */
  long events() {
    return events;
  }

  /** How many could not be moved. */
  long notMoved() {
    return notMoved;
  }

  /** The first {@value MigrationReport#SHOWN_NOT_MOVED} that could not be moved. */
  List<NotMoved> firstNotMoved() {
    return List.copyOf(firstNotMoved);
  }
}
