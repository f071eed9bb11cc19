package io.tracestore.provider.sqlite.schema;

import io.tracestore.model.ExecutionStatus.Kind;
import java.util.List;

/** The numbers in {@code traces.status}; they are in files and never change. */
public final class StatusCode {
  private static final List<Kind> KINDS =
      List.of(Kind.PENDING, Kind.RUNNING, Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED);

  private StatusCode() {}

  public static long of(Kind kind) {
    return KINDS.indexOf(kind);
  }

  /** Whether a trace with that status is finished; one with an unknown status is not. */
  public static boolean isTerminal(int code) {
    return code >= 0 && code < KINDS.size() && KINDS.get(code).isTerminal();
  }
}
