package io.tracestore.migration;

import io.tracestore.spi.TraceStoreException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits longer from attempt to attempt, and gives up after about half a minute. */
final class Backoff {
  private static final int ATTEMPTS = 9;
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 8_000;

  private int attempt;

  /**
   * The result of {@code call}, which is tried again as long as that is worth it.
   *
   * @throws TraceStoreException the last failure
   */
  static <T extends @Nullable Object> T retrying(Supplier<T> call) {
    Backoff backoff = new Backoff();
    while (true) {
      try {
        return call.get();
      } catch (TraceStoreException e) {
        backoff.await(e);
      }
    }
  }

  /**
   * Waits before the next attempt.
   *
   * @throws TraceStoreException {@code failure}, if another attempt is not worth it; or because the
   *     thread was interrupted
   */
  void await(TraceStoreException failure) {
    attempt++;
    if (!failure.isRetryable() || attempt == ATTEMPTS) {
      throw failure;
    }
    long longest = Math.min(FIRST_MILLIS << attempt, LONGEST_MILLIS);
    try {
      TimeUnit.MILLISECONDS.sleep(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2));
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to try again", e);
    }
  }
}
