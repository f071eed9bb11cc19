package io.tracestore.provider.postgresql;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.Uuids;
import io.tracestore.spi.LatencyHistogram;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events of one trace as rows for {@code COPY events FROM STDIN BINARY}, made in the caller's
 * thread. Only {@code start_hour}, the first column, is filled in later: the trace may not be known
 * yet.
 */
final class EncodedEvents {
  static final EncodedEvents NONE =
      new EncodedEvents(new UUID[0], new byte[0], new int[] {0}, new int[0]);

  private static final String COPY =
      "COPY events (start_hour, trace_id, event_id, ts_ns, execution_ns, actor, event_type,"
          + " latency_class, has_error, message_size, to_actor, parent_id, body) FROM STDIN BINARY";
  private static final short COLUMNS = 13;

  /** Number of columns; lengths and values of the first nine; the lengths of the others. */
  private static final int FIXED_SIZE =
      2 + (4 + 4) + (4 + 16) + (4 + 16) + (4 + 8) + (4 + 8) + (4 + 4) + (4 + 4) + (4 + 2) + (4 + 1)
          + 4 * 4;

  private static final int NULL = -1;
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
    Set<String> receivers = new HashSet<>();
    Set<String> types = new HashSet<>();
    byte[][] bodies = new byte[events.size()][];
    int[] offsets = new int[events.size() + 1];
    for (int i = 0; i < bodies.length; i++) {
      TraceEvent event = events.get(i);
      actors.add(event.actorId());
      if (event.eventType() instanceof TraceEventType.DataFlow flow) {
        receivers.add(flow.toActor());
      }
      types.add(event.eventType().typeName());
      bodies[i] = TraceBinary.encodeEvent(event);
      offsets[i + 1] = Math.addExact(offsets[i], rowSize(event, bodies[i]));
    }
    Map<String, Integer> actorNumbers = names.numbersOf(Names.Kind.ACTOR, actors);
    Map<String, Integer> receiverNumbers =
        receivers.isEmpty() ? Map.of() : names.numbersOf(Names.Kind.ACTOR, receivers);
    Map<String, Integer> typeNumbers = names.numbersOf(Names.Kind.EVENT_TYPE, types);
    ByteBuffer rows = ByteBuffer.allocate(offsets[bodies.length]);
    UUID[] ids = new UUID[bodies.length];
    for (int i = 0; i < bodies.length; i++) {
      TraceEvent event = events.get(i);
      ids[i] = event.eventId().value();
      int actor = number(actorNumbers, event.actorId());
      int type = number(typeNumbers, event.eventType().typeName());
      putFixed(rows, traceId, event, actor, type);
      putOptional(rows, event, receiverNumbers);
      rows.putInt(bodies[i].length).put(bodies[i]);
    }
    Set<Integer> facets = new HashSet<>(actorNumbers.values());
    facets.addAll(typeNumbers.values());
    return new EncodedEvents(
        ids, rows.array(), offsets, facets.stream().mapToInt(Integer::intValue).sorted().toArray());
  }

  private static int rowSize(TraceEvent event, byte[] body) {
    return FIXED_SIZE
        + (event.data().message() == null ? 0 : Long.BYTES)
        + (event.eventType() instanceof TraceEventType.DataFlow ? Integer.BYTES : 0)
        + (parentOf(event) == null ? 0 : 16)
        + body.length;
  }

  /** The event that sent the message which {@code event} received: others need no parent here. */
  private static @Nullable EventId parentOf(TraceEvent event) {
    return event.eventType().equals(TraceEventType.MESSAGE_RECEIVED)
        ? event.causality().parentEventId()
        : null;
  }

  private static int number(Map<String, Integer> numbers, String name) {
    Integer number = numbers.get(name);
    if (number == null) {
      throw new IllegalStateException("a name got no number");
    }
    return number;
  }

  private static void putFixed(
      ByteBuffer rows, UUID traceId, TraceEvent event, int actor, int type) {
    long executionNs = event.data().performanceMetrics().executionTimeNs();
    rows.putShort(COLUMNS);
    rows.putInt(Integer.BYTES).putInt(StoredTrace.EARLY);
    putUuid(rows, traceId);
    putUuid(rows, event.eventId().value());
    rows.putInt(Long.BYTES).putLong(EpochNanos.of(event.timestamp()));
    rows.putInt(Long.BYTES).putLong(executionNs);
    rows.putInt(Integer.BYTES).putInt(actor);
    rows.putInt(Integer.BYTES).putInt(type);
    rows.putInt(Short.BYTES).putShort((short) LatencyHistogram.classOf(executionNs));
    rows.putInt(1).put((byte) (event.data().error() == null ? 0 : 1));
  }

  private static void putOptional(
      ByteBuffer rows, TraceEvent event, Map<String, Integer> receivers) {
    MessageSnapshot message = event.data().message();
    if (message == null) {
      rows.putInt(NULL);
    } else {
      rows.putInt(Long.BYTES).putLong(message.sizeBytes());
    }
    if (event.eventType() instanceof TraceEventType.DataFlow flow) {
      rows.putInt(Integer.BYTES).putInt(number(receivers, flow.toActor()));
    } else {
      rows.putInt(NULL);
    }
    EventId parent = parentOf(event);
    if (parent == null) {
      rows.putInt(NULL);
    } else {
      putUuid(rows, parent.value());
    }
  }

  private static void putUuid(ByteBuffer rows, UUID id) {
    rows.putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  /** Begins to copy rows to the table. */
  static CopyRows begin(Connection connection, long expectedBytes) throws SQLException {
    return new CopyRows(connection, COPY, expectedBytes);
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
  void copyAll(int startHour, CopyRows target) throws SQLException {
    for (int i = 0; i < ids.length; i++) {
      setStartHour(i, startHour);
    }
    target.write(rows, 0, rows.length);
  }

  /** Writes one row. */
  void copyOne(int index, int startHour, CopyRows target) throws SQLException {
    setStartHour(index, startHour);
    target.write(rows, offsets[index], offsets[index + 1] - offsets[index]);
  }

  private void setStartHour(int index, int startHour) {
    ByteBuffer.wrap(rows).putInt(offsets[index] + START_HOUR_AT, startHour);
  }
}
