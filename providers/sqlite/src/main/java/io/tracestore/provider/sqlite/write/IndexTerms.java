package io.tracestore.provider.sqlite.write;

import static io.tracestore.provider.sqlite.jooq.Tables.INDEXED_ATTRIBUTES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_ACTORS;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_EVENT_TYPES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_NAMES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_TAGS;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_TERMS;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.param;

import io.tracestore.provider.sqlite.schema.Dictionary;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.RowInsert;
import io.tracestore.provider.sqlite.sql.Statements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.Field;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * The rows by which traces are found for an actor, an event type, a tag or a term of the data of
 * events. Each repeats the start of its trace, so that they are in the order of queries.
 */
public final class IndexTerms {
  private static final RowInsert.Text ADD_ACTOR =
      unlessThere(TRACE_ACTORS, TRACE_ACTORS.ACTOR, TRACE_ACTORS.START_NS, TRACE_ACTORS.TRACE_KEY);

  private static final RowInsert.Text ADD_TYPE =
      unlessThere(
          TRACE_EVENT_TYPES,
          TRACE_EVENT_TYPES.TYPE,
          TRACE_EVENT_TYPES.START_NS,
          TRACE_EVENT_TYPES.TRACE_KEY);

  private static final RowInsert.Text ADD_TAG =
      unlessThere(
          TRACE_TAGS, TRACE_TAGS.TAG, TRACE_TAGS.VALUE, TRACE_TAGS.START_NS, TRACE_TAGS.TRACE_KEY);

  private static final RowInsert.Text ADD_TERM =
      unlessThere(TRACE_TERMS, TRACE_TERMS.TERM, TRACE_TERMS.START_NS, TRACE_TERMS.TRACE_KEY);

  private static final RowInsert.Text ADD_NAME =
      unlessThere(TRACE_NAMES, TRACE_NAMES.TRACE_KEY, TRACE_NAMES.NAME);

  private static final Rendered REMOVE_ACTOR =
      Rendered.of(
          deleteFrom(TRACE_ACTORS)
              .where(TRACE_ACTORS.ACTOR.eq(param(TRACE_ACTORS.ACTOR)))
              .and(TRACE_ACTORS.START_NS.eq(param(TRACE_ACTORS.START_NS)))
              .and(TRACE_ACTORS.TRACE_KEY.eq(param(TRACE_ACTORS.TRACE_KEY))));

  private static final Rendered REMOVE_TYPE =
      Rendered.of(
          deleteFrom(TRACE_EVENT_TYPES)
              .where(TRACE_EVENT_TYPES.TYPE.eq(param(TRACE_EVENT_TYPES.TYPE)))
              .and(TRACE_EVENT_TYPES.START_NS.eq(param(TRACE_EVENT_TYPES.START_NS)))
              .and(TRACE_EVENT_TYPES.TRACE_KEY.eq(param(TRACE_EVENT_TYPES.TRACE_KEY))));

  private static final Rendered REMOVE_TERM =
      Rendered.of(
          deleteFrom(TRACE_TERMS)
              .where(TRACE_TERMS.TERM.eq(param(TRACE_TERMS.TERM)))
              .and(TRACE_TERMS.START_NS.eq(param(TRACE_TERMS.START_NS)))
              .and(TRACE_TERMS.TRACE_KEY.eq(param(TRACE_TERMS.TRACE_KEY))));

  private static final Rendered ADD_LIST =
      Rendered.of(
          insertInto(INDEXED_ATTRIBUTES, INDEXED_ATTRIBUTES.KEYS)
              .values(param(INDEXED_ATTRIBUTES.KEYS))
              .onConflictDoNothing());

  private static final Rendered REMOVE_TAG =
      Rendered.of(
          deleteFrom(TRACE_TAGS)
              .where(TRACE_TAGS.TAG.eq(param(TRACE_TAGS.TAG)))
              .and(TRACE_TAGS.VALUE.eq(param(TRACE_TAGS.VALUE)))
              .and(TRACE_TAGS.START_NS.eq(param(TRACE_TAGS.START_NS)))
              .and(TRACE_TAGS.TRACE_KEY.eq(param(TRACE_TAGS.TRACE_KEY))));

  /** Reads all of the table, which only traces with a damaged header need. */
  private static final Rendered REMOVE_ALL_TAGS =
      Rendered.of(
          deleteFrom(TRACE_TAGS)
              .where(TRACE_TAGS.TRACE_KEY.eq(param(TRACE_TAGS.TRACE_KEY)))
              .returning(TRACE_TAGS.TAG));

  private static final Rendered REMOVE_NAMES =
      Rendered.of(
          deleteFrom(TRACE_NAMES)
              .where(TRACE_NAMES.TRACE_KEY.eq(param(TRACE_NAMES.TRACE_KEY)))
              .returning(TRACE_NAMES.NAME));

  private static RowInsert.Text unlessThere(Table<?> table, Field<?>... columns) {
    List<Field<?>> all = List.of(columns);
    return new RowInsert.Text(
        all, rows -> insertInto(table).columns(all).valuesOfRows(rows).onConflictDoNothing());
  }

  private final Dictionary names;
  private final RowInsert addActor;
  private final RowInsert addType;
  private final RowInsert addTag;
  private final RowInsert addTerm;
  private final RowInsert addName;
  private final PreparedStatement removeActor;
  private final PreparedStatement removeType;
  private final PreparedStatement removeTerm;
  private final PreparedStatement addList;
  private final PreparedStatement removeTag;
  private final PreparedStatement removeAllTags;
  private final PreparedStatement removeNames;

  public IndexTerms(Statements statements, Dictionary names) throws SQLException {
    this.names = names;
    this.addActor = new RowInsert(statements, ADD_ACTOR);
    this.addType = new RowInsert(statements, ADD_TYPE);
    this.addTag = new RowInsert(statements, ADD_TAG);
    this.addTerm = new RowInsert(statements, ADD_TERM);
    this.addName = new RowInsert(statements, ADD_NAME);
    this.removeActor = statements.prepare(REMOVE_ACTOR);
    this.removeType = statements.prepare(REMOVE_TYPE);
    this.removeTerm = statements.prepare(REMOVE_TERM);
    this.addList = statements.prepare(ADD_LIST);
    this.removeTag = statements.prepare(REMOVE_TAG);
    this.removeAllTags = statements.prepare(REMOVE_ALL_TAGS);
    this.removeNames = statements.prepare(REMOVE_NAMES);
  }

  public void addKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    add(addActor, kinds.actors(), start, key);
    add(addType, kinds.types(), start, key);
  }

  /** Adds rows of terms that the trace does not have yet. */
  public void addTerms(long key, long start, Collection<Long> terms) throws SQLException {
    add(addTerm, terms, start, key);
  }

  public void removeTerms(long key, long start, Collection<Long> terms) throws SQLException {
    remove(removeTerm, terms, start, key);
  }

  /** Notes that traces may have been written with this list of keys of attributes. */
  public void addList(String keys) throws SQLException {
    Binder.of(addList).text(keys).run();
  }

  private static void add(RowInsert insert, Collection<Long> names, long start, long key)
      throws SQLException {
    insert.insert(
        List.copyOf(names), (binder, name) -> binder.number(name).number(start).number(key));
  }

  public void removeKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    remove(removeActor, kinds.actors(), start, key);
    remove(removeType, kinds.types(), start, key);
  }

  private static void remove(PreparedStatement delete, Collection<Long> names, long start, long key)
      throws SQLException {
    for (Long name : names) {
      Binder.of(delete).number(name).number(start).number(key).run();
    }
  }

  public void addTags(long key, long start, Map<String, String> tags) throws SQLException {
    addTag.insert(List.copyOf(tags.entrySet()), (binder, tag) -> bind(binder, tag, start, key));
  }

  /**
   * Removes the rows of a trace's tags.
   *
   * @param tags the tags; null if they are not known
   * @return the numbers of their names
   */
  public Set<Long> removeTags(long key, long start, @Nullable Map<String, String> tags)
      throws SQLException {
    if (tags == null) {
      return numbers(removeAllTags, key);
    }
    Set<Long> removed = new HashSet<>();
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      long name = names.find(tag.getKey());
      Binder.of(removeTag).number(name).text(tag.getValue()).number(start).number(key).run();
      removed.add(name);
    }
    return removed;
  }

  private Binder bind(Binder binder, Map.Entry<String, String> tag, long start, long key)
      throws SQLException {
    return binder.number(names.key(tag.getKey())).text(tag.getValue()).number(start).number(key);
  }

  /** Notes names of a trace that nothing else here finds. */
  public void addNames(long key, Collection<Long> added) throws SQLException {
    addName.insert(List.copyOf(added), (binder, name) -> binder.number(key).number(name));
  }

  /** Removes what {@link #addNames} noted for a trace, and returns it. */
  public Set<Long> removeNames(long key) throws SQLException {
    return numbers(removeNames, key);
  }

  private static Set<Long> numbers(PreparedStatement deleting, long key) throws SQLException {
    Set<Long> numbers = new HashSet<>();
    Binder.of(deleting).number(key);
    try (ResultSet rows = deleting.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }
}
