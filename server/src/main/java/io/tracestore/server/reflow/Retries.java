package io.tracestore.server.reflow;

import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Repeats calls that fail with a retryable error. A Reflow program does not send an event again, so
 * the acknowledgement waits instead.
 */
final class Retries {
  private static final long FIRST_MILLIS = 50;
  private static final long LAST_MILLIS = 2000;

  private final Duration limit;
  private volatile boolean stopped;

  Retries(Duration limit) {
    this.limit = limit;
  }

  /** From now on nothing is repeated. */
  void stop() {
    stopped = true;
  }

  void run(Runnable call) {
    get(() -> {
      call.run();
      return true;
    });
  }

  <T> T get(Supplier<T> call) {
    long end = System.nanoTime() + limit.toNanos();
    long wait = FIRST_MILLIS;
    while (true) {
      try {
        return call.get();
      } catch (TraceStoreException e) {
        if (stopped || !e.isRetryable() || System.nanoTime() - end >= 0) {
          throw e;
        }
        pause(wait, e);
        wait = Math.min(2 * wait, LAST_MILLIS);
      }
    }
  }

  private static void pause(long millis, TraceStoreException reason) {
    try {
      Thread.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }
}
