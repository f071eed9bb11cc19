package io.tracestore.provider.postgresql.schema;

import io.tracestore.model.ExecutionStatus;

/** The numbers of the column {@code status}. */
public final class StatusCode {
  private static final short COMPLETED = 2;

  private StatusCode() {}

  public static short of(ExecutionStatus.Kind kind) {
    return switch (kind) {
      case PENDING -> 0;
      case RUNNING -> 1;
      case COMPLETED -> COMPLETED;
      case FAILED -> 3;
      case CANCELLED -> 4;
    };
  }

  public static boolean isTerminal(short code) {
    return code >= COMPLETED;
  }
}
