package io.tracestore.provider.clickhouse.schema;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.provider.clickhouse.jooq.Status;

/** The values of the enumeration {@code status}. */
public final class StatusCode {
  private StatusCode() {}

  public static Status of(ExecutionStatus.Kind kind) {
    return switch (kind) {
      case PENDING -> Status.PENDING;
      case RUNNING -> Status.RUNNING;
      case COMPLETED -> Status.COMPLETED;
      case FAILED -> Status.FAILED;
      case CANCELLED -> Status.CANCELLED;
    };
  }
}
