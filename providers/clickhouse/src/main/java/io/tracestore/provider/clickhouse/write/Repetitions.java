package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.schema.EventRow;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.sql.Sql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Duplicate detection: finds which of the events to be written are stored already, and which of
 * those are equal. Equal ones are not written, so that a repeated call changes nothing.
 */
final class Repetitions {
  /** Nothing is stored. */
  static final Repetitions NONE = new Repetitions();

  private record Place(UUID traceId, UUID eventId) {
    static Place of(UUID traceId, EventId id) {
      return new Place(traceId, id.value());
    }
  }

  private final Set<Place> stored = new HashSet<>();
  private final Set<Place> unchanged = new HashSet<>();

  private Repetitions() {}

  /**
   * Asks the server. Events are read whole only if their payload is as long as that of the event to
   * be written, which bounds the memory here.
   */
  static Repetitions find(Server server, Schema schema, List<TracePlan> plans) {
    Map<Place, TraceEvent> events = new HashMap<>();
    Set<Integer> days = new HashSet<>();
    for (TracePlan plan : plans) {
      if (plan.mayRepeatEvents()) {
        days.addAll(plan.storedDays());
        plan.events()
            .forEach(event -> events.put(Place.of(plan.traceId(), event.eventId()), event));
      }
    }
    if (events.isEmpty()) {
      return NONE;
    }
    Repetitions found = new Repetitions();
    List<Place> alike = new ArrayList<>();
    server.queryAsWriter(
        """
        SELECT trace_id, ids[1] AS id, argMax(length(msg_data) + length(state_before) \
        + length(state_after) + length(error), rev) %s GROUP BY trace_id, id\
        """
            .formatted(where(schema, days, events.keySet())),
        in -> found.readSizes(in, events, alike));
    if (!alike.isEmpty()) {
      server.queryAsWriter(
          "SELECT trace_id, %s %s ORDER BY trace_id, ids[1], rev DESC LIMIT 1 BY trace_id, ids[1]"
              .formatted(EventRow.COLUMNS, where(schema, days, alike)),
          in -> found.readEvents(in, events));
    }
    return found;
  }

  private static String where(Schema schema, Set<Integer> days, Iterable<Place> places) {
    Set<UUID> traces = new HashSet<>();
    List<UUID> pairs = new ArrayList<>();
    for (Place place : places) {
      traces.add(place.traceId);
      pairs.add(place.traceId);
      pairs.add(place.eventId);
    }
    return "FROM %s WHERE %s AND %s AND notEmpty(ids) AND trace_id IN %s AND (trace_id, ids[1]) IN %s"
        .formatted(
            schema.records(),
            Sections.TRACE_ROWS,
            Sections.in(days),
            Sql.ids(traces),
            Sql.pairs(pairs));
  }

  private Repetitions readSizes(RowInput in, Map<Place, TraceEvent> events, List<Place> alike)
      throws IOException {
    while (in.hasNext()) {
      Place place = new Place(in.id(), in.id());
      stored.add(place);
      TraceEvent event = events.get(place);
      if (in.i64() == (event == null ? -1 : size(event))) {
        alike.add(place);
      }
    }
    return this;
  }

  private static long size(TraceEvent event) {
    TraceEventData data = event.data();
    MessageSnapshot message = data.message();
    StateDiff diff = data.stateDiff();
    long size = message == null ? 0 : message.contentLength();
    if (diff != null) {
      size += diff.after().length() + (diff.before() == null ? 0 : diff.before().length());
    }
    String error = data.error();
    return size + (error == null ? 0 : error.getBytes(StandardCharsets.UTF_8).length);
  }

  private Repetitions readEvents(RowInput in, Map<Place, TraceEvent> events) throws IOException {
    EventRow row = new EventRow();
    while (in.hasNext()) {
      UUID traceId = in.id();
      TraceEvent event = row.read(traceId, in);
      if (event != null) {
        Place place = Place.of(traceId, event.eventId());
        if (event.equals(events.get(place))) {
          unchanged.add(place);
        }
      }
    }
    return this;
  }

  /** Whether some version of the event is stored. */
  boolean isStored(UUID traceId, EventId id) {
    return stored.contains(Place.of(traceId, id));
  }

  /** Whether the newest version that is stored equals the one to be written. */
  boolean isUnchanged(UUID traceId, EventId id) {
    return unchanged.contains(Place.of(traceId, id));
  }
}
