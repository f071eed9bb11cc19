package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Reports that a bound is reached: a full disk, or a limit on memory, traces or events. Stored
 * traces are unharmed.
 */
public final class StoreCapacityException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final boolean passing;

  public StoreCapacityException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private StoreCapacityException(String message, @Nullable Throwable cause, boolean passing) {
    super(message, cause);
    this.passing = passing;
  }

  /**
   * The error of a bound below which the engine may fall by itself, so that a retry may succeed.
   */
  public static StoreCapacityException passing(String message, @Nullable Throwable cause) {
    return new StoreCapacityException(message, cause, true);
  }

  @Override
  public boolean isRetryable() {
    return passing;
  }
}
