package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.copyFrom;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.Uuids;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.analytics.LatencyHistogram;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/**
 * Events of one trace as rows for COPY in its binary form, made in the caller's thread. The
 * transaction that writes them fills in the values that only it knows: the numbers of names, and
 * {@code start_hour}, the first column, since the trace may not be known yet.
 */
public final class EncodedEvents {
  static final EncodedEvents NONE =
      new EncodedEvents(
          new UUID[0], new byte[0], new int[] {0}, List.of(), new int[0], new long[0]);

  /** The columns of a row in their order. */
  static final List<Field<?>> COLUMNS =
      List.of(
          EVENTS.START_HOUR,
          EVENTS.TRACE_ID,
          EVENTS.EVENT_ID,
          EVENTS.TS_NS,
          EVENTS.ACTOR,
          EVENTS.EVENT_TYPE,
          EVENTS.HAS_ERROR,
          EVENTS.MESSAGE_SIZE,
          EVENTS.TO_ACTOR,
          EVENTS.PARENT_ID,
          EVENTS.EXECUTION_NS,
          EVENTS.LATENCY_CLASS,
          EVENTS.MEMORY_BYTES,
          EVENTS.CPU_PERCENT,
          EVENTS.QUEUE_DEPTH,
          EVENTS.THROUGHPUT,
          EVENTS.BODY);

  private static final Rendered COPY = Rendered.of(copyFrom(EVENTS, COLUMNS));

  /** Number of columns; lengths and values of the first seven; the lengths of the others. */
  private static final int FIXED_SIZE =
      2 + (4 + 4) + (4 + 16) + (4 + 16) + (4 + 8) + (4 + 4) + (4 + 4) + (4 + 1) + 10 * 4;

  private static final int NULL = -1;
  private static final int START_HOUR_AT = 2 + 4;
  private static final int ACTOR_AT = START_HOUR_AT + 4 + (4 + 16) + (4 + 16) + (4 + 8) + 4;
  private static final int EVENT_TYPE_AT = ACTOR_AT + 4 + 4;
  private static final int MESSAGE_SIZE_LENGTH_AT = EVENT_TYPE_AT + 4 + (4 + 1);

  /** For each event the places of its actor, its type and its receiver, or -1, in the names. */
  private static final int NAMES_OF_EVENT = 3;

  private final UUID[] ids;
  private final byte[] rows;
  private final int[] offsets;
  private final List<Name> names;
  private final int[] namesOf;
  private final long[] terms;
  private int[] facets = new int[0];

  private EncodedEvents(
      UUID[] ids, byte[] rows, int[] offsets, List<Name> names, int[] namesOf, long[] terms) {
    this.ids = ids;
    this.rows = rows;
    this.offsets = offsets;
    this.names = names;
    this.namesOf = namesOf;
    this.terms = terms;
  }

  /**
   * Encodes the events of one trace.
   *
   * @param events no two with one id
   * @param terms those by which traces are found
   */
  public static EncodedEvents of(UUID traceId, List<TraceEvent> events, DataTerms terms) {
    if (events.isEmpty()) {
      return NONE;
    }
    byte[][] bodies = new byte[events.size()][];
    int[] offsets = new int[events.size() + 1];
    for (int i = 0; i < bodies.length; i++) {
      TraceEvent event = events.get(i);
      bodies[i] = TraceBinary.encodeEvent(event);
      offsets[i + 1] = Math.addExact(offsets[i], rowSize(event, bodies[i]));
    }
    Map<Name, Integer> places = new LinkedHashMap<>();
    int[] namesOf = new int[NAMES_OF_EVENT * bodies.length];
    ByteBuffer rows = ByteBuffer.allocate(offsets[bodies.length]);
    UUID[] ids = new UUID[bodies.length];
    for (int i = 0; i < bodies.length; i++) {
      TraceEvent event = events.get(i);
      ids[i] = event.eventId().value();
      int at = NAMES_OF_EVENT * i;
      namesOf[at] = place(places, Name.Kind.ACTOR, event.actorId());
      namesOf[at + 1] = place(places, Name.Kind.EVENT_TYPE, event.eventType().typeName());
      namesOf[at + 2] =
          event.eventType() instanceof TraceEventType.DataFlow flow
              ? place(places, Name.Kind.ACTOR, flow.toActor())
              : NULL;
      putFixed(rows, traceId, event);
      putOptional(rows, event);
      rows.putInt(bodies[i].length).put(bodies[i]);
    }
    return new EncodedEvents(
        ids, rows.array(), offsets, List.copyOf(places.keySet()), namesOf, terms.of(events));
  }

  private static int place(Map<Name, Integer> places, Name.Kind kind, String text) {
    return places.computeIfAbsent(new Name(kind, text), name -> places.size());
  }

  /** The names in these events, each once. */
  List<Name> names() {
    return names;
  }

  /**
   * Fills in the numbers of all names.
   *
   * @param numbers as they are in the transaction that writes these events
   */
  void number(Map<Name, Integer> numbers) {
    if (names.isEmpty()) {
      return;
    }
    int[] own = new int[names.size()];
    for (int i = 0; i < own.length; i++) {
      Integer number = numbers.get(names.get(i));
      if (number == null) {
        throw new IllegalStateException("a name got no number");
      }
      own[i] = number;
    }
    ByteBuffer buffer = ByteBuffer.wrap(rows);
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < ids.length; i++) {
      int actor = own[namesOf[NAMES_OF_EVENT * i]];
      int type = own[namesOf[NAMES_OF_EVENT * i + 1]];
      int receiver = namesOf[NAMES_OF_EVENT * i + 2];
      buffer.putInt(offsets[i] + ACTOR_AT, actor);
      buffer.putInt(offsets[i] + EVENT_TYPE_AT, type);
      used.add(actor);
      used.add(type);
      if (receiver != NULL) {
        int length = buffer.getInt(offsets[i] + MESSAGE_SIZE_LENGTH_AT);
        int receiverAt = MESSAGE_SIZE_LENGTH_AT + 4 + Math.max(length, 0) + 4;
        buffer.putInt(offsets[i] + receiverAt, own[receiver]);
        used.add(-own[receiver]);
      }
    }
    facets = used.stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  private static int rowSize(TraceEvent event, byte[] body) {
    return FIXED_SIZE
        + (event.data().message() == null ? 0 : Long.BYTES)
        + (event.eventType() instanceof TraceEventType.DataFlow ? Integer.BYTES : 0)
        + (parentOf(event) == null ? 0 : 16)
        + sizeOf(event.data().performanceMetrics())
        + body.length;
  }

  private static int sizeOf(PerformanceMetrics metrics) {
    return (metrics.executionTimeNs().isPresent() ? Long.BYTES + Short.BYTES : 0)
        + (metrics.memoryUsageBytes().isPresent() ? Long.BYTES : 0)
        + (metrics.cpuUsagePercent().isPresent() ? Float.BYTES : 0)
        + (metrics.queueDepth().isPresent() ? Long.BYTES : 0)
        + (metrics.throughputMsgsPerSec().isPresent() ? Double.BYTES : 0);
  }

  /** The event that sent the message which {@code event} received: others need no parent here. */
  private static @Nullable EventId parentOf(TraceEvent event) {
    return event.eventType().equals(TraceEventType.MESSAGE_RECEIVED)
        ? event.causality().parentEventId()
        : null;
  }

  private static void putFixed(ByteBuffer rows, UUID traceId, TraceEvent event) {
    rows.putShort((short) COLUMNS.size());
    rows.putInt(Integer.BYTES).putInt(Hours.EARLY);
    putUuid(rows, traceId);
    putUuid(rows, event.eventId().value());
    rows.putInt(Long.BYTES).putLong(EpochNanos.of(event.timestamp()));
    rows.putInt(Integer.BYTES).putInt(0);
    rows.putInt(Integer.BYTES).putInt(0);
    rows.putInt(1).put((byte) (event.data().error() == null ? 0 : 1));
  }

  private static void putOptional(ByteBuffer rows, TraceEvent event) {
    MessageSnapshot message = event.data().message();
    if (message == null) {
      rows.putInt(NULL);
    } else {
      rows.putInt(Long.BYTES).putLong(message.sizeBytes());
    }
    if (event.eventType() instanceof TraceEventType.DataFlow) {
      rows.putInt(Integer.BYTES).putInt(0);
    } else {
      rows.putInt(NULL);
    }
    EventId parent = parentOf(event);
    if (parent == null) {
      rows.putInt(NULL);
    } else {
      putUuid(rows, parent.value());
    }
    putMetrics(rows, event.data().performanceMetrics());
  }

  private static void putMetrics(ByteBuffer rows, PerformanceMetrics metrics) {
    OptionalLong time = metrics.executionTimeNs();
    putLong(rows, time);
    if (time.isPresent()) {
      rows.putInt(Short.BYTES).putShort((short) LatencyHistogram.classOf(time.getAsLong()));
    } else {
      rows.putInt(NULL);
    }
    putLong(rows, metrics.memoryUsageBytes());
    metrics
        .cpuUsagePercent()
        .ifPresentOrElse(
            percent -> rows.putInt(Float.BYTES).putFloat(percent), () -> rows.putInt(NULL));
    putLong(rows, metrics.queueDepth());
    metrics
        .throughputMsgsPerSec()
        .ifPresentOrElse(
            rate -> rows.putInt(Double.BYTES).putDouble(rate), () -> rows.putInt(NULL));
  }

  private static void putLong(ByteBuffer rows, OptionalLong value) {
    value.ifPresentOrElse(
        number -> rows.putInt(Long.BYTES).putLong(number), () -> rows.putInt(NULL));
  }

  private static void putUuid(ByteBuffer rows, UUID id) {
    rows.putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  /** Begins to copy rows to the table. */
  static CopyRows begin(Session session, long expectedBytes) throws SQLException {
    return new CopyRows(session, COPY, expectedBytes);
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

  /** The numbers of all actors and event types, and those of all receivers below zero. */
  int[] facets() {
    return facets;
  }

  /** The terms of the data of all events. */
  long[] terms() {
    return terms;
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
  void writeAll(int startHour, EventRows target) throws SQLException {
    for (int i = 0; i < ids.length; i++) {
      setStartHour(i, startHour);
    }
    target.write(rows, 0, rows.length);
  }

  /** Writes one row. */
  void writeOne(int index, int startHour, EventRows target) throws SQLException {
    setStartHour(index, startHour);
    target.write(rows, offsets[index], offsets[index + 1] - offsets[index]);
  }

  private void setStartHour(int index, int startHour) {
    ByteBuffer.wrap(rows).putInt(offsets[index] + START_HOUR_AT, startHour);
  }
}
