package io.tracestore.provider.postgresql.read;

import io.tracestore.provider.support.JooqGreeting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/**
 * Builds statements with jOOQ and executes them without it: jOOQ would comment on the server's
 * version in the application's log.
 */
final class Statements {
  private static final Settings SETTINGS =
      new Settings()
          .withRenderMapping(
              new RenderMapping()
                  .withSchemata(new MappedSchema().withInput("").withOutput("SCHEMA")))
          .withRenderQuotedNames(RenderQuotedNames.NEVER);

  static final DSLContext SQL = quietly();

  private Statements() {}

  /**
   * Reads one row of a result.
   *
   * @param <T> the value that a row is read as
   */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Consumes one row of a result. */
  @FunctionalInterface
  interface RowConsumer {
    void accept(ResultSet row) throws SQLException;
  }

  private static DSLContext quietly() {
    JooqGreeting.leaveOut();
    return DSL.using(SQLDialect.POSTGRES, SETTINGS);
  }

  static <T> List<T> list(Connection connection, ResultQuery<?> query, RowReader<T> reader)
      throws SQLException {
    List<T> list = new ArrayList<>();
    forEach(connection, query, 0, row -> list.add(reader.read(row)));
    return list;
  }

  /**
   * @param fetchSize how many rows are held at once, within a transaction; 0 for all
   */
  static void forEach(
      Connection connection, ResultQuery<?> query, int fetchSize, RowConsumer consumer)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query.getSQL())) {
      statement.setFetchSize(fetchSize);
      List<Object> values = query.getBindValues();
      for (int i = 0; i < values.size(); i++) {
        bind(connection, statement, i + 1, values.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          consumer.accept(rows);
        }
      }
    }
  }

  private static void bind(
      Connection connection, PreparedStatement statement, int index, Object value)
      throws SQLException {
    switch (value) {
      case Integer[] numbers ->
          statement.setArray(index, connection.createArrayOf("int4", numbers));
      case UUID[] ids -> statement.setArray(index, connection.createArrayOf("uuid", ids));
      case JSONB json -> statement.setString(index, json.data());
      default -> statement.setObject(index, value);
    }
  }
}
