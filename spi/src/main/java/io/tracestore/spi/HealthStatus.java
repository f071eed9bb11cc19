package io.tracestore.spi;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link HealthMonitor} knows of a store.
 *
 * @param state how it is
 * @param since since when it is so
 * @param checkedAt when that was last found out
 * @param health what the last check said; null if it failed
 * @param failure why the last check failed; null if it did not
 */
public record HealthStatus(
    State state,
    Instant since,
    Instant checkedAt,
    @Nullable Health health,
    @Nullable TraceStoreException failure) {
  /** How a store is. */
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
