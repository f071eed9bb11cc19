package io.tracestore.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a {@link TraceWriter}. Immutable.
 *
 * @param listener gets the items that could not be stored
 * @param queueBytes the largest estimated size of all waiting items, in bytes, at least one; an
 *     item of any size is taken if nothing else waits
 * @param overflow what happens to an item for which the queue has no room
 * @param batchItems the largest number of items in a batch
 * @param maxDelay the longest time that an item waits for others to share its batch
 * @param retryFor how long a write that fails with a retryable error is retried; zero disables
 *     retries
 * @param firstBackoff the wait before the second attempt, at most; it doubles with each further one
 * @param maxBackoff the longest wait between two attempts
 * @param closeTimeout the longest time that a close waits for the items that were taken
 */
public record WriterOptions(
    WriterListener listener,
    long queueBytes,
    Overflow overflow,
    int batchItems,
    Duration maxDelay,
    Duration retryFor,
    Duration firstBackoff,
    Duration maxBackoff,
    Duration closeTimeout) {
  /** Policy for an item for which the queue has no room. */
  public enum Overflow {
    /** The caller waits for room. */
    BLOCK,
    /** The item goes to the listener at once, with a {@link StoreCapacityException}. */
    DROP
  }

  public WriterOptions {
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(overflow, "overflow");
    positive("queueBytes", queueBytes);
    positive("batchItems", batchItems);
    notNegative("maxDelay", maxDelay);
    notNegative("retryFor", retryFor);
    notNegative("firstBackoff", firstBackoff);
    notNegative("maxBackoff", maxBackoff);
    notNegative("closeTimeout", closeTimeout);
    if (firstBackoff.compareTo(maxBackoff) > 0) {
      throw new IllegalArgumentException(
          "firstBackoff must not be above maxBackoff: %s, %s".formatted(firstBackoff, maxBackoff));
    }
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
  }

  private static void notNegative(String name, Duration value) {
    if (value.isNegative() || value.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException(name + " must be between 0 and 365 days: " + value);
    }
  }

  /** The defaults: see the methods of the builder. */
  public static Builder builder(WriterListener listener) {
    return new Builder(listener);
  }

  /** Builds {@link WriterOptions}; not safe for several threads. */
  public static final class Builder {
    private final WriterListener listener;
    private long queueBytes = 64L << 20;
    private Overflow overflow = Overflow.BLOCK;
    private int batchItems = 1000;
    private Duration maxDelay = Duration.ofMillis(50);
    private Duration retryFor = Duration.ofMinutes(5);
    private Duration firstBackoff = Duration.ofMillis(50);
    private Duration maxBackoff = Duration.ofSeconds(5);
    private Duration closeTimeout = Duration.ofSeconds(30);

    private Builder(WriterListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
    }

    /** Sets the largest estimated size of all waiting items, in bytes; 64 MiB by default. */
    public Builder queueBytes(long queueBytes) {
      this.queueBytes = queueBytes;
      return this;
    }

    /**
     * Sets what happens to an item for which the queue has no room; the caller waits by default.
     */
    public Builder overflow(Overflow overflow) {
      this.overflow = overflow;
      return this;
    }

    /** Sets the largest number of items in a batch; 1000 by default. */
    public Builder batchItems(int batchItems) {
      this.batchItems = batchItems;
      return this;
    }

    /** Sets the longest time that an item waits for others to share its batch; 50 ms by default. */
    public Builder maxDelay(Duration maxDelay) {
      this.maxDelay = maxDelay;
      return this;
    }

    /**
     * Sets how long a write that fails with a retryable error is retried; 5 minutes by default,
     * zero disables retries.
     */
    public Builder retryFor(Duration retryFor) {
      this.retryFor = retryFor;
      return this;
    }

    /** Sets the waits between attempts: from {@code first}, 50 ms, doubled to {@code max}, 5 s. */
    public Builder backoff(Duration first, Duration max) {
      this.firstBackoff = first;
      this.maxBackoff = max;
      return this;
    }

    /** Sets the longest time that a close waits; 30 s by default. */
    public Builder closeTimeout(Duration closeTimeout) {
      this.closeTimeout = closeTimeout;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if a value is not valid
     */
    public WriterOptions build() {
      return new WriterOptions(
          listener,
          queueBytes,
          overflow,
          batchItems,
          maxDelay,
          retryFor,
          firstBackoff,
          maxBackoff,
          closeTimeout);
    }
  }
}
