package io.tracestore;

import io.tracestore.HealthStatus.State;
import io.tracestore.spi.Health;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.Guarded;
import io.tracestore.spi.internal.PeriodicTask;
import io.tracestore.spi.internal.TimedHealthCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a store's health repeatedly and calls a listener when it changes. Safe for many threads;
 * close it before the store.
 *
 * <p>One check runs at a time: while one hangs, the store counts as unhealthy and no other is
 * begun.
 */
public final class HealthMonitor implements AutoCloseable {
  private final TraceStore store;
  private final Duration limit;
  private final Listener listener;
  private final PeriodicTask task;
  private volatile @Nullable HealthStatus status;

  /** Only the task's thread uses it. */
  private @Nullable TimedHealthCheck last;

  /**
   * Listens to changes of the state. Called by the monitor's thread; an exception that it throws
   * goes to that thread's handler. It may close the monitor.
   */
  @FunctionalInterface
  public interface Listener {
    /**
     * The state is another than before.
     *
     * @param before null the first time
     */
    void changed(@Nullable HealthStatus before, HealthStatus now);
  }

  private HealthMonitor(TraceStore store, Duration interval, Duration limit, Listener listener) {
    this.store = Objects.requireNonNull(store, "store");
    this.limit = positive("limit", limit);
    this.listener = Objects.requireNonNull(listener, "listener");
    this.task =
        new PeriodicTask(
            "tracestore-health-monitor " + store, positive("interval", interval), this::check);
  }

  private static Duration positive(String name, Duration duration) {
    if (!duration.isPositive() || duration.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException(
          "%s must be positive and at most 365 days: %s".formatted(name, duration));
    }
    return duration;
  }

  /**
   * Begins to check {@code store}, at once and then each {@code interval} after the check before.
   *
   * @param limit a check that takes longer has failed
   * @throws IllegalArgumentException if a duration is not positive
   */
  public static HealthMonitor start(
      TraceStore store, Duration interval, Duration limit, Listener listener) {
    HealthMonitor monitor = new HealthMonitor(store, interval, limit, listener);
    monitor.task.start();
    return monitor;
  }

  /** The result of the last check; empty until the first check has ended. */
  public Optional<HealthStatus> status() {
    return Optional.ofNullable(status);
  }

  private void check() {
    HealthStatus before = status;
    HealthStatus now = statusNow(before);
    status = now;
    if (before == null || before.state() != now.state()) {
      Guarded.run(() -> listener.changed(before, now));
    }
  }

  private HealthStatus statusNow(@Nullable HealthStatus before) {
    Health health = null;
    TraceStoreException failure = null;
    State state;
    try {
      health = nextCheck().await(limit);
      state = health.warnings().isEmpty() ? State.HEALTHY : State.WARNING;
    } catch (TraceStoreException e) {
      failure = e;
      state = State.UNHEALTHY;
    } catch (Throwable e) {
      failure = new TraceStoreException("%s: the health check failed: %s".formatted(store, e), e);
      state = State.UNHEALTHY;
    }
    Instant now = Instant.now();
    Instant since = before != null && before.state() == state ? before.since() : now;
    return new HealthStatus(state, since, now, health, failure);
  }

  /** A new check, unless the one before still hangs. */
  private TimedHealthCheck nextCheck() {
    TimedHealthCheck check = last;
    if (check == null || !check.isRunning()) {
      check = TimedHealthCheck.start(store);
      last = check;
    }
    return check;
  }

  /** Ends the checks. The listener may call it too. */
  @Override
  public void close() {
    task.close();
  }
}
