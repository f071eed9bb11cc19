package io.tracestore.provider.support.retry;

import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The pauses between the attempts of a call, and the time after which it is given up. Each pause is
 * twice as long as the one before, up to the longest. Half of a pause is random, so that callers
 * that failed together do not come back together. Immutable.
 *
 * @param deadline how long after the start of a call a further attempt may begin; zero for no
 *     further attempt
 * @param firstPause the greatest length of the first pause
 * @param longestPause the greatest length of every pause
 */
public record RetryPolicy(Duration deadline, Duration firstPause, Duration longestPause) {
  /** Refuses pauses that are not positive. */
  public RetryPolicy {
    if (deadline.isNegative()
        || firstPause.toNanos() <= 0
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

    long nextPauseNanos() {
      long longest = pauseNanos;
      pauseNanos = Math.min(longestPause.toNanos(), 2 * longest);
      return longest - ThreadLocalRandom.current().nextLong(longest / 2 + 1);
    }
  }
}
