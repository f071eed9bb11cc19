package io.tracestore.provider.postgresql;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.Uuids;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Events of one trace as rows for {@code COPY events FROM STDIN BINARY}, made in the caller's
 * thread. Only {@code start_hour}, the first column, is filled in later: the trace may not be known
 * yet.
 */
final class EncodedEvents {
  static final EncodedEvents NONE =
      new EncodedEvents(new UUID[0], new byte[0], new int[] {0}, new int[0]);

  private static final short COLUMNS = 8;

  /** Number of columns; seven lengths and fixed values; the length of the body. */
  private static final int ROW_SIZE =
      2 + (4 + 4) + (4 + 16) + (4 + 16) + (4 + 8) + (4 + 8) + (4 + 4) + (4 + 4) + 4;

  private static final int START_HOUR_AT = 2 + 4;

  private final UUID[] ids;
  private final byte[] rows;
  private final int[] offsets;
  private final int[] facets;

  private EncodedEvents(UUID[] ids, byte[] rows, int[] offsets, int[] facets) {
    this.ids = ids;
    this.rows = rows;
    this.offsets = offsets;
    this.facets = facets;
  }

  /**
   * @param events no two with one id
   */
  static EncodedEvents of(UUID traceId, List<TraceEvent> events, Names names) {
    if (events.isEmpty()) {
      return NONE;
    }
    Set<String> actors = new HashSet<>();
    Set<String> types = new HashSet<>();
    byte[][] bodies = new byte[events.size()][];
    int[] offsets = new int[events.size() + 1];
    for (int i = 0; i < bodies.length; i++) {
      TraceEvent event = events.get(i);
      actors.add(event.actorId());
      types.add(event.eventType().typeName());
      bodies[i] = TraceBinary.encodeEvent(event);
      offsets[i + 1] = Math.addExact(offsets[i], ROW_SIZE + bodies[i].length);
    }
    Map<String, Integer> actorNumbers = names.numbersOf(Names.Kind.ACTOR, actors);
    Map<String, Integer> typeNumbers = names.numbersOf(Names.Kind.EVENT_TYPE, types);
    ByteBuffer rows = ByteBuffer.allocate(offsets[bodies.length]);
    UUID[] ids = new UUID[bodies.length];
    for (int i = 0; i < bodies.length; i++) {
      TraceEvent event = events.get(i);
      ids[i] = event.eventId().value();
      int actor = number(actorNumbers, event.actorId());
      int type = number(typeNumbers, event.eventType().typeName());
      putRow(rows, traceId, event, actor, type, bodies[i]);
    }
    Set<Integer> facets = new HashSet<>(actorNumbers.values());
    facets.addAll(typeNumbers.values());
    return new EncodedEvents(
        ids, rows.array(), offsets, facets.stream().mapToInt(Integer::intValue).sorted().toArray());
  }

  private static int number(Map<String, Integer> numbers, String name) {
    Integer number = numbers.get(name);
    if (number == null) {
      throw new IllegalStateException("a name got no number");
    }
    return number;
  }

  private static void putRow(
      ByteBuffer rows, UUID traceId, TraceEvent event, int actor, int type, byte[] body) {
    rows.putShort(COLUMNS);
    rows.putInt(Integer.BYTES).putInt(StoredTrace.EARLY);
    putUuid(rows, traceId);
    putUuid(rows, event.eventId().value());
    rows.putInt(Long.BYTES).putLong(EpochNanos.of(event.timestamp()));
    rows.putInt(Long.BYTES).putLong(event.data().performanceMetrics().executionTimeNs());
    rows.putInt(Integer.BYTES).putInt(actor);
    rows.putInt(Integer.BYTES).putInt(type);
    rows.putInt(body.length).put(body);
  }

  private static void putUuid(ByteBuffer rows, UUID id) {
    rows.putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  int count() {
    return ids.length;
  }

  UUID id(int index) {
    return ids[index];
  }

  UUID[] ids() {
    return ids;
  }

  /** The numbers of all actors and event types, ascending. */
  int[] facets() {
    return facets;
  }

  /** How many bytes all rows take. */
  int size() {
    return rows.length;
  }

  UUID greatestId() {
    return Arrays.stream(ids).max(Uuids::compare).orElseThrow();
  }

  UUID leastId() {
    return Arrays.stream(ids).min(Uuids::compare).orElseThrow();
  }

  /** Writes all rows, which belong to a trace that starts in {@code startHour}. */
  void copyAll(int startHour, CopyRows target) throws java.sql.SQLException {
    for (int i = 0; i < ids.length; i++) {
      setStartHour(i, startHour);
    }
    target.write(rows, 0, rows.length);
  }

  /** Writes one row. */
  void copyOne(int index, int startHour, CopyRows target) throws java.sql.SQLException {
    setStartHour(index, startHour);
    target.write(rows, offsets[index], offsets[index + 1] - offsets[index]);
  }

  private void setStartHour(int index, int startHour) {
    ByteBuffer.wrap(rows).putInt(offsets[index] + START_HOUR_AT, startHour);
  }
}
