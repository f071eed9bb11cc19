package io.tracestore.migration;

import io.tracestore.spi.TraceStoreException;
import java.io.Serial;

/** An import that ended early because the store or the machine failed; what it stored stays. */
public final class ImportFailedException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ImportReport report;
  private final boolean retryable;

  ImportFailedException(ImportReport report, TraceStoreException cause) {
    super(String.valueOf(cause.getMessage()), cause);
    this.report = report;
    this.retryable = cause.isRetryable();
  }

  /** The report of the work that was done before the failure. */
  public ImportReport report() {
    return report;
  }

  @Override
  public boolean isRetryable() {
    return retryable;
  }
}
