package io.tracestore;

import io.tracestore.spi.Health;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a store, as a {@link HealthMonitor} last found it.
 *
 * @param state how it is
 * @param since since when it is so
 * @param checkedAt when that was last found out
 * @param health the result of the last check; null if it failed
 * @param failure why the last check failed; null if it did not
 */
public record HealthStatus(
    State state,
    Instant since,
    Instant checkedAt,
    @Nullable Health health,
    @Nullable TraceStoreException failure) {
  /** The state of a store's health. */
  public enum State {
    /** It works. */
    HEALTHY,
    /** It works, with warnings. */
    WARNING,
    /** It does not work, or did not say so in time. */
    UNHEALTHY
  }

  public HealthStatus {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(checkedAt, "checkedAt");
  }
}
