package io.tracestore.provider.clickhouse.schema;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.jooq.Records;
import io.tracestore.spi.CorruptDataException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** Reads the columns of one event; written by a {@code RecordBlock}. */
public final class EventRow {
  /** The columns that a query must select, in this order. */
  public static final List<Field<?>> COLUMNS =
      List.of(
          Records.IDS,
          Records.TS,
          Records.EVENT_TYPE,
          Records.ACTOR_ID,
          Records.TO_ACTOR,
          Records.TO_PORT,
          Records.PORT,
          Records.FLAGS,
          Records.SPAN,
          Records.SPAN_TEXT,
          Records.MSG_TYPE,
          Records.MSG_SIZE,
          Records.MSG_CHECKSUM,
          Records.MSG_DATA,
          Records.MSG_CODEC,
          Records.MSG_FORMAT,
          Records.MSG_STORED,
          Records.STATE_BEFORE,
          Records.STATE_AFTER,
          Records.ERROR,
          Records.EXEC_NS,
          Records.MEMORY_BYTES,
          Records.CPU_PERCENT,
          Records.QUEUE_DEPTH,
          Records.THROUGHPUT,
          Records.ATTRIBUTES);

  private static final String CUSTOM = "Custom(";

  /** Names repeat from event to event: each is kept once. */
  private final Map<String, String> names = new HashMap<>();

  /**
   * The event of the next row, or null if the row is that of a header.
   *
   * @throws CorruptDataException if the values make no event
   */
  public @Nullable TraceEvent read(UUID traceId, RowInput in) throws IOException {
    try {
      return read(in);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(
          "an event of trace %s: %s".formatted(traceId, e.getMessage()), e);
    }
  }

  private @Nullable TraceEvent read(RowInput in) throws IOException {
    List<EventId> ids = readIds(in);
    Instant timestamp = EpochNanos.toInstant(in.i64());
    String typeName = name(in);
    String actorId = name(in);
    TraceEventType type = type(typeName, name(in), name(in));
    String port = name(in);
    int flags = in.i32();
    UUID span = in.id();
    String spanText = in.text();
    MessageSnapshot message = readMessage(in, flags);
    StateDiff state = readState(in, flags);
    String error = in.text();
    PerformanceMetrics metrics = readMetrics(in, flags);
    Map<String, JsonValue> attributes = readAttributes(in);
    if (ids.isEmpty()) {
      return null;
    }
    TraceEventData data =
        new TraceEventData(
            EventFlags.has(flags, EventFlags.PORT) ? port : null,
            message,
            state,
            EventFlags.has(flags, EventFlags.ERROR) ? error : null,
            metrics,
            attributes);
    String spanId = SpanId.toText(EventFlags.spanForm(flags), span, spanText);
    return new TraceEvent(
        ids.getFirst(), timestamp, type, actorId, data, causality(ids, flags, spanId));
  }

  private String name(RowInput in) throws IOException {
    String name = in.text();
    return names.computeIfAbsent(name, same -> same);
  }

  private static List<EventId> readIds(RowInput in) throws IOException {
    int count = in.length();
    List<EventId> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(new EventId(in.id()));
    }
    return ids;
  }

  private static TraceEventType type(String typeName, String toActor, String toPort) {
    if (typeName.equals(TraceEventType.DataFlow.TYPE_NAME)) {
      return TraceEventType.dataFlow(toActor, toPort);
    }
    if (typeName.startsWith(CUSTOM)) {
      return TraceEventType.custom(typeName.substring(CUSTOM.length(), typeName.length() - 1));
    }
    // Rows of headers have no type.
    return typeName.isEmpty() ? TraceEventType.NETWORK_EVENT : TraceEventType.plain(typeName);
  }

  private @Nullable MessageSnapshot readMessage(RowInput in, int flags) throws IOException {
    String type = name(in);
    long size = in.i64();
    String checksum = in.text();
    byte[] data = in.bytes();
    String codec = name(in);
    long format = Integer.toUnsignedLong(in.i32());
    long stored = in.i64();
    if (!EventFlags.has(flags, EventFlags.MESSAGE)) {
      return null;
    }
    Bytes content = EventFlags.has(flags, EventFlags.NO_CONTENT) ? null : Bytes.of(data);
    OptionalLong storedBytes =
        EventFlags.has(flags, EventFlags.STORED_BYTES)
            ? OptionalLong.of(stored)
            : OptionalLong.empty();
    return new MessageSnapshot(type, size, checksum, content, codec, format, storedBytes);
  }

  private static @Nullable StateDiff readState(RowInput in, int flags) throws IOException {
    byte[] before = in.bytes();
    byte[] after = in.bytes();
    if (!EventFlags.has(flags, EventFlags.STATE)) {
      return null;
    }
    return new StateDiff(
        EventFlags.has(flags, EventFlags.STATE_BEFORE) ? Bytes.of(before) : null,
        Bytes.of(after),
        EventFlags.diffType(flags));
  }

  private static PerformanceMetrics readMetrics(RowInput in, int flags) throws IOException {
    long execution = in.i64();
    long memory = in.i64();
    float cpu = Float.intBitsToFloat(in.i32());
    long queueDepth = in.i64();
    double throughput = Double.longBitsToDouble(in.i64());
    PerformanceMetrics.Builder metrics = PerformanceMetrics.builder();
    if (EventFlags.has(flags, EventFlags.EXECUTION_TIME)) {
      metrics.executionTimeNs(execution);
    }
    if (EventFlags.has(flags, EventFlags.MEMORY_USAGE)) {
      metrics.memoryUsageBytes(memory);
    }
    if (EventFlags.has(flags, EventFlags.CPU_USAGE)) {
      metrics.cpuUsagePercent(cpu);
    }
    if (EventFlags.has(flags, EventFlags.QUEUE_DEPTH)) {
      metrics.queueDepth(queueDepth);
    }
    if (EventFlags.has(flags, EventFlags.THROUGHPUT)) {
      metrics.throughputMsgsPerSec(throughput);
    }
    return metrics.build();
  }

  private Map<String, JsonValue> readAttributes(RowInput in) throws IOException {
    int count = in.length();
    if (count == 0) {
      return Map.of();
    }
    Map<String, JsonValue> attributes = HashMap.newHashMap(count);
    for (int i = 0; i < count; i++) {
      String key = name(in);
      attributes.put(key, JsonText.read(in.text()));
    }
    return attributes;
  }

  private static CausalityInfo causality(List<EventId> ids, int flags, String spanId) {
    EventId self = ids.getFirst();
    int next = 1;
    EventId parent = EventFlags.has(flags, EventFlags.PARENT) ? ids.get(next++) : null;
    EventId root =
        switch (EventFlags.rootForm(flags)) {
          case EventFlags.ROOT_IS_SELF -> self;
          case EventFlags.ROOT_IS_PARENT -> parent == null ? self : parent;
          case EventFlags.ROOT_IS_OTHER -> ids.get(next++);
          default -> throw new IllegalArgumentException("no form of a root: " + flags);
        };
    return new CausalityInfo(parent, root, List.copyOf(ids.subList(next, ids.size())), spanId);
  }
}
