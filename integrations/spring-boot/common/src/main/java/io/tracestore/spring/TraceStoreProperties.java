package io.tracestore.spring;

import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import io.tracestore.spi.WriterOptions.Overflow;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code tracestore.*} of an application.
 *
 * @param uri the store, such as {@code sqlite:traces.db}
 * @param options options of the store, beside those in the URI; plain, not percent-encoded
 * @param writer the options of the writer in the background
 */
@ConfigurationProperties("tracestore")
public record TraceStoreProperties(
    @Nullable String uri, @DefaultValue Map<String, String> options, @DefaultValue Writer writer) {

  /**
   * The options of the writer in the background; null stands for the default of {@link
   * WriterOptions.Builder}.
   *
   * @param queueBytes about how much memory waiting items may take
   * @param overflow what happens to an item for which the queue has no room
   * @param batchItems the most items in a batch
   * @param maxDelay how long an item waits at most for others to make a batch with
   * @param retryFor how long a write that fails with a retryable error is retried
   * @param firstBackoff the wait before the second attempt
   * @param maxBackoff the longest wait between two attempts
   * @param closeTimeout how long a close waits at most for what was taken
   */
  public record Writer(
      @Nullable DataSize queueBytes,
      @Nullable Overflow overflow,
      @Nullable Integer batchItems,
      @Nullable Duration maxDelay,
      @Nullable Duration retryFor,
      @Nullable Duration firstBackoff,
      @Nullable Duration maxBackoff,
      @Nullable Duration closeTimeout) {

    /**
     * The options of a writer that reports to {@code listener}.
     *
     * @throws IllegalArgumentException if a value is not valid
     */
    WriterOptions options(WriterListener listener) {
      WriterOptions defaults = WriterOptions.builder(listener).build();
      return defaults.toBuilder()
          .queueBytes(queueBytes == null ? defaults.queueBytes() : queueBytes.toBytes())
          .overflow(or(overflow, defaults.overflow()))
          .batchItems(or(batchItems, defaults.batchItems()))
          .maxDelay(or(maxDelay, defaults.maxDelay()))
          .retryFor(or(retryFor, defaults.retryFor()))
          .backoff(or(firstBackoff, defaults.firstBackoff()), or(maxBackoff, defaults.maxBackoff()))
          .closeTimeout(or(closeTimeout, defaults.closeTimeout()))
          .build();
    }

    private static <T> T or(@Nullable T value, T other) {
      return value == null ? other : value;
    }
  }

  /** Without URI and options, which may hold secrets. */
  @Override
  public String toString() {
    return "TraceStoreProperties[writer=%s]".formatted(writer);
  }
}
