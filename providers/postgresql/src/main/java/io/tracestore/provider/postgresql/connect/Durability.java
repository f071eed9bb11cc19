package io.tracestore.provider.postgresql.connect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Puts acknowledged writes onto the server's disk. */
public final class Durability {
  /**
   * The first statement of a transaction that writes: its commit waits for the disk even if the
   * role or the server is set not to wait. A setting that waits for more than the disk is kept.
   */
  public static final String WAIT_FOR_DISK =
      "set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
          + " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)";

  /**
   * Writes a record to the log alone. Its commit also puts everything on the disk that was
   * acknowledged before.
   */
  private static final String FLUSH =
      "SELECT " + WAIT_FOR_DISK + ", pg_logical_emit_message(true, 'tracestore', '')";

  private static final String REACHES_DISK = "SELECT current_setting('fsync') = 'on'";

  private final Connections connections;

  public Durability(Connections connections) {
    this.connections = connections;
  }

  /** Whether everything acknowledged is on the disk now: not if the server never waits for it. */
  public boolean sync() {
    return connections.inTransaction(Durability::flush);
  }

  private static boolean flush(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(FLUSH);
      try (ResultSet row = statement.executeQuery(REACHES_DISK)) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
