package io.tracestore.provider.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The numbers of names, as the writer needs them; new names get one. */
final class NameKeys {
  private static final int REMEMBERED = 10_000;
  private static final int LONGEST_REMEMBERED = 1_000;

  private final PreparedStatement find;
  private final PreparedStatement insert;

  /** The names used last. */
  @SuppressWarnings("serial") // never serialized
  private final Map<String, Long> keys =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  NameKeys(Connection connection) throws SQLException {
    this.find = connection.prepareStatement("SELECT name_key FROM names WHERE name = ?");
    this.insert =
        connection.prepareStatement("INSERT INTO names (name) VALUES (?) RETURNING name_key");
  }

  /** The number of {@code name}, in the transaction that is under way. */
  long key(String name) throws SQLException {
    Long known = keys.get(name);
    if (known != null) {
      return known;
    }
    long key = first(find, name);
    if (key == 0) {
      key = first(insert, name);
    }
    if (name.length() <= LONGEST_REMEMBERED) {
      keys.put(name, key);
    }
    return key;
  }

  /** Numbers given in a transaction that was rolled back are no longer valid. */
  void forget() {
    keys.clear();
  }

  private static long first(PreparedStatement statement, String name) throws SQLException {
    Binder.of(statement).text(name);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
