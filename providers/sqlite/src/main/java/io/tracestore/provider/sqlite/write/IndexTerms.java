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
import io.tracestore.provider.sqlite.sql.RowBuffer;
import io.tracestore.provider.sqlite.sql.RowInsert;
import io.tracestore.provider.sqlite.sql.Statements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
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
 *
 * <p>Rows are added at the end of a transaction, those of all its traces together and in the order
 * of the tables: one by one, each would be looked up from the root of its table. {@link #flush}
 * adds them.
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
  private final RowBuffer<Row> actors;
  private final RowBuffer<Row> types;
  private final RowBuffer<TagRow> tags;
  private final RowBuffer<Row> terms;
  private final RowBuffer<NameRow> namesOfTraces;
  private final PreparedStatement removeActor;
  private final PreparedStatement removeType;
  private final PreparedStatement removeTerm;
  private final PreparedStatement addList;
  private final PreparedStatement removeTag;
  private final PreparedStatement removeAllTags;
  private final PreparedStatement removeNames;

  public IndexTerms(Statements statements, Dictionary names) throws SQLException {
    this.names = names;
    this.actors = new RowBuffer<>(new RowInsert(statements, ADD_ACTOR), Row.ORDER, Row::bind);
    this.types = new RowBuffer<>(new RowInsert(statements, ADD_TYPE), Row.ORDER, Row::bind);
    this.tags = new RowBuffer<>(new RowInsert(statements, ADD_TAG), TagRow.ORDER, TagRow::bind);
    this.terms = new RowBuffer<>(new RowInsert(statements, ADD_TERM), Row.ORDER, Row::bind);
    this.namesOfTraces =
        new RowBuffer<>(new RowInsert(statements, ADD_NAME), NameRow.ORDER, NameRow::bind);
    this.removeActor = statements.prepare(REMOVE_ACTOR);
    this.removeType = statements.prepare(REMOVE_TYPE);
    this.removeTerm = statements.prepare(REMOVE_TERM);
    this.addList = statements.prepare(ADD_LIST);
    this.removeTag = statements.prepare(REMOVE_TAG);
    this.removeAllTags = statements.prepare(REMOVE_ALL_TAGS);
    this.removeNames = statements.prepare(REMOVE_NAMES);
  }

  /** A row of {@code trace_actors}, {@code trace_event_types} or {@code trace_terms}. */
  private record Row(long name, long start, long key) {
    static final Comparator<Row> ORDER =
        Comparator.comparingLong(Row::name)
            .thenComparingLong(Row::start)
            .thenComparingLong(Row::key);

    static void bind(Binder binder, Row row) throws SQLException {
      binder.number(row.name).number(row.start).number(row.key);
    }
  }

  private record TagRow(long tag, String value, long start, long key) {
    static final Comparator<TagRow> ORDER =
        Comparator.comparingLong(TagRow::tag)
            .thenComparing(TagRow::value)
            .thenComparingLong(TagRow::start)
            .thenComparingLong(TagRow::key);

    static void bind(Binder binder, TagRow row) throws SQLException {
      binder.number(row.tag).text(row.value).number(row.start).number(row.key);
    }
  }

  private record NameRow(long key, long name) {
    static final Comparator<NameRow> ORDER =
        Comparator.comparingLong(NameRow::key).thenComparingLong(NameRow::name);

    static void bind(Binder binder, NameRow row) throws SQLException {
      binder.number(row.key).number(row.name);
    }
  }

  /** Writes the rows that were added so far. */
  public void flush() throws SQLException {
    actors.flush();
    types.flush();
    tags.flush();
    terms.flush();
    namesOfTraces.flush();
  }

  /** How many rows were added, written yet or not. */
  public long added() {
    return actors.added() + types.added() + tags.added() + terms.added() + namesOfTraces.added();
  }

  public void addKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    add(actors, kinds.actors(), start, key);
    add(types, kinds.types(), start, key);
  }

  /** Adds rows of terms that the trace does not have yet. */
  public void addTerms(long key, long start, Collection<Long> more) throws SQLException {
    add(terms, more, start, key);
  }

  public void removeTerms(long key, long start, Collection<Long> gone) throws SQLException {
    terms.flush();
    remove(removeTerm, gone, start, key);
  }

  /** Notes that traces may have been written with this list of keys of attributes. */
  public void addList(String keys) throws SQLException {
    Binder.of(addList).text(keys).run();
  }

  private static void add(RowBuffer<Row> rows, Collection<Long> names, long start, long key)
      throws SQLException {
    for (long name : names) {
      rows.add(new Row(name, start, key));
    }
  }

  public void removeKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    actors.flush();
    types.flush();
    remove(removeActor, kinds.actors(), start, key);
    remove(removeType, kinds.types(), start, key);
  }

  private static void remove(PreparedStatement delete, Collection<Long> names, long start, long key)
      throws SQLException {
    for (Long name : names) {
      Binder.of(delete).number(name).number(start).number(key).run();
    }
  }

  public void addTags(long key, long start, Map<String, String> added) throws SQLException {
    for (Map.Entry<String, String> tag : added.entrySet()) {
      tags.add(new TagRow(names.key(tag.getKey()), tag.getValue(), start, key));
    }
  }

  /**
   * Removes the rows of a trace's tags.
   *
   * @param gone the tags; null if they are not known
   * @return the numbers of their names
   */
  public Set<Long> removeTags(long key, long start, @Nullable Map<String, String> gone)
      throws SQLException {
    tags.flush();
    if (gone == null) {
      return numbers(removeAllTags, key);
    }
    Set<Long> removed = new HashSet<>();
    for (Map.Entry<String, String> tag : gone.entrySet()) {
      long name = names.find(tag.getKey());
      Binder.of(removeTag).number(name).text(tag.getValue()).number(start).number(key).run();
      removed.add(name);
    }
    return removed;
  }

  /** Notes names of a trace that nothing else here finds. */
  public void addNames(long key, Collection<Long> added) throws SQLException {
    for (long name : added) {
      namesOfTraces.add(new NameRow(key, name));
    }
  }

  /** Removes what {@link #addNames} noted for a trace, and returns it. */
  public Set<Long> removeNames(long key) throws SQLException {
    namesOfTraces.flush();
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
