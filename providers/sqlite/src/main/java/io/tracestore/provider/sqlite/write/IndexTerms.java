package io.tracestore.provider.sqlite.write;

import io.tracestore.provider.sqlite.schema.Dictionary;
import io.tracestore.provider.sqlite.sql.Binder;
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
import org.jspecify.annotations.Nullable;

/**
 * The rows by which traces are found for an actor, an event type or a tag. Each repeats the start
 * of its trace, so that they are in the order of queries.
 */
public final class IndexTerms {
  private final Dictionary names;
  private final RowInsert addActor;
  private final RowInsert addType;
  private final RowInsert addTag;
  private final PreparedStatement removeActor;
  private final PreparedStatement removeType;
  private final PreparedStatement removeTag;
  private final PreparedStatement removeAllTags;
  private final RowInsert addName;
  private final PreparedStatement removeNames;

  public IndexTerms(Statements statements, Dictionary names) throws SQLException {
    this.names = names;
    String unlessThere = "ON CONFLICT DO NOTHING";
    this.addActor =
        new RowInsert(statements, "trace_actors (actor, start_ns, trace_key)", 3, unlessThere);
    this.addType =
        new RowInsert(statements, "trace_event_types (type, start_ns, trace_key)", 3, unlessThere);
    this.addTag =
        new RowInsert(statements, "trace_tags (tag, value, start_ns, trace_key)", 4, unlessThere);
    this.removeActor =
        statements.prepare(
            "DELETE FROM trace_actors WHERE actor = ? AND start_ns = ? AND trace_key = ?");
    this.removeType =
        statements.prepare(
            "DELETE FROM trace_event_types WHERE type = ? AND start_ns = ? AND trace_key = ?");
    this.removeTag =
        statements.prepare(
            "DELETE FROM trace_tags WHERE tag = ? AND value = ? AND start_ns = ? AND trace_key = ?");
    // Reads all of the table, which only traces with a damaged header need.
    this.removeAllTags =
        statements.prepare("DELETE FROM trace_tags WHERE trace_key = ? RETURNING tag");
    this.addName = new RowInsert(statements, "trace_names (trace_key, name)", 2, unlessThere);
    this.removeNames =
        statements.prepare("DELETE FROM trace_names WHERE trace_key = ? RETURNING name");
  }

  public void addKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    add(addActor, kinds.actors(), start, key);
    add(addType, kinds.types(), start, key);
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
