package io.tracestore.provider.clickhouse.write;

import static io.tracestore.provider.clickhouse.jooq.Records.ERROR;
import static io.tracestore.provider.clickhouse.jooq.Records.IDS;
import static io.tracestore.provider.clickhouse.jooq.Records.MSG_DATA;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.STATE_AFTER;
import static io.tracestore.provider.clickhouse.jooq.Records.STATE_BEFORE;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.bytes;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.firstOfEach;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idAt;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.notEmpty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.pairsOf;
import static org.jooq.impl.DSL.and;
import static org.jooq.impl.DSL.maxBy;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;

import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.schema.EventRow;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.sql.IdSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;

/**
 * Duplicate detection: finds which of the events to be written are stored already, and which of
 * those are equal. Equal ones are not written, so that a repeated call changes nothing.
 */
final class Repetitions {
  /** Nothing is stored. */
  static final Repetitions NONE = new Repetitions();

  /** How long the payload of an event is. */
  private static final Field<Long> SIZE =
      bytes(MSG_DATA).plus(bytes(STATE_BEFORE)).plus(bytes(STATE_AFTER)).plus(bytes(ERROR));

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
  static Repetitions find(Server server, List<TracePlan> plans) {
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
        select(TRACE_ID, idAt(IDS, 1), maxBy(SIZE, REV))
            .from(RECORDS)
            .where(among(days, events.keySet()))
            .groupBy(TRACE_ID, idAt(IDS, 1)),
        in -> found.readSizes(in, events, alike));
    if (!alike.isEmpty()) {
      server.queryAsWriter(
          firstOfEach(
              select(TRACE_ID)
                  .select(EventRow.COLUMNS)
                  .from(RECORDS)
                  .where(among(days, alike))
                  .orderBy(TRACE_ID, idAt(IDS, 1), REV.desc()),
              TRACE_ID,
              idAt(IDS, 1)),
          in -> found.readEvents(in, events));
    }
    return found;
  }

  private static Condition among(Set<Integer> days, Iterable<Place> places) {
    Set<UUID> traces = new HashSet<>();
    List<UUID> pairs = new ArrayList<>();
    for (Place place : places) {
      traces.add(place.traceId);
      pairs.add(place.traceId);
      pairs.add(place.eventId);
    }
    return and(
        TRACE_ROWS,
        Sections.in(days),
        notEmpty(IDS),
        TRACE_ID.in(idsOf(IdSet.of(traces))),
        row(TRACE_ID, idAt(IDS, 1)).in(pairsOf(IdSet.of(pairs))));
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
