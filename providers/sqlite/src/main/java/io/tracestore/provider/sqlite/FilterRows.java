package io.tracestore.provider.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The rows by which traces are found for an actor, an event type or a tag. Each repeats the start
 * of its trace, so that they are in the order of queries.
 */
final class FilterRows {
  private final NameKeys names;
  private final RowInsert addActor;
  private final RowInsert addType;
  private final RowInsert addTag;
  private final PreparedStatement removeActor;
  private final PreparedStatement removeType;
  private final PreparedStatement removeTag;

  FilterRows(Connection connection, NameKeys names) throws SQLException {
    this.names = names;
    String unlessThere = "ON CONFLICT DO NOTHING";
    this.addActor =
        new RowInsert(connection, "trace_actors (actor, start_ns, trace_key)", 3, unlessThere);
    this.addType =
        new RowInsert(connection, "trace_event_types (type, start_ns, trace_key)", 3, unlessThere);
    this.addTag =
        new RowInsert(connection, "trace_tags (tag, value, start_ns, trace_key)", 4, unlessThere);
    this.removeActor =
        connection.prepareStatement(
            "DELETE FROM trace_actors WHERE actor = ? AND start_ns = ? AND trace_key = ?");
    this.removeType =
        connection.prepareStatement(
            "DELETE FROM trace_event_types WHERE type = ? AND start_ns = ? AND trace_key = ?");
    this.removeTag =
        connection.prepareStatement(
            "DELETE FROM trace_tags WHERE tag = ? AND value = ? AND start_ns = ? AND trace_key = ?");
  }

  void addKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    add(addActor, kinds.actors(), start, key);
    add(addType, kinds.types(), start, key);
  }

  private static void add(RowInsert insert, Collection<Long> names, long start, long key)
      throws SQLException {
    insert.insert(
        List.copyOf(names), (binder, name) -> binder.number(name).number(start).number(key));
  }

  void removeKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    remove(removeActor, kinds.actors(), start, key);
    remove(removeType, kinds.types(), start, key);
  }

  private static void remove(PreparedStatement delete, Collection<Long> names, long start, long key)
      throws SQLException {
    for (Long name : names) {
      Binder.of(delete).number(name).number(start).number(key).run();
    }
  }

  void addTags(long key, long start, Map<String, String> tags) throws SQLException {
    addTag.insert(List.copyOf(tags.entrySet()), (binder, tag) -> bind(binder, tag, start, key));
  }

  void removeTags(long key, long start, Map<String, String> tags) throws SQLException {
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      bind(Binder.of(removeTag), tag, start, key).run();
    }
  }

  private Binder bind(Binder binder, Map.Entry<String, String> tag, long start, long key)
      throws SQLException {
    return binder.number(names.key(tag.getKey())).text(tag.getValue()).number(start).number(key);
  }
}
