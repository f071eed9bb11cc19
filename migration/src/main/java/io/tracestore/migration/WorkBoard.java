package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery.Position;
import java.util.ArrayDeque;
import java.util.Deque;
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
  private final MigrationTotals totals;
  private Checkpoint start;
  private @Nullable Position done;
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
   */
  WorkBoard(WorkPlan plan, Checkpoint start) {
    this.plan = plan;
    this.start = start;
    this.totals = start.totals().copy();
    this.done = start.done();
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
   * @param reached everything of a range down to here; null for other units
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
        totals.add(first.totals);
        done = first.unit instanceof WorkUnit.Range range ? range.last() : done;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether a trace is moved with a range, so that it need not be moved for another reason. */
  boolean isWalked(FlowTrace trace) {
    return plan.isWalked(trace);
  }

  /**
   * How far the migration has come.
   *
   * @param atEnd whether the run has come to its end
   */
  Checkpoint checkpoint(boolean atEnd) {
    lock.lock();
    try {
      MigrationTotals soFar = totals.copy();
      Position reached = done;
      Task first = given.peek();
      if (first != null) {
        soFar.add(first.totals);
        reached = first.reached != null ? first.reached : done;
      }
      return start.at(reached, soFar, atEnd);
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
