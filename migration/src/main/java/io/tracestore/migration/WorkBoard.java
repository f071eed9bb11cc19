package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives out the units of a plan to threads, and knows up to where everything is acknowledged by the
 * target without a gap. Safe for many threads.
 */
final class WorkBoard implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final WorkPlan plan;
  private final Deque<Task> given = new ArrayDeque<>();
  private final @Nullable NotMovedLog log;
  private final MigrationTotals ranges;
  private final MigrationTotals singles = new MigrationTotals();
  private Checkpoint start;
  private @Nullable Position done;
  private long rangeBytes;
  private boolean ended;

  /** A unit that was given out, and how far it has come; guarded by the board's lock. */
  static final class Task {
    private final WorkUnit unit;
    private final MigrationTotals totals = new MigrationTotals();
    private @Nullable Position reached;
    private boolean finished;

    private Task(WorkUnit unit) {
      this.unit = unit;
    }

    WorkUnit unit() {
      return unit;
    }
  }

  /**
   * @param plan closed with this board
   * @param log takes what is not moved; null if nobody needs them
   */
  WorkBoard(WorkPlan plan, Checkpoint start, @Nullable NotMovedLog log) {
    this.plan = plan;
    this.start = start;
    this.log = log;
    this.ranges = start.totals().copy();
    this.done = start.done();
    this.rangeBytes = start.notMoved().bytes();
    if (log != null) {
      log.append(start.notMoved().more());
      this.rangeBytes = log.length();
    }
  }

  /** The next task; null if all were given out. */
  @Nullable Task next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (ended) {
        return null;
      }
      WorkUnit unit = plan.next();
      if (unit == null) {
        ended = true;
        return null;
      }
      Position newest = plan.newest();
      if (newest != null && start.done() == null) {
        start = start.withNewest(newest);
      }
      Task task = new Task(unit);
      given.add(task);
      return task;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The target has acknowledged a part of {@code task}.
   *
   * @param reached everything of a range down to here; null if it has not come farther
   */
  void acknowledged(Task task, @Nullable Position reached, MigrationTotals part) {
    lock.lock();
    try {
      task.totals.add(part);
      task.reached = reached != null ? reached : task.reached;
    } finally {
      lock.unlock();
    }
  }

  /** All of {@code task} is acknowledged. */
  void finished(Task task) {
    lock.lock();
    try {
      task.finished = true;
      while (!given.isEmpty() && given.getFirst().finished) {
        Task first = given.remove();
        List<Position> notMoved = first.totals.takePlacesNotMoved();
        if (log != null) {
          log.append(notMoved);
        }
        switch (first.unit) {
          case WorkUnit.Range range -> {
            ranges.add(first.totals);
            rangeBytes = log == null ? 0 : log.length();
            done = range.last();
          }
          case WorkUnit.Single single -> singles.add(first.totals);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether a trace is moved with a range, so that it need not be moved for another reason. */
  boolean isWalked(FlowTrace trace) {
    return plan.isWalked(trace);
  }

  /** The same of a trace of which only the place is known. */
  boolean isWalked(Position place) {
    return plan.isWalked(place);
  }

  /** The counts of the run so far, single traces included. */
  MigrationTotals soFar() {
    lock.lock();
    try {
      MigrationTotals soFar = ranges.copy();
      soFar.add(singles);
      Task first = given.peek();
      if (first != null) {
        soFar.add(first.totals);
      }
      return soFar;
    } finally {
      lock.unlock();
    }
  }

  /**
   * How far the migration has come. Single traces move no position: until the end they are done
   * again by a run that goes on, so that they do not count.
   *
   * @param atEnd whether the run has come to its end
   */
  Checkpoint checkpoint(boolean atEnd) {
    lock.lock();
    try {
      if (log != null) {
        log.sync();
      }
      MigrationTotals counted = ranges.copy();
      Position reached = done;
      List<Position> more = List.of();
      Task first = given.peek();
      if (atEnd) {
        counted.add(singles);
      } else if (first != null && first.unit instanceof WorkUnit.Range) {
        counted.add(first.totals);
        more = counted.takePlacesNotMoved();
        reached = first.reached != null ? first.reached : done;
      }
      long bytes = log == null ? 0 : atEnd ? log.length() : rangeBytes;
      Checkpoint.Logged logged = new Checkpoint.Logged(start.notMoved().run(), bytes, more);
      return start.at(reached, logged, counted, atEnd);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      plan.close();
    } finally {
      lock.unlock();
    }
  }
}
