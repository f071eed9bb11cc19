package io.tracestore.provider.postgresql.sql;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.JSONB;
import org.jooq.QueryPart;
import org.jooq.Select;
import org.jspecify.annotations.Nullable;

/**
 * A connection for the statements of a store. Each of them has a time limit. The statements are
 * jOOQ's, but it does not execute them: it would comment on the server's version in the
 * application's log.
 */
public final class Session {
  private final Connection connection;
  private final Renderer renderer;
  private final Limiter limiter;

  /**
   * Takes a connection, which stays its owner's to close.
   *
   * @param limiter is given each statement before it is executed
   */
  public Session(Connection connection, Renderer renderer, Limiter limiter) {
    this.connection = connection;
    this.renderer = renderer;
    this.limiter = limiter;
  }

  /** Sees to it that a statement ends when its time is over. */
  @FunctionalInterface
  public interface Limiter {
    void limit(Statement statement) throws SQLException;
  }

  /**
   * Reads one row of a result.
   *
   * @param <T> the value that a row is read as
   */
  @FunctionalInterface
  public interface RowReader<T extends @Nullable Object> {
    T read(ResultSet row) throws SQLException;
  }

  /** Consumes one row of a result. */
  @FunctionalInterface
  public interface RowConsumer {
    void accept(ResultSet row) throws SQLException;
  }

  /** The connection itself, for transactions and for what only the driver has. */
  public Connection connection() {
    return connection;
  }

  public Renderer renderer() {
    return renderer;
  }

  /** The text of {@code sql}, with {@code constants} in their places. */
  public String text(Rendered sql, Constant... constants) {
    return renderer.text(sql, constants);
  }

  /** A statement whose parameters the caller sets. */
  public PreparedStatement prepare(Rendered sql, Constant... constants) throws SQLException {
    return limited(connection.prepareStatement(text(sql, constants)));
  }

  /** A statement to which the caller adds texts that go to the server at once. */
  public Statement batch() throws SQLException {
    return limited(connection.createStatement());
  }

  private <S extends Statement> S limited(S statement) throws SQLException {
    limiter.limit(statement);
    return statement;
  }

  /** Executes something that has no result: a setting, a lock, a change of the schema. */
  public void execute(QueryPart statement) throws SQLException {
    execute(renderer.text(statement));
  }

  /** Does the same with a statement that is rendered once. */
  public void execute(Rendered sql) throws SQLException {
    execute(renderer.text(sql));
  }

  private void execute(String text) throws SQLException {
    try (Statement statement = limited(connection.createStatement())) {
      statement.execute(text);
    }
  }

  /** Executes a script that says itself what its tables are. */
  public void run(String script) throws SQLException {
    execute(script);
  }

  /** The rows of a statement that has the values of its parameters in it. */
  public <T> List<T> list(Rendered sql, RowReader<T> reader) throws SQLException {
    List<T> list = new ArrayList<>();
    forEach(renderer.text(sql), renderer.values(sql), 0, row -> list.add(reader.read(row)));
    return list;
  }

  /** The only row of such a statement. */
  public <T> T one(Rendered sql, RowReader<T> reader) throws SQLException {
    return list(sql, reader).getFirst();
  }

  /** The rows of a statement that is put together for this call. */
  public <T> List<T> list(Select<?> query, RowReader<T> reader) throws SQLException {
    List<T> list = new ArrayList<>();
    forEach(query, 0, row -> list.add(reader.read(row)));
    return list;
  }

  /**
   * Reads the rows of such a statement.
   *
   * @param fetchSize how many rows are held at once, within a transaction; 0 for all
   */
  public void forEach(Select<?> query, int fetchSize, RowConsumer consumer) throws SQLException {
    forEach(renderer.text(query), renderer.values(query), fetchSize, consumer);
  }

  private void forEach(String text, List<Object> values, int fetchSize, RowConsumer consumer)
      throws SQLException {
    try (PreparedStatement statement = limited(connection.prepareStatement(text))) {
      statement.setFetchSize(fetchSize);
      for (int i = 0; i < values.size(); i++) {
        bind(statement, i + 1, values.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          consumer.accept(rows);
        }
      }
    }
  }

  private void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    switch (value) {
      case Integer[] numbers -> statement.setArray(index, array("int4", numbers));
      case UUID[] ids -> statement.setArray(index, array("uuid", ids));
      case JSONB json -> statement.setString(index, json.data());
      default -> statement.setObject(index, value);
    }
  }

  /** Values of an array parameter. */
  public Array array(String type, @Nullable Object[] values) throws SQLException {
    return connection.createArrayOf(type, values);
  }
}
