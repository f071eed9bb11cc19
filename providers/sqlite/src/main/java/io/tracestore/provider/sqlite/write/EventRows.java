package io.tracestore.provider.sqlite.write;

import static io.tracestore.provider.sqlite.jooq.Tables.EVENTS;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.selectOne;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EventId;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.sqlite.schema.BodyDictionaries;
import io.tracestore.provider.sqlite.schema.Dictionary;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.RowInsert;
import io.tracestore.provider.sqlite.sql.Statements;
import io.tracestore.provider.support.index.DataTerms;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;

/** The rows of {@code events}, as the writer needs them. */
public final class EventRows {
  /** The columns, in the order in which {@link #bind} binds them. */
  private static final List<Field<?>> COLUMNS =
      List.of(
          EVENTS.TRACE_KEY,
          EVENTS.EVENT_ID,
          EVENTS.TS_NS,
          EVENTS.ACTOR,
          EVENTS.TYPE,
          EVENTS.MESSAGE_BYTES,
          EVENTS.FAILED,
          EVENTS.TO_ACTOR,
          EVENTS.SENT_BY,
          EVENTS.EXECUTION_NS,
          EVENTS.MEMORY_BYTES,
          EVENTS.CPU_PERCENT,
          EVENTS.QUEUE_DEPTH,
          EVENTS.THROUGHPUT,
          EVENTS.BODY);

  private static final RowInsert.Text INSERT =
      new RowInsert.Text(COLUMNS, rows -> insertInto(EVENTS).columns(COLUMNS).valuesOfRows(rows));

  private static final RowInsert.Text UPSERT =
      new RowInsert.Text(
          COLUMNS,
          rows ->
              insertInto(EVENTS)
                  .columns(COLUMNS)
                  .valuesOfRows(rows)
                  .onConflict(EVENTS.TRACE_KEY, EVENTS.EVENT_ID)
                  .doUpdate()
                  .setNonConflictingKeyToExcluded());

  /** In the place of what the terms of an event do not depend on. */
  private static final EventId NO_EVENT = new EventId(new UUID(0, 0));

  private static final String NO_ACTOR = "-";

  private static final Condition OF_TRACE = EVENTS.TRACE_KEY.eq(param(EVENTS.TRACE_KEY));

  private static final Rendered FIND =
      Rendered.of(
          select(EVENTS.ACTOR, EVENTS.TYPE, EVENTS.BODY)
              .from(EVENTS)
              .where(OF_TRACE)
              .and(EVENTS.EVENT_ID.eq(param(EVENTS.EVENT_ID))));

  private static final Rendered KINDS =
      Rendered.of(selectDistinct(EVENTS.ACTOR, EVENTS.TYPE).from(EVENTS).where(OF_TRACE));

  private static final Rendered BODIES =
      Rendered.of(select(EVENTS.BODY).from(EVENTS).where(OF_TRACE));

  private static final Rendered DELETE = Rendered.of(deleteFrom(EVENTS).where(OF_TRACE));

  private static final Rendered DELETE_UP_TO =
      Rendered.of(deleteFrom(EVENTS).where(OF_TRACE).and(EVENTS.TS_NS.le(param(EVENTS.TS_NS))));

  private static final Rendered ANY =
      Rendered.of(selectOne().from(EVENTS).where(OF_TRACE).limit(one()));

  private final Dictionary names;
  private final DataTerms terms;
  private final BodyDictionaries dictionaries;
  private final RowInsert insert;
  private final RowInsert upsert;
  private final PreparedStatement find;
  private final PreparedStatement kinds;
  private final PreparedStatement bodies;
  private final PreparedStatement delete;
  private final PreparedStatement deleteUpTo;
  private final PreparedStatement any;

  /**
   * The actors and types of a trace's events, by their numbers.
   *
   * @param receivers to whom data flowed; only of events that are written
   * @param terms those of the data; only of events that are replaced by others
   */
  public record Kinds(
      SortedSet<Long> actors,
      SortedSet<Long> types,
      SortedSet<Long> receivers,
      SortedSet<Long> terms) {
    Kinds() {
      this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
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

  public EventRows(
      Statements statements, Dictionary names, DataTerms terms, BodyDictionaries dictionaries)
      throws SQLException {
    this.names = names;
    this.terms = terms;
    this.dictionaries = dictionaries;
    this.insert = new RowInsert(statements, INSERT);
    this.upsert = new RowInsert(statements, UPSERT);
    this.find = statements.prepare(FIND);
    this.kinds = statements.prepare(KINDS);
    this.bodies = statements.prepare(BODIES);
    this.delete = statements.prepare(DELETE);
    this.deleteUpTo = statements.prepare(DELETE_UP_TO);
    this.any = statements.prepare(ANY);
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
      try (ResultSet row = find.executeQuery()) {
        if (row.next()) {
          replaced.add(row.getLong(1), row.getLong(2));
          byte[] body = row.getBytes(3);
          if (!Arrays.equals(body, event.body())) {
            addTerms(body, replaced.terms());
          }
        }
      }
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
    PerformanceMetrics metrics = event.metrics();
    binder
        .number(key)
        .bytes(event.eventId())
        .number(event.timestamp())
        .number(actor)
        .number(type)
        .number(event.messageBytes())
        .number(event.failed() ? 1 : 0)
        .number(receiver)
        .bytes(event.sentBy())
        .number(metrics.executionTimeNs())
        .number(metrics.memoryUsageBytes())
        .real(metrics.cpuUsagePercent())
        .number(metrics.queueDepth())
        .real(metrics.throughputMsgsPerSec())
        .bytes(event.body());
  }

  /** The kinds of a trace's events. */
  public Kinds kinds(long key) throws SQLException {
    Kinds found = new Kinds();
    Binder.of(kinds).number(key);
    addTo(found, kinds);
    return found;
  }

  /** The terms of a trace's events. */
  public SortedSet<Long> terms(long key) throws SQLException {
    SortedSet<Long> found = new TreeSet<>();
    Binder.of(bodies).number(key);
    try (ResultSet rows = bodies.executeQuery()) {
      while (rows.next()) {
        addTerms(rows.getBytes(1), found);
      }
    }
    return found;
  }

  private void addTerms(byte[] body, Collection<Long> found) throws SQLException {
    TraceEvent event =
        TraceBinary.decodeEventBody(
            body, NO_EVENT, Instant.EPOCH, NO_ACTOR, dictionaries.of(body, bodies.getConnection()));
    for (long term : terms.of(List.of(event))) {
      found.add(term);
    }
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
