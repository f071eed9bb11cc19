package io.tracestore.provider.mem.heap;

import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNull;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimated sizes of objects on the heap, in bytes: the sizes of a 64-bit JVM with compressed
 * references, rounded up to 8.
 *
 * <p>An object is counted for each trace that refers to it. Within a trace, objects that are known
 * to be shared are counted once: an actor's name, the ids of the events next to an event, and the
 * constants of the model.
 */
final class Footprint {
  /** The place of an event in an {@link EventTable}. */
  static final long HELD_EVENT = 80;

  /** The bytes that an {@link EventTable} takes for an indexed attribute of an event. */
  static final long HELD_ATTRIBUTE = 80;

  /** The bytes that an event takes in addition until it is merged into the list of events. */
  static final long EVENT_CHANGE = 32;

  /** {@link StoredTrace}, {@link Content}, and the places in the map and in the queue. */
  private static final long PLACE = 64 + 32 + 40 + 64;

  private static final long EVENT_KEYS = 32 + 2 * 16;

  private static final long ID = 16 + 32;
  private static final long INSTANT = 24;
  private static final long TRACE = 48;
  private static final long VERSION = 48;
  private static final long METADATA = 48;
  private static final long LIST = 24 + 16;
  private static final long REFERENCE = 4;
  private static final long EVENT = 40 + ID + INSTANT + REFERENCE;
  private static final long DATA = 40;
  private static final long METRICS = 32;
  private static final long MESSAGE = 48;
  private static final long STATE_DIFF = 24;
  private static final long CAUSALITY = 32;
  private static final long DATA_FLOW = 24;
  private static final long BOX = 16;
  private static final long OPTIONAL_LONG = 24;
  private static final long STRING = 24;
  private static final long ARRAY = 16;
  private static final long MAP = 32 + 2 * 16;
  private static final long MAP_ENTRY = 2 * 4;
  private static final long MAP_OF_ONE = 24;

  private Footprint() {}

  /** The bytes that a trace takes without its events and index entries. */
  static long trace(@Nullable FlowTrace header) {
    long bytes = PLACE + ID;
    return header == null ? bytes : bytes + header(header);
  }

  private static long header(FlowTrace trace) {
    long bytes = TRACE + text(trace.flowId()) + ID + INSTANT + version(trace.version());
    if (trace.endTime() != null) {
      bytes += INSTANT;
    }
    if (trace.status() instanceof ExecutionStatus.Failed failed) {
      bytes += BOX + text(failed.error());
    }
    return bytes + metadata(trace.metadata());
  }

  private static long version(FlowVersion version) {
    long time = isSame(version.timestamp(), Instant.EPOCH) ? 0 : INSTANT;
    return VERSION + time + textOrNull(version.gitHash());
  }

  private static long metadata(TraceMetadata metadata) {
    if (isSame(metadata, TraceMetadata.EMPTY)) {
      return 0;
    }
    long bytes =
        METADATA
            + textOrNull(metadata.userId())
            + textOrNull(metadata.sessionId())
            + text(metadata.environment())
            + text(metadata.hostname())
            + text(metadata.threadId());
    if (!metadata.tags().isEmpty()) {
      bytes += map(metadata.tags());
      for (Map.Entry<String, String> tag : metadata.tags().entrySet()) {
        bytes += text(tag.getKey()) + text(tag.getValue());
      }
    }
    return bytes;
  }

  /**
   * The bytes that an event takes.
   *
   * @param sharesActor whether its actor's name was counted with another event
   * @param near an id that was counted already
   * @param root an id that was counted already
   */
  static long event(TraceEvent event, boolean sharesActor, EventId near, EventId root) {
    long bytes = EVENT + type(event.eventType()) + data(event.data());
    if (!sharesActor) {
      bytes += text(event.actorId());
    }
    return bytes + causality(event, near, root);
  }

  /** The bytes that {@link EventKeys} and the list of their events take. */
  static long eventKeys(int actors, int types, int attributes) {
    return actors == 0
        ? 0
        : LIST + EVENT_KEYS + REFERENCE * (actors + types) + (REFERENCE + BOX + BOX) * attributes;
  }

  private static long type(TraceEventType type) {
    return switch (type) {
      case TraceEventType.Plain plain -> 0;
      case TraceEventType.DataFlow flow -> DATA_FLOW + text(flow.toActor()) + text(flow.toPort());
      case TraceEventType.Custom custom -> BOX + text(custom.name());
    };
  }

  private static long causality(TraceEvent event, EventId near, EventId root) {
    CausalityInfo causality = event.causality();
    long bytes = CAUSALITY + text(causality.spanId());
    EventId parent = causality.parentEventId();
    if (parent != null && !isSame(parent, near) && !isSame(parent, root)) {
      bytes += ID;
    }
    EventId cause = causality.rootCauseEventId();
    if (!isSame(cause, event.eventId()) && !isSame(cause, near) && !isSame(cause, root)) {
      bytes += ID;
    }
    int chain = causality.dependencyChain().size();
    return chain == 0 ? bytes : bytes + LIST + chain * (ID + REFERENCE);
  }

  private static long data(TraceEventData data) {
    if (isSame(data, TraceEventData.EMPTY)) {
      return 0;
    }
    long bytes = DATA + textOrNull(data.port()) + textOrNull(data.error());
    bytes += metrics(data.performanceMetrics());
    MessageSnapshot message = data.message();
    if (message != null) {
      bytes += message(message);
    }
    StateDiff diff = data.stateDiff();
    if (diff != null) {
      bytes += STATE_DIFF + BOX + array(diff.after().length());
      bytes += diff.before() == null ? 0 : BOX + array(diff.before().length());
    }
    return bytes + members(data.customAttributes());
  }

  private static long metrics(PerformanceMetrics metrics) {
    if (isSame(metrics, PerformanceMetrics.NONE)) {
      return 0;
    }
    return METRICS
        + (metrics.executionTimeNs().isPresent() ? OPTIONAL_LONG : 0)
        + (metrics.memoryUsageBytes().isPresent() ? OPTIONAL_LONG : 0)
        + (metrics.cpuUsagePercent().isPresent() ? 2 * BOX : 0)
        + (metrics.queueDepth().isPresent() ? OPTIONAL_LONG : 0)
        + (metrics.throughputMsgsPerSec().isPresent() ? OPTIONAL_LONG : 0);
  }

  private static long message(MessageSnapshot message) {
    long bytes = MESSAGE + text(message.messageType()) + text(message.checksum());
    if (message.serializedData() != null) {
      bytes += BOX + array(message.contentLength());
    }
    if (!isSame(message.contentCodec(), MessageSnapshot.NO_CODEC)) {
      bytes += text(message.contentCodec());
    }
    return bytes + (message.storedBytes().isPresent() ? OPTIONAL_LONG : 0);
  }

  private static long members(Map<String, JsonValue> members) {
    if (members.isEmpty()) {
      return 0;
    }
    long bytes = map(members);
    for (Map.Entry<String, JsonValue> member : members.entrySet()) {
      bytes += text(member.getKey()) + json(member.getValue());
    }
    return bytes;
  }

  /** The bytes that a map takes beside its keys and values. */
  private static long map(Map<?, ?> map) {
    return map.size() == 1 ? MAP_OF_ONE : MAP + MAP_ENTRY * map.size();
  }

  private static long json(JsonValue value) {
    return switch (value) {
      case JsonNull nothing -> 0;
      case JsonBoolean truth -> BOX;
      case JsonString text -> BOX + text(text.value());
      case JsonNumber number -> BOX + text(number.literal());
      case JsonObject object -> BOX + members(object.members());
      case JsonArray array -> {
        long bytes = BOX + LIST + array.elements().size() * REFERENCE;
        for (JsonValue element : array.elements()) {
          bytes += json(element);
        }
        yield bytes;
      }
    };
  }

  private static long textOrNull(@Nullable String text) {
    return text == null ? 0 : text(text);
  }

  private static long text(String text) {
    int length = text.length();
    if (length == 0) {
      return 0;
    }
    return STRING + array(isLatin1(text, length) ? length : 2L * length);
  }

  private static boolean isLatin1(String text, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) > 0xFF) {
        return false;
      }
    }
    return true;
  }

  private static long array(long length) {
    return ARRAY + ((length + 7) & ~7L);
  }

  /** Whether both are one object. */
  @SuppressWarnings("ReferenceEquality") // the question is what takes space twice
  static boolean isSame(@Nullable Object a, @Nullable Object b) {
    return a == b;
  }
}
