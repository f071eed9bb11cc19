package io.tracestore.provider.postgresql;

import io.tracestore.model.ExecutionStatus;

/** The numbers of the column {@code status}. */
final class StatusCode {
  private static final short COMPLETED = 2;

  private StatusCode() {}

  static short of(ExecutionStatus.Kind kind) {
    return switch (kind) {
      case PENDING -> 0;
      case RUNNING -> 1;
      case COMPLETED -> COMPLETED;
      case FAILED -> 3;
      case CANCELLED -> 4;
    };
  }

  static boolean isTerminal(short code) {
    return code >= COMPLETED;
  }
}
