package io.tracestore.migration;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The work of a run, cut into units, in the order in which they are given out.
 *
 * <p>First everything newest first, by walking over the headers; then, in a run that catches up,
 * what the last run could not move and what the target holds unfinished. Not safe for several
 * threads.
 */
final class WorkPlan implements AutoCloseable {
  /** The traces of a unit; few enough that no thread finishes long after the others. */
  static final int UNIT = 256;

  private final TraceStore source;
  private final TraceStore target;
  private final TraceQuery filter;
  private final @Nullable TraceQuery walk;
  private final Supplier<NotMovedLog.Places> notMovedBefore;
  private final NotMovedLog.Places again;
  private final Deque<ExecutionStatus.Kind> unfinished = new ArrayDeque<>();
  private @Nullable TraceWalk headers;
  private boolean walked;
  private @Nullable Position after;
  private @Nullable Position newest;

  /**
   * @param filter which traces a full run moves
   * @param notMovedBefore opens the list of what the run before could not move
   */
  WorkPlan(
      TraceStore source,
      TraceStore target,
      TraceQuery filter,
      Checkpoint start,
      Supplier<NotMovedLog.Places> notMovedBefore) {
    this.source = source;
    this.target = target;
    this.filter = filter;
    this.walk = walk(filter, start.downTo());
    this.after = start.done();
    this.notMovedBefore = notMovedBefore;
    this.again = notMovedBefore.get();
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
      closeHeaders();
    }
    if (again.hasNext()) {
      List<Position> places = new ArrayList<>();
      while (again.hasNext() && places.size() < UNIT) {
        places.add(again.next());
      }
      return new WorkUnit.Single(places);
    }
    return nextUnfinished();
  }

  /** Reads on after the last unit. */
  private List<Position> nextPlaces() {
    if (headers == null) {
      TraceQuery query = Objects.requireNonNull(walk);
      headers = new TraceWalk(source, query.toBuilder().after(after).withEvents(false).build());
    }
    return take(headers);
  }

  /** The newest trace, once the first unit was given out in a run that begins; null otherwise. */
  @Nullable Position newest() {
    return newest;
  }

  private WorkUnit.@Nullable Single nextUnfinished() {
    while (true) {
      if (headers == null) {
        ExecutionStatus.Kind kind = unfinished.poll();
        if (kind == null) {
          return null;
        }
        headers = new TraceWalk(target, filter.toBuilder().status(kind).withEvents(false).build());
      }
      List<Position> places = take(headers);
      if (places.isEmpty()) {
        closeHeaders();
      } else {
        return new WorkUnit.Single(withoutNotMovedBefore(places));
      }
    }
  }

  /** They are tried for that reason already; the list is read, since it may not fit into memory. */
  private List<Position> withoutNotMovedBefore(List<Position> places) {
    Set<Position> left = new LinkedHashSet<>(places);
    try (NotMovedLog.Places before = notMovedBefore.get()) {
      before.forEachRemaining(left::remove);
    }
    return List.copyOf(left);
  }

  /** The places of the next traces, also of those that cannot be read. */
  private static List<Position> take(TraceWalk headers) {
    List<Position> places = new ArrayList<>();
    while (places.size() < UNIT) {
      TraceWalk.Step step = headers.next();
      if (step == null) {
        break;
      }
      places.add(step.position());
    }
    return places;
  }

  /** Whether the walk comes by a trace, so that it need not be moved for another reason. */
  boolean isWalked(FlowTrace trace) {
    return walk != null && walk.matches(trace);
  }

  /** The same of a trace of which only the place is known. */
  boolean isWalked(Position place) {
    if (walk == null) {
      return false;
    }
    Instant from = walk.startedFrom();
    Instant to = walk.startedTo();
    return (from == null || !place.startTime().isBefore(from))
        && (to == null || !place.startTime().isAfter(to));
  }

  private void closeHeaders() {
    if (headers != null) {
      headers.close();
      headers = null;
    }
  }

  @Override
  public void close() {
    again.close();
    closeHeaders();
  }
}
