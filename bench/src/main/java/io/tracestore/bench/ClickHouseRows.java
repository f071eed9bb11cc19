package io.tracestore.bench;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.Bytes;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.model.Uuids;
import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.provider.support.index.DataTerms;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the {@code clickhouse:} store writes for some traces, ready in ClickHouse's format
 * RowBinary: the least work there is.
 */
final class ClickHouseRows {
  /** The values of columns that a row does not use, in the order of a row. */
  private static final Map<String, byte[]> UNUSED = unused();

  private static final long DAY_NANOS = Duration.ofDays(1).toNanos();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final byte[] revision = i64(System.currentTimeMillis() * 1_000_000);

  private ClickHouseRows() {}

  private static Map<String, byte[]> unused() {
    Map<String, byte[]> columns = new LinkedHashMap<>();
    // One byte says how long a text, an array or a map is, or whether there is a value.
    put(columns, new byte[] {0}, "name ids flow_id header environment tags event_type actor_id");
    put(columns, new byte[] {0}, "to_actor to_port port span_text msg_type msg_checksum msg_data");
    put(columns, new byte[] {0}, "msg_codec");
    put(columns, new byte[] {0}, "state_before state_after error attributes section status");
    put(columns, new byte[] {1}, "duration_ns user_id session_id");
    put(columns, new byte[4], "day cpu_percent flags msg_format");
    put(columns, new byte[8], "age rev started ts msg_size exec_ns memory_bytes queue_depth");
    put(columns, new byte[8], "throughput msg_stored bytes");
    put(columns, new byte[16], "trace_id execution_id span");
    return columns;
  }

  private static void put(Map<String, byte[]> columns, byte[] value, String names) {
    for (String name : names.split(" ", -1)) {
      columns.put(name, value);
    }
  }

  /** The columns of {@link #of}'s rows. */
  static List<String> columns() {
    return List.copyOf(UNUSED.keySet());
  }

  /** The rows of {@code traces}. */
  static byte[] of(List<FlowTrace> traces) {
    ClickHouseRows rows = new ClickHouseRows();
    traces.forEach(rows::add);
    return rows.bytes.toByteArray();
  }

  private void add(FlowTrace trace) {
    Map<String, byte[]> place = new LinkedHashMap<>(UNUSED);
    long start = EpochNanos.of(trace.startTime());
    place.put("trace_id", Uuids.toBytes(trace.traceId().value()));
    place.put("day", i32((int) Math.floorDiv(start, DAY_NANOS)));
    place.put("started", i64(start));
    place.put("flow_id", text(trace.flowId()));
    place.put("rev", revision);
    addHeader(trace, place, start);
    addNames(place, start, Section.ACTOR, trace.events().stream().map(TraceEvent::actorId));
    addNames(
        place,
        start,
        Section.TYPE,
        trace.events().stream().map(event -> event.eventType().typeName()));
    addNames(
        place,
        start,
        Section.TERM,
        LongStream.of(DataTerms.NONE.of(trace.events())).mapToObj(HexFormat.of()::toHexDigits));
    trace.events().forEach(event -> addRow(place, Section.TRACE, columnsOf(event)));
  }

  private void addNames(
      Map<String, byte[]> place, long start, Section section, Stream<String> names) {
    names
        .distinct()
        .forEach(name -> addRow(place, section, Map.of("name", text(name), "age", i64(~start))));
  }

  private void addRow(Map<String, byte[]> place, Section section, Map<String, byte[]> columns) {
    Map<String, byte[]> row = new LinkedHashMap<>(place);
    row.put("section", new byte[] {(byte) section.number()});
    row.putAll(columns);
    if (row.size() != UNUSED.size()) {
      throw new IllegalArgumentException("unknown columns in " + row.keySet());
    }
    row.values().forEach(bytes::writeBytes);
  }

  private void addHeader(FlowTrace trace, Map<String, byte[]> place, long start) {
    byte[] header = blob(TraceBinary.encodeHeader(trace));
    addRow(place, Section.TRACE, Map.of("header", header));
    Map<String, byte[]> row = new LinkedHashMap<>();
    row.put("header", header);
    row.put("age", i64(~start));
    row.put("execution_id", Uuids.toBytes(trace.executionId().value()));
    row.put("status", new byte[] {2});
    Instant end = trace.endTime();
    if (end != null) {
      byte[] took = i64(EpochNanos.of(end) - start);
      row.put("duration_ns", present(took));
      addRow(place, Section.DURATION, Map.of("age", took));
    }
    if (trace.status() instanceof ExecutionStatus.Failed failed) {
      row.put("error", text(failed.error()));
    }
    TraceMetadata metadata = trace.metadata();
    putText(row, "environment", metadata.environment());
    if (metadata.userId() != null) {
      row.put("user_id", present(text(metadata.userId())));
    }
    if (metadata.sessionId() != null) {
      row.put("session_id", present(text(metadata.sessionId())));
    }
    row.put("tags", pairs(metadata.tags()));
    addRow(place, Section.TIME, row);
    row.put("name", text(trace.flowId()));
    addRow(place, Section.FLOW, row);
  }

  private static Map<String, byte[]> columnsOf(TraceEvent event) {
    Map<String, byte[]> row = new LinkedHashMap<>();
    row.put("ids", ids(event));
    row.put("ts", i64(EpochNanos.of(event.timestamp())));
    row.put("event_type", text(event.eventType().typeName()));
    row.put("actor_id", text(event.actorId()));
    if (event.eventType() instanceof TraceEventType.DataFlow flow) {
      row.put("to_actor", text(flow.toActor()));
      row.put("to_port", text(flow.toPort()));
    }
    row.put("flags", i32(257));
    String span = event.causality().spanId();
    row.put("span", Uuids.toBytes(new UUID(span.hashCode(), (long) span.hashCode() << 32)));
    putData(row, event.data());
    return row;
  }

  private static byte[] ids(TraceEvent event) {
    List<EventId> ids = new ArrayList<>(List.of(event.eventId()));
    EventId parent = event.causality().parentEventId();
    if (parent != null) {
      ids.add(parent);
    }
    EventId root = event.causality().rootCauseEventId();
    if (!ids.contains(root)) {
      ids.add(root);
    }
    ids.addAll(event.causality().dependencyChain());
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    putLength(array, ids.size());
    ids.forEach(id -> array.writeBytes(Uuids.toBytes(id.value())));
    return array.toByteArray();
  }

  private static void putData(Map<String, byte[]> row, TraceEventData data) {
    putText(row, "port", data.port());
    putText(row, "error", data.error());
    MessageSnapshot message = data.message();
    if (message != null) {
      row.put("msg_type", text(message.messageType()));
      row.put("msg_size", i64(message.sizeBytes()));
      row.put("msg_checksum", text(message.checksum()));
      Bytes content = message.serializedData();
      row.put("msg_data", blob(content == null ? new byte[0] : content.toArray()));
      row.put("msg_codec", text(message.contentCodec()));
    }
    StateDiff diff = data.stateDiff();
    if (diff != null) {
      Bytes before = diff.before();
      if (before != null) {
        row.put("state_before", blob(before.toArray()));
      }
      row.put("state_after", blob(diff.after().toArray()));
    }
    PerformanceMetrics metrics = data.performanceMetrics();
    row.put("exec_ns", i64(metrics.executionTimeNs().orElse(0)));
    row.put("memory_bytes", i64(metrics.memoryUsageBytes().orElse(0)));
    row.put("cpu_percent", i32(Float.floatToRawIntBits(metrics.cpuUsagePercent().orElse(0f))));
    row.put("queue_depth", i64(metrics.queueDepth().orElse(0)));
    row.put(
        "throughput", i64(Double.doubleToRawLongBits(metrics.throughputMsgsPerSec().orElse(0))));
    Map<String, String> attributes = new LinkedHashMap<>();
    data.customAttributes().forEach((key, value) -> attributes.put(key, value.toString()));
    row.put("attributes", pairs(attributes));
  }

  private static void putText(Map<String, byte[]> row, String column, @Nullable String value) {
    if (value != null) {
      row.put(column, text(value));
    }
  }

  private static byte[] pairs(Map<String, String> map) {
    ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    putLength(pairs, map.size());
    map.forEach((key, value) -> {
      pairs.writeBytes(text(key));
      pairs.writeBytes(text(value));
    });
    return pairs.toByteArray();
  }

  private static byte[] present(byte[] value) {
    return ByteBuffer.allocate(value.length + 1).put((byte) 0).put(value).array();
  }

  private static byte[] text(String value) {
    return blob(value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] blob(byte[] value) {
    ByteArrayOutputStream blob = new ByteArrayOutputStream(value.length + 5);
    putLength(blob, value.length);
    blob.writeBytes(value);
    return blob.toByteArray();
  }

  /** Seven bits in a byte, the lowest first. */
  private static void putLength(ByteArrayOutputStream out, int length) {
    int rest = length;
    while (rest > 0x7F) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static byte[] i32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] i64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
