package io.tracestore.migration;

import io.tracestore.spi.TraceStoreException;
import java.io.Serial;

/**
 * A migration that ended early because a store or the machine failed. What it moved stays moved,
 * and running it again with the same checkpoint goes on from there.
 */
public final class MigrationFailedException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient MigrationReport report;
  private final boolean retryable;

  MigrationFailedException(MigrationReport report, TraceStoreException cause) {
    super(String.valueOf(cause.getMessage()), cause);
    this.report = report;
    this.retryable = cause.isRetryable();
  }

  /** The report of the work that was done before the failure. */
  public MigrationReport report() {
    return report;
  }

  @Override
  public boolean isRetryable() {
    return retryable;
  }
}
