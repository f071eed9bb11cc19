package io.tracestore.codec;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.StateDiff.DiffType;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.internal.TraceWeight;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds traces and events from Reflow's JSON; each method starts at the value's first token. */
final class JsonToModel {
  private static final List<String> TRACE =
      List.of(
          "trace_id",
          "flow_id",
          "execution_id",
          "version",
          "start_time",
          "end_time",
          "status",
          "events",
          "metadata");
  private static final List<String> VERSION =
      List.of("major", "minor", "patch", "git_hash", "timestamp");
  private static final List<String> EVENT =
      List.of("event_id", "timestamp", "event_type", "actor_id", "data", "causality");
  private static final List<String> DATA =
      List.of("port", "message", "state_diff", "error", "performance_metrics", "custom_attributes");
  private static final List<String> MESSAGE =
      List.of(
          "message_type",
          "size_bytes",
          "checksum",
          "serialized_data",
          "content_codec",
          "content_format_version",
          "stored_bytes");
  private static final List<String> STATE_DIFF = List.of("before", "after", "diff_type");
  private static final List<String> METRICS =
      List.of(
          "execution_time_ns",
          "memory_usage_bytes",
          "cpu_usage_percent",
          "queue_depth",
          "throughput_msgs_per_sec");
  private static final List<String> CAUSALITY =
      List.of("parent_event_id", "root_cause_event_id", "dependency_chain", "span_id");
  private static final List<String> METADATA =
      List.of(
          "user_id", "session_id", "environment", "hostname", "process_id", "thread_id", "tags");
  private static final List<String> FAILED = List.of("error");
  private static final List<String> DATA_FLOW = List.of("to_actor", "to_port");

  /** The events of one trace that are held, without {@link #overflow}. */
  private static final long MAX_BYTES = 4 << 20;

  private final JsonTokens json;
  private final @Nullable Consumer<TraceEvent> overflow;

  JsonToModel(JsonTokens json) {
    this(json, null);
  }

  /**
   * @param overflow gets the events of a trace that are too many to hold; null to hold all
   */
  JsonToModel(JsonTokens json, @Nullable Consumer<TraceEvent> overflow) {
    this.json = json;
    this.overflow = overflow;
  }

  FlowTrace trace() {
    TraceId traceId = null;
    String flowId = null;
    ExecutionId executionId = null;
    FlowVersion version = null;
    Instant startTime = null;
    Instant endTime = null;
    ExecutionStatus status = null;
    List<TraceEvent> events = null;
    TraceMetadata metadata = null;
    JsonTokens.Fields fields = json.object(TRACE);
    while (fields.next()) {
      switch (fields.name()) {
        case "trace_id" -> traceId = json.parsed(TraceId::of);
        case "flow_id" -> flowId = json.text();
        case "execution_id" -> executionId = json.parsed(ExecutionId::of);
        case "version" -> version = version();
        case "start_time" -> startTime = json.instant();
        case "end_time" -> endTime = json.orNull(json::instant);
        case "status" -> status = status();
        case "events" -> events = events();
        case "metadata" -> metadata = metadata();
        default -> throw unlisted(fields);
      }
    }
    TraceId id = fields.required("trace_id", traceId);
    String flow = fields.required("flow_id", flowId);
    ExecutionId execution = fields.required("execution_id", executionId);
    FlowVersion ofFlow = fields.required("version", version);
    Instant start = fields.required("start_time", startTime);
    Instant end = endTime;
    ExecutionStatus state = fields.required("status", status);
    List<TraceEvent> happened = fields.required("events", events);
    TraceMetadata about = fields.required("metadata", metadata);
    return json.valid(
        () -> new FlowTrace(id, flow, execution, ofFlow, start, end, state, happened, about));
  }

  private List<TraceEvent> events() {
    if (overflow == null) {
      return json.list(this::event);
    }
    List<TraceEvent> held = new ArrayList<>();
    long[] bytes = {0};
    json.elements(() -> {
      TraceEvent event = event();
      bytes[0] += TraceWeight.of(event);
      if (bytes[0] <= MAX_BYTES) {
        held.add(event);
      } else {
        overflow.accept(event);
      }
    });
    return held;
  }

  FlowVersion version() {
    Long major = null;
    Long minor = null;
    Long patch = null;
    String gitHash = null;
    Instant timestamp = null;
    JsonTokens.Fields fields = json.object(VERSION);
    while (fields.next()) {
      switch (fields.name()) {
        case "major" -> major = json.u32();
        case "minor" -> minor = json.u32();
        case "patch" -> patch = json.u32();
        case "git_hash" -> gitHash = json.orNull(json::text);
        case "timestamp" -> timestamp = json.instant();
        default -> throw unlisted(fields);
      }
    }
    return new FlowVersion(
        fields.required("major", major),
        fields.required("minor", minor),
        fields.required("patch", patch),
        gitHash,
        fields.required("timestamp", timestamp));
  }

  ExecutionStatus status() {
    return json.tagged("a status", JsonToModel::plainStatus, this::failed);
  }

  private static @Nullable ExecutionStatus plainStatus(String name) {
    for (ExecutionStatus.Kind kind : ExecutionStatus.Kind.values()) {
      if (kind != ExecutionStatus.Kind.FAILED && kind.wireName().equals(name)) {
        return ExecutionStatus.of(kind, "");
      }
    }
    return null;
  }

  private ExecutionStatus failed(String name) {
    if (!name.equals(ExecutionStatus.Kind.FAILED.wireName())) {
      throw json.wrong("unknown status \"" + Messages.oneLine(name, 60) + '"');
    }
    String error = null;
    JsonTokens.Fields fields = json.object(FAILED);
    while (fields.next()) {
      error = json.text();
    }
    return ExecutionStatus.failed(fields.required("error", error));
  }

  TraceEvent event() {
    EventId eventId = null;
    Instant timestamp = null;
    TraceEventType eventType = null;
    String actorId = null;
    TraceEventData data = null;
    CausalityInfo causality = null;
    JsonTokens.Fields fields = json.object(EVENT);
    while (fields.next()) {
      switch (fields.name()) {
        case "event_id" -> eventId = json.parsed(EventId::of);
        case "timestamp" -> timestamp = json.instant();
        case "event_type" -> eventType = eventType();
        case "actor_id" -> actorId = json.text();
        case "data" -> data = data();
        case "causality" -> causality = causality();
        default -> throw unlisted(fields);
      }
    }
    return new TraceEvent(
        fields.required("event_id", eventId),
        fields.required("timestamp", timestamp),
        fields.required("event_type", eventType),
        fields.required("actor_id", actorId),
        fields.required("data", data),
        fields.required("causality", causality));
  }

  TraceEventType eventType() {
    return json.tagged("an event type", JsonToModel::plainType, this::detailedType);
  }

  private static @Nullable TraceEventType plainType(String name) {
    for (TraceEventType.Plain type : TraceEventType.Plain.values()) {
      if (type.typeName().equals(name)) {
        return type;
      }
    }
    return null;
  }

  private TraceEventType detailedType(String name) {
    return switch (name) {
      case "DataFlow" -> dataFlow();
      case "Custom" -> TraceEventType.custom(json.text());
      default -> throw json.wrong("unknown event type \"" + Messages.oneLine(name, 60) + '"');
    };
  }

  private TraceEventType dataFlow() {
    String toActor = null;
    String toPort = null;
    JsonTokens.Fields fields = json.object(DATA_FLOW);
    while (fields.next()) {
      switch (fields.name()) {
        case "to_actor" -> toActor = json.text();
        case "to_port" -> toPort = json.text();
        default -> throw unlisted(fields);
      }
    }
    return TraceEventType.dataFlow(
        fields.required("to_actor", toActor), fields.required("to_port", toPort));
  }

  private TraceEventData data() {
    String port = null;
    MessageSnapshot message = null;
    StateDiff stateDiff = null;
    String error = null;
    PerformanceMetrics metrics = null;
    Map<String, JsonValue> attributes = null;
    JsonTokens.Fields fields = json.object(DATA);
    while (fields.next()) {
      switch (fields.name()) {
        case "port" -> port = json.orNull(json::text);
        case "message" -> message = json.orNull(this::message);
        case "state_diff" -> stateDiff = json.orNull(this::stateDiff);
        case "error" -> error = json.orNull(json::text);
        case "performance_metrics" -> metrics = metrics();
        case "custom_attributes" -> attributes = json.map(json::value);
        default -> throw unlisted(fields);
      }
    }
    return new TraceEventData(
        port,
        message,
        stateDiff,
        error,
        fields.required("performance_metrics", metrics),
        fields.required("custom_attributes", attributes));
  }

  private MessageSnapshot message() {
    String messageType = null;
    Long sizeBytes = null;
    String checksum = null;
    Bytes serializedData = null;
    String codec = null;
    Long formatVersion = null;
    Long storedBytes = null;
    JsonTokens.Fields fields = json.object(MESSAGE);
    while (fields.next()) {
      switch (fields.name()) {
        case "message_type" -> messageType = json.text();
        case "size_bytes" -> sizeBytes = json.u63();
        case "checksum" -> checksum = json.text();
        case "serialized_data" -> serializedData = json.orNull(json::bytes);
        case "content_codec" -> codec = json.orNull(json::text);
        case "content_format_version" -> formatVersion = json.orNull(json::u32);
        case "stored_bytes" -> storedBytes = json.orNull(json::u63);
        default -> throw unlisted(fields);
      }
    }
    return new MessageSnapshot(
        fields.required("message_type", messageType),
        fields.required("size_bytes", sizeBytes),
        fields.required("checksum", checksum),
        serializedData,
        codec == null ? MessageSnapshot.NO_CODEC : codec,
        formatVersion == null ? 0 : formatVersion,
        storedBytes == null ? OptionalLong.empty() : OptionalLong.of(storedBytes));
  }

  private StateDiff stateDiff() {
    Bytes before = null;
    Bytes after = null;
    DiffType diffType = null;
    JsonTokens.Fields fields = json.object(STATE_DIFF);
    while (fields.next()) {
      switch (fields.name()) {
        case "before" -> before = json.orNull(json::bytes);
        case "after" -> after = json.bytes();
        case "diff_type" ->
            diffType = json.tagged("a diff type", JsonToModel::diffType, this::noDetailedDiffType);
        default -> throw unlisted(fields);
      }
    }
    return new StateDiff(
        before, fields.required("after", after), fields.required("diff_type", diffType));
  }

  private static @Nullable DiffType diffType(String name) {
    for (DiffType type : DiffType.values()) {
      if (type.wireName().equals(name)) {
        return type;
      }
    }
    return null;
  }

  private DiffType noDetailedDiffType(String name) {
    throw json.wrong("unknown diff type \"" + Messages.oneLine(name, 60) + '"');
  }

  private PerformanceMetrics metrics() {
    PerformanceMetrics.Builder metrics = PerformanceMetrics.builder();
    JsonTokens.Fields fields = json.object(METRICS);
    while (fields.next()) {
      if (json.isNull()) {
        continue; // not measured, as if the field were absent
      }
      switch (fields.name()) {
        case "execution_time_ns" -> metrics.executionTimeNs(json.u63());
        case "memory_usage_bytes" -> metrics.memoryUsageBytes(json.u63());
        case "cpu_usage_percent" -> metrics.cpuUsagePercent(json.f32());
        case "queue_depth" -> metrics.queueDepth(json.u63());
        case "throughput_msgs_per_sec" -> metrics.throughputMsgsPerSec(json.f64());
        default -> throw unlisted(fields);
      }
    }
    return metrics.build();
  }

  private CausalityInfo causality() {
    EventId parent = null;
    EventId rootCause = null;
    List<EventId> chain = null;
    String spanId = null;
    JsonTokens.Fields fields = json.object(CAUSALITY);
    while (fields.next()) {
      switch (fields.name()) {
        case "parent_event_id" -> parent = json.orNull(() -> json.parsed(EventId::of));
        case "root_cause_event_id" -> rootCause = json.parsed(EventId::of);
        case "dependency_chain" -> chain = json.list(() -> json.parsed(EventId::of));
        case "span_id" -> spanId = json.text();
        default -> throw unlisted(fields);
      }
    }
    return new CausalityInfo(
        parent,
        fields.required("root_cause_event_id", rootCause),
        fields.required("dependency_chain", chain),
        fields.required("span_id", spanId));
  }

  private TraceMetadata metadata() {
    String userId = null;
    String sessionId = null;
    String environment = null;
    String hostname = null;
    Long processId = null;
    String threadId = null;
    Map<String, String> tags = null;
    JsonTokens.Fields fields = json.object(METADATA);
    while (fields.next()) {
      switch (fields.name()) {
        case "user_id" -> userId = json.orNull(json::text);
        case "session_id" -> sessionId = json.orNull(json::text);
        case "environment" -> environment = json.text();
        case "hostname" -> hostname = json.text();
        case "process_id" -> processId = json.u32();
        case "thread_id" -> threadId = json.text();
        case "tags" -> tags = json.map(json::text);
        default -> throw unlisted(fields);
      }
    }
    return new TraceMetadata(
        userId,
        sessionId,
        fields.required("environment", environment),
        fields.required("hostname", hostname),
        fields.required("process_id", processId),
        fields.required("thread_id", threadId),
        fields.required("tags", tags));
  }

  static IllegalStateException unlisted(JsonTokens.Fields fields) {
    return new IllegalStateException("a field is listed but not read: " + fields.name());
  }
}
