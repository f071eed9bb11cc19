package io.tracestore.provider.postgresql.schema;

import io.tracestore.provider.postgresql.connect.Connections;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes names that nothing uses any more. A removal of traces notes their names, and this class
 * checks whether other traces have them. No writer waits for that, and none writes a removed name.
 * A name is first marked as unused, so that transactions that begin then take it for missing; it is
 * removed once all have ended that began before, if they have not used it.
 */
public final class NameRemoval {
  private static final int AT_ONCE = 1000;

  /** Names in use are mostly found here, without a look into the index for each. */
  private static final int NEWEST = 1000;

  private static final String TAKE =
      "DELETE FROM SCHEMA.names_to_check WHERE ctid = ANY (ARRAY (SELECT ctid"
          + " FROM SCHEMA.names_to_check LIMIT "
          + AT_ONCE
          + " FOR UPDATE SKIP LOCKED)) RETURNING name_id";

  private static final String NOT_IN_NEWEST =
      "SELECT unnest(?::int[]) EXCEPT SELECT abs(f) FROM (SELECT facets FROM SCHEMA.traces"
          + " WHERE start_ns IS NOT NULL ORDER BY start_ns DESC, trace_id LIMIT "
          + NEWEST
          + ") AS newest CROSS JOIN LATERAL unnest(facets) AS f";

  /** The names of a number that no trace has; an event has none that its trace has not. */
  private static final String HAS_NO_TRACE =
      " NOT EXISTS (SELECT FROM SCHEMA.traces t WHERE t.facets @> ARRAY[n.name_id])"
          + " AND NOT EXISTS (SELECT FROM SCHEMA.traces t WHERE t.facets @> ARRAY[-n.name_id])";

  // In one order, so that two who mark the same names do not wait for each other.
  private static final String MARK =
      "UPDATE SCHEMA.names SET unused = true WHERE name_id = ANY (ARRAY (SELECT name_id"
          + " FROM SCHEMA.names n WHERE name_id = ANY (?) AND NOT unused AND"
          + HAS_NO_TRACE
          + " ORDER BY digest, kind FOR UPDATE))";

  /**
   * This statement takes a transaction id. A transaction that read a name before it was marked has
   * a lower one. The upper end of a snapshot would not do: it is the first id after those that have
   * ended, and one that is under way may have it.
   */
  private static final String MARKED =
      "SELECT name_id, xmin::text, pg_current_xact_id()::text FROM SCHEMA.names"
          + " WHERE unused LIMIT "
          + AT_ONCE;

  private static final String KEEP =
      "UPDATE SCHEMA.names n SET unused = false WHERE name_id = ANY (?) AND unused AND NOT ("
          + HAS_NO_TRACE
          + ")";

  /**
   * A mark that was taken away and set again since has another version: transactions that are under
   * way may have seen the name in use in between.
   */
  private static final String REMOVE =
      "DELETE FROM SCHEMA.names n USING unnest(?::int[], ?::text[]) AS marked (name_id, version)"
          + " WHERE n.name_id = marked.name_id AND n.xmin::text = marked.version AND unused AND"
          + " pg_snapshot_xmin(pg_current_snapshot()) >= ?::xid8 AND"
          + HAS_NO_TRACE;

  private final Connections connections;

  public NameRemoval(Connections connections) {
    this.connections = connections;
  }

  /**
   * A statement that removes rows of {@code traces}, as {@code delete} does, notes their names, and
   * gives one row: how many that were.
   */
  public static String noting(String delete) {
    return "WITH removed AS ("
        + delete
        + " RETURNING facets), noted AS (INSERT INTO SCHEMA.names_to_check"
        + " SELECT DISTINCT abs(f) FROM removed CROSS JOIN LATERAL unnest(facets) AS f)"
        + " SELECT count(*) FROM removed";
  }

  /** Executes a statement of {@link #noting}. */
  public static long count(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * Removes the names that can be removed now; names that another transaction may be about to use
   * stay marked.
   */
  public void run() {
    while (connections.inLongTransaction(NameRemoval::mark) == AT_ONCE) {
      // Until all that were noted are done.
    }
    while (connections.call(NameRemoval::removeMarked) == AT_ONCE) {
      // As long as whole portions go.
    }
  }

  /** How many were noted. */
  private static int mark(Connection connection) throws SQLException {
    List<Integer> noted;
    try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
      noted = numbers(statement);
    }
    if (!noted.isEmpty()) {
      List<Integer> suspects;
      try (PreparedStatement statement = connection.prepareStatement(NOT_IN_NEWEST)) {
        statement.setArray(1, array(connection, noted));
        suspects = numbers(statement);
      }
      useIndex(connection);
      execute(connection, MARK, suspects);
    }
    return noted.size();
  }

  /** Expected to be in many traces, a name that is in none would be looked for in all of them. */
  private static void useIndex(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL enable_seqscan = off");
    }
  }

  /** How many went. */
  private static int removeMarked(Connection connection) throws SQLException {
    List<Integer> marked = new ArrayList<>();
    List<String> versions = new ArrayList<>();
    String next = "";
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(MARKED)) {
      while (rows.next()) {
        marked.add(rows.getInt(1));
        versions.add(rows.getString(2));
        next = rows.getString(3);
      }
    }
    if (marked.isEmpty()) {
      return 0;
    }
    String before = next;
    return Connections.transaction(
        connection,
        open -> {
          useIndex(open);
          execute(open, KEEP, marked);
          try (PreparedStatement statement = open.prepareStatement(REMOVE)) {
            statement.setArray(1, array(open, marked));
            statement.setArray(2, open.createArrayOf("text", versions.toArray()));
            statement.setString(3, before);
            return statement.executeUpdate();
          }
        });
  }

  private static void execute(Connection connection, String sql, List<Integer> numbers)
      throws SQLException {
    if (!numbers.isEmpty()) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setArray(1, array(connection, numbers));
        statement.executeUpdate();
      }
    }
  }

  private static Array array(Connection connection, List<Integer> numbers) throws SQLException {
    return connection.createArrayOf("int4", numbers.toArray());
  }

  private static List<Integer> numbers(PreparedStatement statement) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getInt(1));
      }
    }
    return numbers;
  }
}
