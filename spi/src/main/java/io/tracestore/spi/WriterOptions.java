package io.tracestore.spi;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link TraceWriter}. Immutable. */
public final class WriterOptions {
  /** Policy for an item for which the queue has no room. */
  public enum Overflow {
    /** The caller waits for room. */
    BLOCK,
    /** The item goes to the listener at once, with a {@link StoreCapacityException}. */
    DROP
  }

  private final WriterListener listener;
  private final long queueBytes;
  private final Overflow overflow;
  private final int batchItems;
  private final Duration maxDelay;
  private final Duration retryFor;
  private final Duration firstBackoff;
  private final Duration maxBackoff;
  private final Duration closeTimeout;

  private WriterOptions(Builder builder) {
    listener = builder.listener;
    queueBytes = builder.queueBytes;
    overflow = builder.overflow;
    batchItems = builder.batchItems;
    maxDelay = builder.maxDelay;
    retryFor = builder.retryFor;
    firstBackoff = builder.firstBackoff;
    maxBackoff = builder.maxBackoff;
    closeTimeout = builder.closeTimeout;
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

  /** The listener that gets the items that could not be stored. */
  public WriterListener listener() {
    return listener;
  }

  /**
   * The largest estimated size of all waiting items, in bytes, at least one; an item of any size is
   * taken if nothing else waits.
   */
  public long queueBytes() {
    return queueBytes;
  }

  /** The policy for an item for which the queue has no room. */
  public Overflow overflow() {
    return overflow;
  }

  /** The largest number of items in a batch. */
  public int batchItems() {
    return batchItems;
  }

  /** The longest time that an item waits for others to share its batch. */
  public Duration maxDelay() {
    return maxDelay;
  }

  /** How long a write that fails with a retryable error is retried; zero disables retries. */
  public Duration retryFor() {
    return retryFor;
  }

  /** The wait before the second attempt, at most; it doubles with each further one. */
  public Duration firstBackoff() {
    return firstBackoff;
  }

  /** The longest wait between two attempts. */
  public Duration maxBackoff() {
    return maxBackoff;
  }

  /** The longest time that a close waits for the items that were taken. */
  public Duration closeTimeout() {
    return closeTimeout;
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

  /** A builder that starts from these options. */
  public Builder toBuilder() {
    Builder builder = new Builder(listener);
    builder.queueBytes = queueBytes;
    builder.overflow = overflow;
    builder.batchItems = batchItems;
    builder.maxDelay = maxDelay;
    builder.retryFor = retryFor;
    builder.firstBackoff = firstBackoff;
    builder.maxBackoff = maxBackoff;
    builder.closeTimeout = closeTimeout;
    return builder;
  }

  private List<Object> values() {
    return List.of(
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

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WriterOptions options && values().equals(options.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  /** Builds {@link WriterOptions}; not safe for several threads. */
  public static final class Builder {
    private WriterListener listener;
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

    /** Sets the listener that gets the items that could not be stored. */
    public Builder listener(WriterListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
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
      return new WriterOptions(this);
    }
  }
}
