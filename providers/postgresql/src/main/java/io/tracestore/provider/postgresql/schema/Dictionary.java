package io.tracestore.provider.postgresql.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The numbers of names in the table {@code names}. Each is read in the transaction that uses it,
 * even if the process remembers it, so that after a fail-over, a restore, or the removal of a name
 * nothing is written under the number of another name.
 */
public final class Dictionary {
  private static final String FIND =
      "SELECT n.name_id, wanted.place FROM unnest(?::smallint[], ?::bytea[]) WITH ORDINALITY"
          + " AS wanted (kind, digest, place)"
          + " JOIN SCHEMA.names n ON n.digest = wanted.digest AND n.kind = wanted.kind";

  /** How many parameters {@link #FIND_IN_USE} has. */
  public static final int PARAMETERS = 2;

  /**
   * Finds names in use. A name that is about to be removed is found only if it was taken into use
   * again.
   */
  public static final String FIND_IN_USE = FIND + " WHERE NOT n.unused";

  // In one order everywhere, so that two who add the same names do not wait for each other.
  private static final String ADD =
      "WITH added AS (INSERT INTO SCHEMA.names AS n (kind, digest, name)"
          + " SELECT kind, digest, name FROM unnest(?::smallint[], ?::bytea[], ?::text[])"
          + " AS new (kind, digest, name) ORDER BY digest, kind"
          + " ON CONFLICT (digest, kind) DO UPDATE SET unused = false WHERE n.unused"
          // The writes that need these names may be refused, or never come.
          + " RETURNING name_id) INSERT INTO SCHEMA.names_to_check SELECT name_id FROM added";

  private Dictionary() {}

  /** The number of a name, if it has one: without one, nothing has the name. */
  public static Optional<Integer> find(Connection connection, Name name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      List<Name> wanted = List.of(name);
      bind(connection, statement, 1, wanted);
      return Optional.ofNullable(read(statement, wanted).get(name));
    }
  }

  /** Sets the two parameters of {@link #FIND_IN_USE}, from {@code first} on. */
  public static void bind(
      Connection connection, PreparedStatement statement, int first, List<Name> names)
      throws SQLException {
    statement.setArray(first, kinds(connection, names));
    statement.setArray(first + 1, digests(connection, names));
  }

  private static Map<Name, Integer> read(PreparedStatement statement, List<Name> names)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return read(rows, names);
    }
  }

  /** The numbers that a statement with {@link #FIND_IN_USE} found. */
  public static Map<Name, Integer> read(ResultSet rows, List<Name> names) throws SQLException {
    Map<Name, Integer> numbers = HashMap.newHashMap(names.size());
    while (rows.next()) {
      numbers.put(names.get(rows.getInt(2) - 1), rows.getInt(1));
    }
    return numbers;
  }

  /**
   * Gives numbers to names that have none, or that are about to be removed. It is a transaction of
   * its own: others who need the same name wait for it, and it must not wait for anything else.
   */
  public static void add(Connection connection, Collection<Name> names) throws SQLException {
    List<Name> all = List.copyOf(Set.copyOf(names));
    try (PreparedStatement statement = connection.prepareStatement(ADD)) {
      bind(connection, statement, 1, all);
      statement.setArray(
          3,
          connection.createArrayOf(
              "text", all.stream().map(name -> EscapedText.escape(name.text())).toArray()));
      statement.executeUpdate();
    }
  }

  private static java.sql.Array kinds(Connection connection, List<Name> names) throws SQLException {
    return connection.createArrayOf(
        "int2", names.stream().map(name -> name.kind().code()).toArray(Short[]::new));
  }

  private static java.sql.Array digests(Connection connection, List<Name> names)
      throws SQLException {
    return connection.createArrayOf(
        "bytea", names.stream().map(Name::digest).toArray(byte[][]::new));
  }
}
