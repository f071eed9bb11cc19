package io.tracestore.spi.internal;

import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The pauses between the attempts of a call, and the time after which it is given up. Each pause is
 * twice as long as the one before, up to the longest. Half of a pause is random, so that callers
 * that failed together do not come back together. No pause goes on after the deadline. It says how
 * often and how long; which failures are worth another attempt, the caller knows. Immutable.
 *
 * @param deadline how long after the start of a call a further attempt may begin; zero for no
 *     further attempt
 * @param firstPause the greatest length of the first pause
 * @param longestPause the greatest length of every pause
 */
public record RetryPolicy(Duration deadline, Duration firstPause, Duration longestPause) {
  /** Refuses what is negative, and a longest pause below the first. */
  public RetryPolicy {
    if (deadline.isNegative()
        || firstPause.isNegative()
        || longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException(
          "deadline %s, pauses %s to %s".formatted(deadline, firstPause, longestPause));
    }
  }

  /** A policy whose pauses do not grow. */
  public static RetryPolicy every(Duration pause, Duration deadline) {
    return new RetryPolicy(deadline, pause, pause);
  }

  /** Begins a call: its time runs from now. */
  public Attempts start() {
    return start(System::nanoTime);
  }

  Attempts start(LongSupplier clock) {
    return new Attempts(clock);
  }

  /** The attempts of one call; for one thread. */
  public final class Attempts {
    private final LongSupplier clock;
    private final long start;
    private long pauseNanos = firstPause.toNanos();

    private Attempts(LongSupplier clock) {
      this.clock = clock;
      this.start = clock.getAsLong();
    }

    /** Whether there is time for another attempt. */
    public boolean isTimeLeft() {
      return clock.getAsLong() - start < deadline.toNanos();
    }

    /**
     * Waits before the next attempt.
     *
     * @param doing completes "interrupted while" in the error
     * @throws TraceStoreException if the thread was interrupted; its flag is set again
     */
    public void pause(String doing) {
      try {
        TimeUnit.NANOSECONDS.sleep(nextPauseNanos());
      } catch (InterruptedException e) {
        throw TraceStoreException.interrupted(doing, e);
      }
    }

    /**
     * Waits before the next attempt, or until {@code end} is open.
     *
     * @return whether {@code end} is open
     */
    public boolean pause(CountDownLatch end) throws InterruptedException {
      return end.await(nextPauseNanos(), TimeUnit.NANOSECONDS);
    }

    long nextPauseNanos() {
      long longest = pauseNanos;
      pauseNanos += Math.min(pauseNanos, longestPause.toNanos() - pauseNanos);
      long pause = longest - ThreadLocalRandom.current().nextLong(longest / 2 + 1);
      long left = deadline.toNanos() - (clock.getAsLong() - start);
      return left > 0 ? Math.min(pause, left) : pause;
    }
  }
}
