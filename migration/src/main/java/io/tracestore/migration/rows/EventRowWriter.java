package io.tracestore.migration.rows;

import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.model.Bytes;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType.DataFlow;
import io.tracestore.model.TraceMetadata;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A writer of one JSON line for each event, with the header's columns in it, for databases and data
 * frames. Every row has all columns; a trace without events has one row in which those of the event
 * are null. Payloads are base64.
 */
public final class EventRowWriter extends JsonTraceWriter {
  /** The first column, which tells such a file. */
  public static final String FIRST_COLUMN = "event_index";

  private boolean isEmpty = true;

  /**
   * @param out closed with this writer
   */
  public EventRowWriter(OutputStream out) {
    super(out);
  }

  @Override
  protected void writeTrace(FlowTrace trace, List<TraceEvent> events) {
    writeTrace(trace, events.iterator());
  }

  @Override
  protected void writeTrace(FlowTrace trace, Iterator<TraceEvent> events) {
    Map<String, @Nullable Object> header = header(trace);
    if (!events.hasNext()) {
      writeRow(null, header, null);
    }
    for (long index = 0; events.hasNext(); index++) {
      writeRow(index, header, events.next());
    }
  }

  @Override
  protected void writeEnd() {
    if (!isEmpty) {
      json.writeRaw('\n');
    }
  }

  private void writeRow(
      @Nullable Long index, Map<String, @Nullable Object> header, @Nullable TraceEvent event) {
    isEmpty = false;
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put(FIRST_COLUMN, index);
    row.putAll(header);
    putEvent(row, event);
    TraceEventData data = event == null ? null : event.data();
    putData(row, data);
    putMetrics(row, data == null ? null : data.performanceMetrics());
    row.put("attributes", data == null ? null : data.customAttributes());
    json.writeStartObject();
    row.forEach((name, value) -> {
      json.writeName(name);
      JsonTree.write(json, JsonValue.from(value));
    });
    json.writeEndObject();
  }

  private static Map<String, @Nullable Object> header(FlowTrace trace) {
    TraceMetadata metadata = trace.metadata();
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("trace_id", trace.traceId().toString());
    row.put("flow_id", trace.flowId());
    row.put("execution_id", trace.executionId().toString());
    row.put(
        "flow_version",
        "%d.%d.%d"
            .formatted(trace.version().major(), trace.version().minor(), trace.version().patch()));
    row.put("git_hash", trace.version().gitHash());
    putTime(row, "trace_start", trace.startTime());
    putTime(row, "trace_end", trace.endTime());
    row.put("status", trace.status().kind().wireName());
    row.put(
        "trace_error",
        trace.status() instanceof ExecutionStatus.Failed failed ? failed.error() : null);
    row.put("user_id", metadata.userId());
    row.put("session_id", metadata.sessionId());
    row.put("environment", metadata.environment());
    row.put("hostname", metadata.hostname());
    row.put("process_id", metadata.processId());
    row.put("thread_id", metadata.threadId());
    row.put("tags", metadata.tags());
    return row;
  }

  /** A time for people, and in nanoseconds since 1970 for those who compute with it. */
  private static void putTime(
      Map<String, @Nullable Object> row, String name, @Nullable Instant time) {
    row.put(name, time == null ? null : time.toString());
    row.put(name + "_ns", time == null ? null : EpochNanos.of(time));
  }

  private static void putEvent(Map<String, @Nullable Object> row, @Nullable TraceEvent event) {
    row.put("event_id", event == null ? null : event.eventId().toString());
    putTime(row, "event_time", event == null ? null : event.timestamp());
    row.put("event_type", event == null ? null : event.eventType().typeName());
    row.put("actor_id", event == null ? null : event.actorId());
    DataFlow flow = event != null && event.eventType() instanceof DataFlow to ? to : null;
    row.put("to_actor", flow == null ? null : flow.toActor());
    row.put("to_port", flow == null ? null : flow.toPort());
    EventId parent = event == null ? null : event.causality().parentEventId();
    row.put("parent_event_id", parent == null ? null : parent.toString());
    row.put(
        "root_cause_event_id",
        event == null ? null : event.causality().rootCauseEventId().toString());
    row.put(
        "dependency_chain",
        event == null
            ? null
            : event.causality().dependencyChain().stream().map(EventId::toString).toList());
    row.put("span_id", event == null ? null : event.causality().spanId());
  }

  private static void putData(Map<String, @Nullable Object> row, @Nullable TraceEventData data) {
    MessageSnapshot message = data == null ? null : data.message();
    StateDiff state = data == null ? null : data.stateDiff();
    row.put("port", data == null ? null : data.port());
    row.put("error", data == null ? null : data.error());
    row.put("message_type", message == null ? null : message.messageType());
    row.put("message_size_bytes", message == null ? null : message.sizeBytes());
    row.put("message_checksum", message == null ? null : message.checksum());
    row.put("message_base64", base64(message == null ? null : message.serializedData()));
    row.put("state_diff_type", state == null ? null : state.diffType().wireName());
    row.put("state_before_base64", base64(state == null ? null : state.before()));
    row.put("state_after_base64", base64(state == null ? null : state.after()));
  }

  private static @Nullable String base64(@Nullable Bytes bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes.toArray());
  }

  private static void putMetrics(
      Map<String, @Nullable Object> row, @Nullable PerformanceMetrics metrics) {
    PerformanceMetrics measured = metrics == null ? PerformanceMetrics.NONE : metrics;
    row.put("execution_time_ns", orNull(measured.executionTimeNs()));
    row.put("memory_usage_bytes", orNull(measured.memoryUsageBytes()));
    row.put("cpu_usage_percent", measured.cpuUsagePercent().orElse(null));
    row.put("queue_depth", orNull(measured.queueDepth()));
    OptionalDouble throughput = measured.throughputMsgsPerSec();
    row.put("throughput_msgs_per_sec", throughput.isPresent() ? throughput.getAsDouble() : null);
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
