package io.tracestore.migration;

import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.RetryPolicy;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries calls of a store again for half a minute after the first failure; for one thread.
 *
 * <p>The time runs from the first failure, so that a call that takes long to fail is tried again
 * too.
 */
final class Backoff {
  private static final RetryPolicy POLICY =
      new RetryPolicy(Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofSeconds(8));

  private RetryPolicy.@Nullable Attempts attempts;

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
    if (!failure.isRetryable()) {
      throw failure;
    }
    RetryPolicy.Attempts open = attempts;
    if (open == null) {
      open = POLICY.start();
      attempts = open;
    }
    if (!open.isTimeLeft()) {
      throw failure;
    }
    open.pause("waiting to try again");
  }
}
