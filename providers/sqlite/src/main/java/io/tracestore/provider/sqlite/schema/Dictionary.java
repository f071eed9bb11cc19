package io.tracestore.provider.sqlite.schema;

import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Statements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The numbers of names, as the writer needs them; new names get one. */
public final class Dictionary {
  private static final int REMEMBERED = 10_000;
  private static final int LONGEST_REMEMBERED = 1_000;

  private final PreparedStatement find;
  private final PreparedStatement insert;
  private final PreparedStatement deleteUnused;
  private long inserted;

  /** The names used last. */
  @SuppressWarnings("serial") // never serialized
  private final Map<String, Long> keys =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  public Dictionary(Statements statements) throws SQLException {
    this.find = statements.prepare("SELECT name_key FROM names WHERE name = ?");
    this.insert = statements.prepare("INSERT INTO names (name) VALUES (?) RETURNING name_key");
    this.deleteUnused =
        statements.prepare(
            """
            DELETE FROM names WHERE name_key = ?1
              AND NOT EXISTS (SELECT 1 FROM traces WHERE flow = ?1)
              AND NOT EXISTS (SELECT 1 FROM traces WHERE environment = ?1)
              AND NOT EXISTS (SELECT 1 FROM trace_actors WHERE actor = ?1)
              AND NOT EXISTS (SELECT 1 FROM trace_event_types WHERE type = ?1)
              AND NOT EXISTS (SELECT 1 FROM trace_tags WHERE tag = ?1)
              AND NOT EXISTS (SELECT 1 FROM trace_names WHERE name = ?1)\
            """);
  }

  /** The number of {@code name}, in the transaction that is under way; it is made if need be. */
  public long key(String name) throws SQLException {
    long known = find(name);
    if (known != 0) {
      return known;
    }
    inserted++;
    return remember(name, first(insert, name));
  }

  /** The number of {@code name}; 0 if it has none. */
  public long find(String name) throws SQLException {
    Long known = keys.get(name);
    if (known != null) {
      return known;
    }
    long key = first(find, name);
    return key == 0 ? 0 : remember(name, key);
  }

  private long remember(String name, long key) {
    if (name.length() <= LONGEST_REMEMBERED) {
      keys.put(name, key);
    }
    return key;
  }

  /** How many names were made so far. */
  public long inserted() {
    return inserted;
  }

  /**
   * Removes those of the numbered names that no trace uses any more.
   *
   * @return whether there were any
   */
  public boolean removeUnused(Set<Long> candidates) throws SQLException {
    Set<Long> removed = new HashSet<>();
    for (Long candidate : candidates) {
      if (Binder.of(deleteUnused).number(candidate).run() > 0) {
        removed.add(candidate);
      }
    }
    keys.values().removeIf(removed::contains);
    return !removed.isEmpty();
  }

  /** Forgets numbers that are no longer valid, as those given in a transaction that is undone. */
  public void forget() {
    keys.clear();
  }

  private static long first(PreparedStatement statement, String name) throws SQLException {
    Binder.of(statement).text(name);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
