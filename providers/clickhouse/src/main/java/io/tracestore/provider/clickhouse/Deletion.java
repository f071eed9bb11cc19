package io.tracestore.provider.clickhouse;

import java.util.UUID;

/** One call's removal of a trace. */
final class Deletion implements Operation {
  private final UUID traceId;
  private volatile boolean found;

  Deletion(UUID traceId) {
    this.traceId = traceId;
  }

  @Override
  public UUID traceId() {
    return traceId;
  }

  @Override
  public long weightInEvents() {
    return 1;
  }

  @Override
  public long bytes() {
    return 100;
  }

  /** Says whether there was anything to remove; once it is said, it counts for all attempts. */
  void found(boolean anything) {
    found |= anything;
  }

  /** Whether there was anything to remove. */
  boolean isFound() {
    return found;
  }
}
