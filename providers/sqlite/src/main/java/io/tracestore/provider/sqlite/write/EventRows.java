package io.tracestore.provider.sqlite.write;

import io.tracestore.provider.sqlite.schema.Dictionary;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.RowInsert;
import io.tracestore.provider.sqlite.sql.Statements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The rows of {@code events}, as the writer needs them. */
public final class EventRows {
  private final Dictionary names;
  private final RowInsert insert;
  private final RowInsert upsert;
  private final PreparedStatement find;
  private final PreparedStatement kinds;
  private final PreparedStatement delete;
  private final PreparedStatement deleteUpTo;
  private final PreparedStatement any;

  /**
   * The actors and types of a trace's events, by their numbers.
   *
   * @param receivers to whom data flowed; only of events that are written
   */
  public record Kinds(SortedSet<Long> actors, SortedSet<Long> types, SortedSet<Long> receivers) {
    Kinds() {
      this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }

    /** All numbers in it. */
    Set<Long> all() {
      Set<Long> all = new TreeSet<>(actors);
      all.addAll(types);
      all.addAll(receivers);
      return all;
    }

    void add(long actor, long type) {
      actors.add(actor);
      types.add(type);
    }
  }

  public EventRows(Statements statements, Dictionary names) throws SQLException {
    this.names = names;
    String table =
        "events (trace_key, event_id, ts_ns, actor, type, execution_ns, message_bytes, failed,"
            + " to_actor, sent_by, body)";
    this.insert = new RowInsert(statements, table, 11, "");
    this.upsert =
        new RowInsert(
            statements,
            table,
            11,
            """
            ON CONFLICT (trace_key, event_id) DO UPDATE SET
              ts_ns = excluded.ts_ns, actor = excluded.actor, type = excluded.type,
              execution_ns = excluded.execution_ns, message_bytes = excluded.message_bytes,
              failed = excluded.failed, to_actor = excluded.to_actor, sent_by = excluded.sent_by,
              body = excluded.body\
            """);
    this.find =
        statements.prepare("SELECT actor, type FROM events WHERE trace_key = ? AND event_id = ?");
    this.kinds = statements.prepare("SELECT DISTINCT actor, type FROM events WHERE trace_key = ?");
    this.delete = statements.prepare("DELETE FROM events WHERE trace_key = ?");
    this.deleteUpTo = statements.prepare("DELETE FROM events WHERE trace_key = ? AND ts_ns <= ?");
    this.any = statements.prepare("SELECT 1 FROM events WHERE trace_key = ? LIMIT 1");
  }

  /** Writes the events of a trace that has none; their kinds. */
  public Kinds insert(long key, List<EncodedEvent> events) throws SQLException {
    Kinds written = new Kinds();
    insert.insert(events, (binder, event) -> bind(binder, key, event, written));
    return written;
  }

  /**
   * Writes events of a trace that may have some of them; no two with one id.
   *
   * @param replaced gets the kinds of the events that are replaced
   * @return the kinds of the events that were written
   */
  public Kinds merge(long key, List<EncodedEvent> events, Kinds replaced) throws SQLException {
    for (EncodedEvent event : events) {
      Binder.of(find).number(key).bytes(event.eventId());
      addTo(replaced, find);
    }
    Kinds written = new Kinds();
    upsert.insert(events, (binder, event) -> bind(binder, key, event, written));
    return written;
  }

  private void bind(Binder binder, long key, EncodedEvent event, Kinds written)
      throws SQLException {
    long actor = names.key(event.actor());
    long type = names.key(event.type());
    written.add(actor, type);
    Long receiver = event.toActor() == null ? null : (Long) names.key(event.toActor());
    if (receiver != null) {
      written.receivers().add(receiver);
    }
    binder
        .number(key)
        .bytes(event.eventId())
        .number(event.timestamp())
        .number(actor)
        .number(type)
        .number(event.executionNs())
        .number(event.messageBytes())
        .number(event.failed() ? 1 : 0)
        .number(receiver)
        .bytes(event.sentBy())
        .bytes(event.body());
  }

  /** The kinds of a trace's events. */
  public Kinds kinds(long key) throws SQLException {
    Kinds found = new Kinds();
    Binder.of(kinds).number(key);
    addTo(found, kinds);
    return found;
  }

  private static void addTo(Kinds found, PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getLong(1), rows.getLong(2));
      }
    }
  }

  /** Removes a trace's events; how many there were. */
  public int delete(long key) throws SQLException {
    return Binder.of(delete).number(key).run();
  }

  /** Removes a trace's events at {@code last} and before; how many there were. */
  public int deleteUpTo(long key, long last) throws SQLException {
    return Binder.of(deleteUpTo).number(key).number(last).run();
  }

  public boolean any(long key) throws SQLException {
    Binder.of(any).number(key);
    try (ResultSet rows = any.executeQuery()) {
      return rows.next();
    }
  }
}
