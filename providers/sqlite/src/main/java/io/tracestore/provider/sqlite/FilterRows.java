package io.tracestore.provider.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/**
 * The rows by which traces are found for an actor, an event type or a tag. Each repeats the start of
 * its trace, so that they are in the order of queries.
 */
final class FilterRows {
  private final NameKeys names;
  private final PreparedStatement addActor;
  private final PreparedStatement addType;
  private final PreparedStatement addTag;
  private final PreparedStatement removeActor;
  private final PreparedStatement removeType;
  private final PreparedStatement removeTag;

  FilterRows(Connection connection, NameKeys names) throws SQLException {
    this.names = names;
    this.addActor =
        connection.prepareStatement(
            "INSERT INTO trace_actors (actor, start_ns, trace_key) VALUES (?, ?, ?)"
                + " ON CONFLICT DO NOTHING");
    this.addType =
        connection.prepareStatement(
            "INSERT INTO trace_event_types (type, start_ns, trace_key) VALUES (?, ?, ?)"
                + " ON CONFLICT DO NOTHING");
    this.addTag =
        connection.prepareStatement(
            "INSERT INTO trace_tags (tag, value, start_ns, trace_key) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING");
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
    each(addActor, kinds.actors(), start, key);
    each(addType, kinds.types(), start, key);
  }

  void removeKinds(long key, long start, EventRows.Kinds kinds) throws SQLException {
    each(removeActor, kinds.actors(), start, key);
    each(removeType, kinds.types(), start, key);
  }

  private static void each(PreparedStatement statement, Set<Long> kinds, long start, long key)
      throws SQLException {
    for (long kind : kinds) {
      Binder.of(statement).number(kind).number(start).number(key).run();
    }
  }

  void addTags(long key, long start, Map<String, String> tags) throws SQLException {
    eachTag(addTag, tags, start, key);
  }

  void removeTags(long key, long start, Map<String, String> tags) throws SQLException {
    eachTag(removeTag, tags, start, key);
  }

  private void eachTag(
      PreparedStatement statement, Map<String, String> tags, long start, long key)
      throws SQLException {
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      Binder.of(statement)
          .number(names.key(tag.getKey()))
          .text(tag.getValue())
          .number(start)
          .number(key)
          .run();
    }
  }
}
