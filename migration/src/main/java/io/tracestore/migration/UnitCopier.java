package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Reads the traces of one unit and hands them to a writer; not safe for several threads. */
final class UnitCopier {
  private final TraceStore source;
  private final TraceQuery filter;
  private final WorkBoard board;
  private final WorkBoard.Task task;
  private final TargetWriter writer;

  /**
   * @param refusedInARow shared by all of a run
   */
  UnitCopier(
      TraceStore source,
      TraceStore target,
      MigrationOptions options,
      WorkBoard board,
      WorkBoard.Task task,
      AtomicInteger refusedInARow) {
    this.source = source;
    this.filter = options.filter();
    this.board = board;
    this.task = task;
    this.writer =
        new TargetWriter(
            target,
            options,
            refusedInARow,
            (last, totals) ->
                board.acknowledged(
                    task,
                    task.unit() instanceof WorkUnit.Range ? Position.of(last) : null,
                    totals));
  }

  /**
   * Moves the unit.
   *
   * @throws TargetFailedException if the target cannot go on
   * @throws TraceStoreException if the source cannot go on
   */
  void copy() {
    switch (task.unit()) {
      case WorkUnit.Range range -> copyRange(range);
      case WorkUnit.Single single -> single.ids().forEach(this::copyUnlessWalked);
    }
    writer.flush();
    board.finished(task);
  }

  private void copyRange(WorkUnit.Range range) {
    Backoff backoff = new Backoff();
    Reached reached = new Reached(range.after());
    while (true) {
      try {
        readOn(range, reached);
        return;
      } catch (CorruptDataException e) {
        copyOneByOne(range, reached);
        return;
      } catch (TraceStoreException e) {
        backoff.await(e);
      }
    }
  }

  /** The last trace that was handed to the writer. */
  private static final class Reached {
    private @Nullable Position position;

    Reached(@Nullable Position position) {
      this.position = position;
    }
  }

  private void readOn(WorkUnit.Range range, Reached reached) {
    try (TraceCursor cursor = source.openCursor(query(range, reached.position, true))) {
      while (cursor.hasNext()) {
        FlowTrace trace = cursor.next();
        if (range.last().isBefore(trace)) {
          return;
        }
        writer.add(trace);
        reached.position = Position.of(trace);
      }
    }
  }

  /** Around a trace that cannot be read: the others can, if they are asked for by their ids. */
  private void copyOneByOne(WorkUnit.Range range, Reached reached) {
    try (TraceCursor cursor = source.openCursor(query(range, reached.position, false))) {
      while (cursor.hasNext()) {
        FlowTrace header = cursor.next();
        if (range.last().isBefore(header)) {
          return;
        }
        read(header.traceId()).ifPresent(writer::add);
      }
    }
  }

  private TraceQuery query(WorkUnit.Range range, @Nullable Position after, boolean withEvents) {
    Instant from = filter.startedFrom();
    Instant last = range.last().startTime();
    return filter.toBuilder()
        .startedFrom(from != null && from.isAfter(last) ? from : last)
        .after(after)
        .withEvents(withEvents)
        .build();
  }

  private void copyUnlessWalked(TraceId traceId) {
    read(traceId).filter(trace -> !board.isWalked(trace)).ifPresent(writer::add);
  }

  /** The trace; empty if it was deleted, or if it cannot be read, which is noted. */
  private Optional<FlowTrace> read(TraceId traceId) {
    Backoff backoff = new Backoff();
    while (true) {
      try {
        return source.getTrace(traceId);
      } catch (CorruptDataException e) {
        MigrationTotals unreadable = new MigrationTotals();
        unreadable.notMoved(
            new NotMoved(traceId, "cannot be read: " + String.valueOf(e.getMessage())));
        board.acknowledged(task, null, unreadable);
        return Optional.empty();
      } catch (TraceStoreException e) {
        backoff.await(e);
      }
    }
  }
}
