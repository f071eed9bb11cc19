package io.tracestore.provider.postgresql.sql;

import org.jooq.QueryPart;

/**
 * A statement that is always the same, but for its parameters and {@link Constant}s. Each store
 * renders it once, so that it belongs into a field.
 */
public final class Rendered {
  private final QueryPart statement;

  private Rendered(QueryPart statement) {
    this.statement = statement;
  }

  /**
   * Makes a statement that is rendered once.
   *
   * @param statement one statement, or several that go to the server in one message
   */
  public static Rendered of(QueryPart statement) {
    return new Rendered(statement);
  }

  QueryPart statement() {
    return statement;
  }
}
