package io.tracestore.migration.zipkin;

import java.io.Serial;
import tools.jackson.core.TokenStreamLocation;

/** A span that is not valid, and where it is not. */
final class SpanProblem extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String reason;
  private final long line;
  private final long column;

  SpanProblem(TokenStreamLocation at, String reason) {
    super(reason, null, false, false);
    this.reason = reason;
    this.line = at.getLineNr();
    this.column = at.getColumnNr();
  }

  String reason() {
    return reason;
  }

  long line() {
    return line;
  }

  long column() {
    return column;
  }
}
