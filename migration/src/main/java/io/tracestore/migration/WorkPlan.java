package io.tracestore.migration;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a run has to move, cut into units, in the order in which they are given out.
 *
 * <p>First everything newest first, by walking over the headers; then, in a run that catches up,
 * what the last run could not move and what the target holds unfinished. Not safe for several
 * threads.
 */
final class WorkPlan implements AutoCloseable {
  /** Few enough that a thread is never long behind the others. */
  static final int UNIT = 256;

  private final TraceStore source;
  private final TraceStore target;
  private final TraceQuery filter;
  private final @Nullable TraceQuery walk;
  private final Checkpoint start;
  private final Deque<TraceId> again;
  private final Deque<ExecutionStatus.Kind> unfinished = new ArrayDeque<>();
  private @Nullable TraceCursor cursor;
  private boolean walked;
  private @Nullable Position after;
  private @Nullable Position newest;

  /**
   * @param filter which traces a full run moves
   */
  WorkPlan(TraceStore source, TraceStore target, TraceQuery filter, Checkpoint start) {
    this.source = source;
    this.target = target;
    this.filter = filter;
    this.walk = walk(filter, start.downTo());
    this.start = start;
    this.after = start.done();
    this.again = new ArrayDeque<>(start.again());
    this.walked = walk == null;
    if (start.kind() == MigrationReport.Kind.CATCH_UP) {
      for (ExecutionStatus.Kind kind : ExecutionStatus.Kind.values()) {
        boolean asked = filter.status() == null || filter.status() == kind;
        if (!kind.isTerminal() && asked && filter.failedWith() == null) {
          unfinished.add(kind);
        }
      }
    }
  }

  /** The part of {@code filter} that a run walks over; null if that is nothing. */
  static @Nullable TraceQuery walk(TraceQuery filter, @Nullable Instant downTo) {
    Instant from = filter.startedFrom();
    if (downTo == null || (from != null && !from.isBefore(downTo))) {
      return filter;
    }
    Instant to = filter.startedTo();
    return to != null && to.isBefore(downTo)
        ? null
        : filter.toBuilder().startedFrom(downTo).build();
  }

  /** The next unit; null at the end. */
  @Nullable WorkUnit next() {
    if (!walked) {
      List<Position> places = nextPlaces();
      if (!places.isEmpty()) {
        WorkUnit.Range range = new WorkUnit.Range(after, places.getLast());
        if (after == null) {
          newest = places.getFirst();
        }
        after = range.last();
        return range;
      }
      walked = true;
      closeCursor();
    }
    if (!again.isEmpty()) {
      List<TraceId> ids = new ArrayList<>();
      while (!again.isEmpty() && ids.size() < UNIT) {
        ids.add(again.remove());
      }
      return new WorkUnit.Single(ids);
    }
    return nextUnfinished();
  }

  /** Reads on behind the last unit; what a source cannot do now it may do in a moment. */
  private List<Position> nextPlaces() {
    Backoff backoff = new Backoff();
    while (true) {
      try {
        if (cursor == null) {
          TraceQuery query = Objects.requireNonNull(walk);
          cursor = source.openCursor(query.toBuilder().after(after).withEvents(false).build());
        }
        return take(Position::of);
      } catch (TraceStoreException e) {
        closeCursor();
        backoff.await(e);
      }
    }
  }

  /** The newest trace, once the first unit was given out in a run that begins; null otherwise. */
  @Nullable Position newest() {
    return newest;
  }

  private WorkUnit.@Nullable Single nextUnfinished() {
    while (true) {
      if (cursor == null) {
        ExecutionStatus.Kind kind = unfinished.poll();
        if (kind == null) {
          return null;
        }
        cursor = target.openCursor(filter.toBuilder().status(kind).withEvents(false).build());
      }
      List<TraceId> ids = take(FlowTrace::traceId);
      if (!ids.isEmpty()) {
        return new WorkUnit.Single(ids);
      }
      closeCursor();
    }
  }

  /** What {@code part} gives of the next headers that the cursor has. */
  private <T> List<T> take(Function<FlowTrace, T> part) {
    List<T> parts = new ArrayList<>();
    Iterator<FlowTrace> headers = cursor;
    while (headers != null && parts.size() < UNIT && headers.hasNext()) {
      parts.add(part.apply(headers.next()));
    }
    return parts;
  }

  /** Whether the walk comes by a trace, so that it need not be moved for another reason. */
  boolean isWalked(FlowTrace trace) {
    Instant downTo = start.downTo();
    return downTo == null || !trace.startTime().isBefore(downTo);
  }

  private void closeCursor() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  @Override
  public void close() {
    closeCursor();
  }
}
