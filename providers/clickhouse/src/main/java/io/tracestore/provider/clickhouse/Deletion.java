package io.tracestore.provider.clickhouse;

import java.util.UUID;

/** One call's removal of a trace. */
final class Deletion {
  private final UUID traceId;
  private volatile boolean found;

  Deletion(UUID traceId) {
    this.traceId = traceId;
  }

  UUID traceId() {
    return traceId;
  }

  /** Says that there was something to remove; that counts for all attempts. */
  void find() {
    found = true;
  }

  /** Whether there was anything to remove. */
  boolean isFound() {
    return found;
  }
}
