package io.tracestore.provider.postgresql.read;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.schema.Hours;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads one trace: first where its events are, which almost never changes, then header and events
 * of one moment with a statement that names this place.
 */
public final class PostgresTraceReader {
  private static final String HOME = "SELECT start_hour FROM SCHEMA.traces WHERE trace_id = ?";

  private static final String HEADER = "SELECT body FROM SCHEMA.traces WHERE trace_id = ?";
  private static final String EARLY_TRACES =
      "SELECT trace_id FROM SCHEMA.traces WHERE start_ns IS NULL AND facets <> '{}' AND trace_id > ? ORDER BY trace_id LIMIT ?";
  private static final String FIRST_EARLY_TRACES =
      "SELECT trace_id FROM SCHEMA.traces WHERE start_ns IS NULL AND facets <> '{}' ORDER BY trace_id LIMIT ?";

  private final Connections connections;

  public PostgresTraceReader(Connections connections) {
    this.connections = connections;
  }

  public Optional<FlowTrace> trace(UUID id) {
    Rows rows = read(id);
    byte @Nullable [] header = rows.header;
    return header == null
        ? Optional.empty()
        : Optional.of(TraceBinary.decodeHeader(header).withEvents(decode(rows.events)));
  }

  public Optional<FlowTrace> header(UUID id) {
    return connections.call(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(HEADER)) {
        statement.setObject(1, id);
        try (ResultSet row = statement.executeQuery()) {
          byte[] body = row.next() ? row.getBytes(1) : null;
          return body == null ? Optional.empty() : Optional.of(TraceBinary.decodeHeader(body));
        }
      }
    });
  }

  /** Ids of traces without a header after one, or the first, in ascending order. */
  public List<TraceId> earlyTraces(@Nullable TraceId after, int limit) {
    return connections.call(connection -> {
      List<TraceId> ids = new ArrayList<>();
      try (PreparedStatement statement =
          connection.prepareStatement(after == null ? FIRST_EARLY_TRACES : EARLY_TRACES)) {
        if (after != null) {
          statement.setObject(1, after.value());
        }
        statement.setInt(after == null ? 1 : 2, limit);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            ids.add(new TraceId(rows.getObject(1, UUID.class)));
          }
        }
      }
      return ids;
    });
  }

  public List<TraceEvent> events(UUID id) {
    List<TraceEvent> events = decode(read(id).events);
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }

  /**
   * Reads a trace whose events are in {@code hour}. It gives no row if they are elsewhere by now,
   * or the trace is gone.
   */
  public static String statement(int hour) {
    return """
    SELECT 0, t.body FROM SCHEMA.traces t WHERE t.trace_id = ? AND t.start_hour = %1$s
    UNION ALL
    SELECT 1, e.body FROM SCHEMA.events e WHERE e.trace_id = ? AND e.start_hour = %1$s
    AND EXISTS (SELECT FROM SCHEMA.traces t WHERE t.trace_id = ? AND t.start_hour = %1$s)\
    """
        .formatted(Hours.anyOf(List.of(hour)));
  }

  private static List<TraceEvent> decode(List<byte[]> bodies) {
    List<TraceEvent> events = new ArrayList<>(bodies.size());
    bodies.forEach(body -> events.add(TraceBinary.decodeEvent(body)));
    return events;
  }

  private Rows read(UUID id) {
    return connections.call(connection -> {
      while (true) {
        Optional<Integer> home = home(connection, id);
        if (home.isEmpty()) {
          return Rows.NONE;
        }
        Rows rows = read(connection, id, home.get());
        if (rows.isThere) {
          return rows;
        }
      }
    });
  }

  private static Optional<Integer> home(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HOME)) {
      statement.setObject(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getInt(1)) : Optional.empty();
      }
    }
  }

  private static Rows read(Connection connection, UUID id, int hour) throws SQLException {
    boolean isThere = false;
    byte @Nullable [] header = null;
    List<byte[]> events = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(statement(hour))) {
      for (int i = 1; i <= 3; i++) {
        statement.setObject(i, id);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          if (rows.getInt(1) == 0) {
            isThere = true;
            header = rows.getBytes(2);
          } else {
            events.add(rows.getBytes(2));
          }
        }
      }
    }
    return new Rows(isThere, header, events);
  }

  /**
   * The result of a statement.
   *
   * @param isThere whether the trace was found under the start hour that was asked for
   * @param header null if only events have come
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rows(boolean isThere, byte @Nullable [] header, List<byte[]> events) {
    static final Rows NONE = new Rows(false, null, List.of());
  }
}
