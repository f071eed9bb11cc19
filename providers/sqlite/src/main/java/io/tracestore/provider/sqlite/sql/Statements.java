package io.tracestore.provider.sqlite.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The prepared statements of one connection that are kept, so that all can be closed. */
public final class Statements implements AutoCloseable {
  private final Connection connection;
  private final List<PreparedStatement> kept = new ArrayList<>();

  public Statements(Connection connection) {
    this.connection = connection;
  }

  /** A statement that is kept until {@link #close}. */
  public PreparedStatement prepare(Rendered rendered) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(rendered.sql());
    kept.add(statement);
    return statement;
  }

  /** Closes one of them before the others. */
  public void close(PreparedStatement statement) throws SQLException {
    kept.remove(statement);
    statement.close();
  }

  @Override
  public void close() {
    for (PreparedStatement statement : kept) {
      try {
        statement.close();
      } catch (SQLException e) {
        // It died in the failure before; nothing is left of it.
      }
    }
    kept.clear();
  }
}
