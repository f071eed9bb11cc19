package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

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
            (last, totals) -> board.acknowledged(task, last, totals));
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
      case WorkUnit.Single single -> single.places().forEach(this::copyUnlessWalked);
    }
    writer.flush();
    board.finished(task);
  }

  private void copyRange(WorkUnit.Range range) {
    try (TraceWalk walk = new TraceWalk(source, query(range))) {
      for (TraceWalk.Step step = walk.next(); step != null; step = walk.next()) {
        if (TraceWalk.isBehind(step.position(), range.last())) {
          return;
        }
        switch (step) {
          case TraceWalk.Found found -> add(found);
          case TraceWalk.Unreadable trace -> writer.notMoved(trace.position(), trace.reason());
        }
      }
    }
  }

  private void add(TraceWalk.Found found) {
    if (found.unread() == 0) {
      writer.add(found.trace());
      return;
    }
    try (StoredEvents events = new StoredEvents(source, found.trace().traceId())) {
      writer.addInPieces(found.trace(), events);
    }
  }

  private TraceQuery query(WorkUnit.Range range) {
    Instant from = filter.startedFrom();
    Instant last = range.last().startTime();
    return filter.toBuilder()
        .startedFrom(from != null && from.isAfter(last) ? from : last)
        .after(range.after())
        .build();
  }

  private void copyUnlessWalked(Position place) {
    try {
      Optional<FlowTrace> header =
          Backoff.retrying(() -> source.getHeader(place.traceId()))
              .filter(trace -> !board.isWalked(trace));
      if (header.isPresent()) {
        add(Backoff.retrying(() -> TraceWalk.withEvents(source, header.get())));
      }
    } catch (CorruptDataException e) {
      if (!board.isWalked(place)) {
        writer.notMoved(place, "cannot be read: " + e.getMessage());
      }
    }
  }
}
