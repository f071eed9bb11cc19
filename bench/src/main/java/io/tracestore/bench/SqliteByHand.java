package io.tracestore.bench;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.support.index.DataTerms;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Prepared statements on the tables of the {@code sqlite:} store, and nothing else. */
final class SqliteByHand implements Baseline {
  /** One trace encoded, as somebody would who writes the statements by hand. */
  @SuppressWarnings("ArrayRecordComponent") // only made to be bound
  record Rows(
      FlowTrace trace,
      byte[] id,
      byte[] executionId,
      byte[] header,
      List<EventRow> events,
      long[] terms,
      byte[] termBytes) {
    static Rows of(FlowTrace trace) {
      long[] terms = DataTerms.NONE.of(trace.events());
      ByteBuffer termBytes = ByteBuffer.allocate(Long.BYTES * terms.length);
      termBytes.asLongBuffer().put(terms);
      return new Rows(
          trace,
          Uuids.toBytes(trace.traceId().value()),
          Uuids.toBytes(trace.executionId().value()),
          TraceBinary.encodeHeader(trace),
          trace.events().stream().map(EventRow::of).toList(),
          terms,
          termBytes.array());
    }
  }

  /** One event encoded. */
  @SuppressWarnings("ArrayRecordComponent") // only made to be bound
  record EventRow(
      byte[] id,
      long timestamp,
      String actor,
      String type,
      @Nullable Long messageBytes,
      boolean failed,
      @Nullable String toActor,
      byte @Nullable [] sentBy,
      PerformanceMetrics metrics,
      byte[] body) {
    static EventRow of(TraceEvent event) {
      MessageSnapshot message = event.data().message();
      EventId parent = event.causality().parentEventId();
      boolean received = event.eventType().equals(TraceEventType.MESSAGE_RECEIVED);
      return new EventRow(
          Uuids.toBytes(event.eventId().value()),
          EpochNanos.of(event.timestamp()),
          event.actorId(),
          event.eventType().typeName(),
          message == null ? null : message.sizeBytes(),
          event.data().error() != null,
          event.eventType() instanceof TraceEventType.DataFlow flow ? flow.toActor() : null,
          received && parent != null ? Uuids.toBytes(parent.value()) : null,
          event.data().performanceMetrics(),
          TraceBinary.encodeEventBody(event));
    }
  }

  private final Connection connection;
  private final Map<String, Long> names = new HashMap<>();
  private final Map<Long, String> texts = new HashMap<>();
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement insertTrace;
  private final PreparedStatement insertEvent;
  private final PreparedStatement insertActor;
  private final PreparedStatement insertType;
  private final PreparedStatement insertTag;
  private final PreparedStatement insertTerm;
  private final PreparedStatement insertReceiver;
  private final PreparedStatement selectHeader;
  private final PreparedStatement selectEvents;
  private long lastKey;

  SqliteByHand(Path file) throws SQLException {
    // Without this the driver asks for the last row id after every insert, which would be unfair.
    connection =
        DriverManager.getConnection("jdbc:sqlite:" + file + "?jdbc.get_generated_keys=false");
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("PRAGMA cache_size = -65536");
      try (ResultSet rows = statement.executeQuery("SELECT name, name_key FROM names")) {
        while (rows.next()) {
          names.put(rows.getString(1), rows.getLong(2));
          texts.put(rows.getLong(2), rows.getString(1));
        }
      }
    }
    begin = connection.prepareStatement("BEGIN IMMEDIATE");
    commit = connection.prepareStatement("COMMIT");
    insertTrace =
        connection.prepareStatement(
            """
            INSERT INTO traces (trace_key, trace_id, flow, execution_id, start_ns, end_ns,
              duration_class, status, error, error_hash, environment, user_id, session_id, header, terms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
            """);
    insertEvent =
        connection.prepareStatement(
            """
            INSERT INTO events (trace_key, event_id, ts_ns, actor, type, message_bytes, failed,
              to_actor, sent_by, execution_ns, memory_bytes, cpu_percent, queue_depth, throughput, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
            """);
    insertActor = connection.prepareStatement("INSERT INTO trace_actors VALUES (?, ?, ?)");
    insertType = connection.prepareStatement("INSERT INTO trace_event_types VALUES (?, ?, ?)");
    insertTag = connection.prepareStatement("INSERT INTO trace_tags VALUES (?, ?, ?, ?)");
    insertTerm = connection.prepareStatement("INSERT INTO trace_terms VALUES (?, ?, ?)");
    insertReceiver = connection.prepareStatement("INSERT INTO trace_names VALUES (?, ?)");
    selectHeader =
        connection.prepareStatement("SELECT trace_key, header FROM traces WHERE trace_id = ?");
    selectEvents =
        connection.prepareStatement(
            "SELECT event_id, ts_ns, actor, body FROM events WHERE trace_key = ?");
  }

  synchronized void insert(List<Rows> batch) throws SQLException {
    begin.executeUpdate();
    for (Rows rows : batch) {
      insert(++lastKey, rows);
    }
    commit.executeUpdate();
  }

  private void insert(long key, Rows rows) throws SQLException {
    FlowTrace trace = rows.trace();
    long start = EpochNanos.of(trace.startTime());
    Instant end = trace.endTime();
    String error = trace.status() instanceof ExecutionStatus.Failed failed ? failed.error() : null;
    insertTrace.setLong(1, key);
    insertTrace.setBytes(2, rows.id());
    insertTrace.setLong(3, name(trace.flowId()));
    insertTrace.setBytes(4, rows.executionId());
    insertTrace.setLong(5, start);
    if (end == null) {
      insertTrace.setNull(6, Types.INTEGER);
      insertTrace.setNull(7, Types.INTEGER);
    } else {
      long endNs = EpochNanos.of(end);
      insertTrace.setLong(6, endNs);
      insertTrace.setLong(7, Long.SIZE - Long.numberOfLeadingZeros(endNs - start));
    }
    insertTrace.setLong(8, error == null ? 2 : 3);
    insertTrace.setString(9, error);
    insertTrace.setObject(10, error == null ? null : (long) error.hashCode());
    insertTrace.setObject(11, nameOrNull(trace.metadata().environment()));
    insertTrace.setString(12, trace.metadata().userId());
    insertTrace.setString(13, trace.metadata().sessionId());
    insertTrace.setBytes(14, rows.header());
    insertTrace.setBytes(15, rows.terms().length == 0 ? null : rows.termBytes());
    insertTrace.executeUpdate();
    Set<Long> actors = new HashSet<>();
    Set<Long> types = new HashSet<>();
    Set<Long> receivers = new HashSet<>();
    for (EventRow event : rows.events()) {
      long actor = name(event.actor());
      long type = name(event.type());
      actors.add(actor);
      types.add(type);
      insertEvent.setLong(1, key);
      insertEvent.setBytes(2, event.id());
      insertEvent.setLong(3, event.timestamp());
      insertEvent.setLong(4, actor);
      insertEvent.setLong(5, type);
      insertEvent.setObject(6, event.messageBytes());
      insertEvent.setLong(7, event.failed() ? 1 : 0);
      Long receiver = nameOrNull(event.toActor());
      if (receiver != null) {
        receivers.add(receiver);
      }
      insertEvent.setObject(8, receiver);
      insertEvent.setBytes(9, event.sentBy());
      PerformanceMetrics metrics = event.metrics();
      setLong(10, metrics.executionTimeNs());
      setLong(11, metrics.memoryUsageBytes());
      setDouble(12, metrics.cpuUsagePercent().map(Float::doubleValue).orElse(null));
      setLong(13, metrics.queueDepth());
      setDouble(14, metrics.throughputMsgsPerSec().stream().boxed().findFirst().orElse(null));
      insertEvent.setBytes(15, event.body());
      insertEvent.executeUpdate();
    }
    for (long actor : actors) {
      insertFilter(insertActor, actor, start, key);
    }
    for (long type : types) {
      insertFilter(insertType, type, start, key);
    }
    for (long term : rows.terms()) {
      insertFilter(insertTerm, term, start, key);
    }
    for (long receiver : receivers) {
      insertReceiver.setLong(1, key);
      insertReceiver.setLong(2, receiver);
      insertReceiver.executeUpdate();
    }
    for (Map.Entry<String, String> tag : trace.metadata().tags().entrySet()) {
      insertTag.setLong(1, name(tag.getKey()));
      insertTag.setString(2, tag.getValue());
      insertTag.setLong(3, start);
      insertTag.setLong(4, key);
      insertTag.executeUpdate();
    }
  }

  private void setLong(int column, OptionalLong value) throws SQLException {
    if (value.isPresent()) {
      insertEvent.setLong(column, value.getAsLong());
    } else {
      insertEvent.setNull(column, Types.INTEGER);
    }
  }

  private void setDouble(int column, @Nullable Double value) throws SQLException {
    if (value == null) {
      insertEvent.setNull(column, Types.REAL);
    } else {
      insertEvent.setDouble(column, value);
    }
  }

  private static void insertFilter(PreparedStatement insert, long name, long start, long key)
      throws SQLException {
    insert.setLong(1, name);
    insert.setLong(2, start);
    insert.setLong(3, key);
    insert.executeUpdate();
  }

  private @Nullable Long nameOrNull(@Nullable String name) throws SQLException {
    return name == null ? null : name(name);
  }

  private long name(String name) throws SQLException {
    Long known = names.get(name);
    if (known != null) {
      return known;
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO names (name) VALUES (?) RETURNING name_key")) {
      insert.setString(1, name);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        names.put(name, row.getLong(1));
        texts.put(row.getLong(1), name);
      }
    }
    return names.get(name);
  }

  synchronized FlowTrace select(TraceId id) throws SQLException {
    selectHeader.setBytes(1, Uuids.toBytes(id.value()));
    byte[] header;
    long key;
    try (ResultSet row = selectHeader.executeQuery()) {
      row.next();
      key = row.getLong(1);
      header = row.getBytes(2);
    }
    List<TraceEvent> events = new ArrayList<>();
    selectEvents.setLong(1, key);
    try (ResultSet rows = selectEvents.executeQuery()) {
      while (rows.next()) {
        events.add(
            TraceBinary.decodeEventBody(
                rows.getBytes(4),
                new EventId(Uuids.ofBytes(rows.getBytes(1))),
                EpochNanos.toInstant(rows.getLong(2)),
                Objects.requireNonNull(texts.get(rows.getLong(3)))));
      }
    }
    return TraceBinary.decodeHeader(header).withEvents(events);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** On the tables that the store makes in {@code scratch}. */
  static SqliteByHand open(Scratch scratch) throws SQLException {
    scratch.open().close();
    return new SqliteByHand(Path.of(scratch.uri().body()));
  }

  @Override
  public Callable<?> writing(List<FlowTrace> traces) {
    List<Rows> rows = traces.stream().map(Rows::of).toList();
    return () -> {
      insert(rows);
      return rows;
    };
  }

  @Override
  public Callable<FlowTrace> reading(TraceId id) {
    return () -> select(id);
  }
}
