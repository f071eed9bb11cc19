package io.tracestore.migration.spans;

import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType.DataFlow;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The content of an event as attributes, for formats that have no fields for it. */
public final class EventAttributes {
  /** Begins the names of attributes that are fields of an event. */
  public static final String OWN = "tracestore.";

  private EventAttributes() {}

  /** The content of an event as attributes; of a payload, only the size. */
  public static Map<String, JsonValue> of(TraceEvent event) {
    Map<String, JsonValue> attributes = new TreeMap<>();
    TraceEventData data = event.data();
    put(attributes, "port", data.port());
    put(attributes, "error", data.error());
    if (event.eventType() instanceof DataFlow flow) {
      put(attributes, "to_actor", flow.toActor());
      put(attributes, "to_port", flow.toPort());
    }
    MessageSnapshot message = data.message();
    if (message != null) {
      put(attributes, "message.type", message.messageType());
      put(attributes, "message.size_bytes", message.sizeBytes());
      put(attributes, "message.checksum", message.checksum());
    }
    if (data.stateDiff() != null) {
      put(attributes, "state.size_bytes", (long) data.stateDiff().after().length());
    }
    putMetrics(attributes, data.performanceMetrics());
    attributes.putAll(data.customAttributes());
    return attributes;
  }

  private static void putMetrics(Map<String, JsonValue> attributes, PerformanceMetrics metrics) {
    metrics.executionTimeNs().ifPresent(time -> put(attributes, "execution_time_ns", time));
    metrics.memoryUsageBytes().ifPresent(bytes -> put(attributes, "memory_usage_bytes", bytes));
    metrics.cpuUsagePercent().ifPresent(percent -> put(attributes, "cpu_usage_percent", percent));
    metrics.queueDepth().ifPresent(depth -> put(attributes, "queue_depth", depth));
    metrics
        .throughputMsgsPerSec()
        .ifPresent(rate -> put(attributes, "throughput_msgs_per_sec", rate));
  }

  private static void put(Map<String, JsonValue> attributes, String name, @Nullable Object value) {
    if (value != null) {
      attributes.put(OWN + name, JsonValue.from(value));
    }
  }
}
