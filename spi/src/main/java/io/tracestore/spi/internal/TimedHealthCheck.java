package io.tracestore.spi.internal;

import io.tracestore.spi.Health;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One health check in a thread of its own, so that no caller has to wait for it without a limit.
 */
public final class TimedHealthCheck {
  private final TraceStore store;
  private final CompletableFuture<Health> outcome = new CompletableFuture<>();
  private final Thread thread;

  private TimedHealthCheck(TraceStore store) {
    this.store = store;
    this.thread = Thread.ofVirtual().name("tracestore-health " + store).unstarted(this::run);
  }

  public static TimedHealthCheck start(TraceStore store) {
    TimedHealthCheck check = new TimedHealthCheck(store);
    check.thread.start();
    return check;
  }

  private void run() {
    try {
      outcome.complete(store.healthCheck());
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    }
  }

  /** Whether it has not ended yet, maybe though it was interrupted. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  /**
   * The result. If there is none in time, the check is interrupted.
   *
   * @throws StoreTimeoutException if there is none in time
   * @throws TraceStoreException if the store is not healthy
   */
  public Health await(Duration limit) {
    try {
      return outcome.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new StoreTimeoutException(
          "%s: the health check did not end within %d ms".formatted(store, limit.toMillis()), e);
    } catch (InterruptedException e) {
      thread.interrupt();
      throw TraceStoreException.interrupted("checking the health of " + store, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TraceStoreException known) {
        throw known;
      }
      throw new TraceStoreException(
          "%s: the health check failed: %s".formatted(store, e.getCause()), e.getCause());
    }
  }
}
