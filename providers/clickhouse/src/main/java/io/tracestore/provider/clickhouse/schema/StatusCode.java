package io.tracestore.provider.clickhouse.schema;

import io.tracestore.model.ExecutionStatus;

/** The numbers of the enumeration {@code status}. */
public final class StatusCode {
  private StatusCode() {}

  public static int of(ExecutionStatus.Kind kind) {
    return switch (kind) {
      case PENDING -> 0;
      case RUNNING -> 1;
      case COMPLETED -> 2;
      case FAILED -> 3;
      case CANCELLED -> 4;
    };
  }
}
