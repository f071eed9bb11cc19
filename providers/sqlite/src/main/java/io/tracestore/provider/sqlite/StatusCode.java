package io.tracestore.provider.sqlite;

import io.tracestore.model.ExecutionStatus.Kind;
import io.tracestore.spi.CorruptDataException;
import java.util.List;

/** What {@code traces.status} means; the numbers are in files and never change. */
final class StatusCode {
  private static final List<Kind> KINDS =
      List.of(Kind.PENDING, Kind.RUNNING, Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED);

  private StatusCode() {}

  static long of(Kind kind) {
    return KINDS.indexOf(kind);
  }

  static Kind kind(int code) {
    if (code < 0 || code >= KINDS.size()) {
      throw new CorruptDataException("a trace has an unknown status: " + code, null);
    }
    return KINDS.get(code);
  }
}
