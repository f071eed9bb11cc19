package io.tracestore.provider.postgresql;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads one trace, with one statement: header and events are of one moment. */
final class TraceReader {
  private static final String EVENTS =
      "SELECT 1, e.body FROM events e WHERE e.trace_id = ?"
          + " AND e.start_hour = (SELECT t.start_hour FROM traces t WHERE t.trace_id = ?)";

  static final String TRACE =
      "SELECT 0, t.body FROM traces t WHERE t.trace_id = ? AND t.body IS NOT NULL UNION ALL "
          + EVENTS;

  private final Connections connections;

  TraceReader(Connections connections) {
    this.connections = connections;
  }

  Optional<FlowTrace> trace(UUID id) {
    Rows rows = connections.call(connection -> read(connection, TRACE, 3, id));
    return rows.header.stream()
        .findFirst()
        .map(header -> TraceBinary.decodeHeader(header).withEvents(decode(rows.events)));
  }

  List<TraceEvent> events(UUID id) {
    Rows rows = connections.call(connection -> read(connection, EVENTS, 2, id));
    List<TraceEvent> events = decode(rows.events);
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }

  private static List<TraceEvent> decode(List<byte[]> bodies) {
    List<TraceEvent> events = new ArrayList<>(bodies.size());
    bodies.forEach(body -> events.add(TraceBinary.decodeEvent(body)));
    return events;
  }

  private static Rows read(Connection connection, String sql, int parameters, UUID id)
      throws SQLException {
    Rows read = new Rows(new ArrayList<>(1), new ArrayList<>());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 1; i <= parameters; i++) {
        statement.setObject(i, id);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          (rows.getInt(1) == 0 ? read.header : read.events).add(rows.getBytes(2));
        }
      }
    }
    return read;
  }

  private record Rows(List<byte[]> header, List<byte[]> events) {}
}
