package io.tracestore.provider.sqlite.schema;

import static io.tracestore.provider.sqlite.jooq.Tables.NAMES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_ACTORS;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_EVENT_TYPES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_NAMES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_TAGS;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.returning;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.Statements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jooq.Field;

/** The numbers of names, as the writer needs them; new names get one. */
public final class Dictionary {
  private static final int REMEMBERED = 10_000;
  private static final int LONGEST_REMEMBERED = 1_000;

  private static final Rendered FIND =
      Rendered.of(select(NAMES.NAME_KEY).from(NAMES).where(NAMES.NAME.eq(param(NAMES.NAME))));

  private static final Rendered INSERT =
      Rendered.of(
          returning(insertInto(NAMES, NAMES.NAME).values(param(NAMES.NAME)), NAMES.NAME_KEY));

  private static final Rendered DELETE_UNUSED =
      Rendered.of(
          deleteFrom(NAMES)
              .where(NAMES.NAME_KEY.eq(param(NAMES.NAME_KEY)))
              .andNotExists(selectOne().from(TRACES).where(TRACES.FLOW.eq(NAMES.NAME_KEY)))
              .andNotExists(selectOne().from(TRACES).where(TRACES.ENVIRONMENT.eq(NAMES.NAME_KEY)))
              .andNotExists(
                  selectOne().from(TRACE_ACTORS).where(TRACE_ACTORS.ACTOR.eq(NAMES.NAME_KEY)))
              .andNotExists(
                  selectOne()
                      .from(TRACE_EVENT_TYPES)
                      .where(TRACE_EVENT_TYPES.TYPE.eq(NAMES.NAME_KEY)))
              .andNotExists(selectOne().from(TRACE_TAGS).where(TRACE_TAGS.TAG.eq(NAMES.NAME_KEY)))
              .andNotExists(
                  selectOne().from(TRACE_NAMES).where(TRACE_NAMES.NAME.eq(NAMES.NAME_KEY))));

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
    this.find = statements.prepare(FIND);
    this.insert = statements.prepare(INSERT);
    this.deleteUnused = statements.prepare(DELETE_UNUSED);
  }

  /** The number of a name within another statement; null, which equals nothing, if it has none. */
  public static Field<Long> keyOf(Field<String> name) {
    return field(select(NAMES.NAME_KEY).from(NAMES).where(NAMES.NAME.eq(name)));
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
