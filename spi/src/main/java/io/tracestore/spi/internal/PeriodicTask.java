package io.tracestore.spi.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a task repeatedly in a daemon thread of its own: immediately, and then again one interval
 * after each run has ended, so that runs never overlap or pile up. A run that throws is reported to
 * the thread's handler and does not end the task.
 */
public final class PeriodicTask implements AutoCloseable {
  private final long intervalNanos;
  private final Runnable task;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /**
   * @param name of the thread
   */
  public PeriodicTask(String name, Duration interval, Runnable task) {
    this.intervalNanos = interval.toNanos();
    this.task = Objects.requireNonNull(task, "task");
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /** Begins. */
  public PeriodicTask start() {
    thread.start();
    return this;
  }

  private void run() {
    boolean stopped = stop.getCount() == 0;
    while (!stopped) {
      Guarded.run(task);
      try {
        stopped = stop.await(intervalNanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        stopped = true; // only close() interrupts
      }
    }
  }

  /** Interrupts a run that is under way and waits for its end; the task itself may call it. */
  @Override
  public void close() {
    stop.countDown();
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
