package io.tracestore;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The greatest age and size of a store's traces. Traces that exceed either are removed in the
 * background, the oldest first, together with events without a trace that are as old.
 *
 * <p>By size, the oldest traces are removed one after the other until about nine tenths of the
 * limit are left. The limit applies to the size of the live data, not to the space that the engine
 * keeps for later. Where removing gains nothing, it ends, and the health check warns: nothing more
 * is removed by size until the data have shrunk below the limit or have grown again.
 *
 * @param maxAge a trace that started longer ago is removed; null for never
 * @param maxBytes the size by {@link io.tracestore.spi.StorageMetrics#dataBytes()} that the data
 *     may have; null for any
 * @param interval how often that is checked, from the end of one check to the next
 */
public record RetentionPolicy(
    @Nullable Duration maxAge, @Nullable Long maxBytes, Duration interval) {
  /** How often it is checked unless said otherwise: every ten minutes. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(10);

  public RetentionPolicy {
    if (maxAge == null && maxBytes == null) {
      throw new IllegalArgumentException("a retention policy needs maxAge or maxBytes");
    }
    if (maxAge != null && !maxAge.isPositive()) {
      throw new IllegalArgumentException("maxAge must be positive: " + maxAge);
    }
    if (maxBytes != null && maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes must be positive: " + maxBytes);
    }
    if (!interval.isPositive() || interval.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException(
          "interval must be positive and at most 365 days: " + interval);
    }
  }

  /** A policy that removes traces older than {@code maxAge}, checked every ten minutes. */
  public static RetentionPolicy ofAge(Duration maxAge) {
    return new RetentionPolicy(maxAge, null, DEFAULT_INTERVAL);
  }

  /** Removes the oldest above {@code maxBytes}, checked every ten minutes. */
  public static RetentionPolicy ofSize(long maxBytes) {
    return new RetentionPolicy(null, maxBytes, DEFAULT_INTERVAL);
  }
}
