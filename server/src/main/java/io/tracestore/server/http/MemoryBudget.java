package io.tracestore.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A bound on the memory that messages of all connections take together. Safe for many threads. */
public final class MemoryBudget {
  private static final int UNIT = 256;

  private final int units;
  private final Semaphore free;

  /** A budget of {@code bytes}, at least one mebibyte. */
  public MemoryBudget(long bytes) {
    this.units = Math.clamp(bytes / UNIT, (1 << 20) / UNIT, Integer.MAX_VALUE);
    this.free = new Semaphore(units, true);
  }

  /**
   * Takes {@code bytes} off the budget, and waits until they are free; false if they are not free
   * in time, as more than the whole budget never is.
   */
  public boolean reserve(long bytes, Duration wait) {
    if (bytes > (long) units * UNIT) {
      return false;
    }
    try {
      return free.tryAcquire(unitsOf(bytes), wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The bytes that a reservation of {@code bytes} takes: rounded up to whole units. */
  public static long rounded(long bytes) {
    return (long) unitsOf(bytes) * UNIT;
  }

  /** Gives back what reservations took. */
  public void release(long bytes) {
    free.release(unitsOf(bytes));
  }

  /** Bytes that are reserved. */
  public long inUse() {
    return (long) (units - free.availablePermits()) * UNIT;
  }

  private static int unitsOf(long bytes) {
    return (int) ((bytes + UNIT - 1) / UNIT);
  }
}
