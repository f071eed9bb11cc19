package io.tracestore.migration.spans;

import java.io.Serial;
import tools.jackson.core.TokenStreamLocation;

/** A span that is not valid, and where it is not. */
public final class SpanProblem extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String reason;
  private final long line;
  private final long column;

  public SpanProblem(TokenStreamLocation at, String reason) {
    super(reason, null, false, false);
    this.reason = reason;
    this.line = at.getLineNr();
    this.column = at.getColumnNr();
  }

  public String reason() {
    return reason;
  }

  public long line() {
    return line;
  }

  public long column() {
    return column;
  }
}
