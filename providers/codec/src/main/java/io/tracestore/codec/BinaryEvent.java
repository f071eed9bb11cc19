package io.tracestore.codec;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.StateDiff.DiffType;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceEventType.Plain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of an event in the binary form: everything but its id, timestamp and actor. Flags say
 * what is there; what is absent, empty or zero takes no bytes.
 */
final class BinaryEvent {
  private static final int DATA_FLOW = 10;
  private static final int CUSTOM = 11;

  private static final int PORT = 1;
  private static final int MESSAGE = 1 << 1;
  private static final int STATE_DIFF = 1 << 2;
  private static final int ERROR = 1 << 3;
  private static final int METRICS = 1 << 4;
  private static final int ATTRIBUTES = 1 << 5;
  private static final int ALL_DATA = (1 << 6) - 1;

  private static final int EXECUTION_TIME = 1;
  private static final int MEMORY_USAGE = 1 << 1;
  private static final int CPU_USAGE = 1 << 2;
  private static final int QUEUE_DEPTH = 1 << 3;
  private static final int THROUGHPUT = 1 << 4;
  private static final int ALL_METRICS = (1 << 5) - 1;

  private static final int DIFF_TYPE = 3;
  private static final int BEFORE = 1 << 2;
  private static final int ALL_DIFF = DIFF_TYPE | BEFORE;

  private static final int ROOT = 3;
  private static final int ROOT_IS_SELF = 0;
  private static final int ROOT_IS_PARENT = 1;
  private static final int ROOT_IS_OTHER = 2;
  private static final int PARENT = 1 << 2;
  private static final int CHAIN = 1 << 3;
  private static final int SPAN_SHIFT = 4;

  private BinaryEvent() {}

  /** How many bytes an event takes at most times: a good first size of a buffer. */
  static int expectedSize(TraceEvent event) {
    TraceEventData data = event.data();
    MessageSnapshot message = data.message();
    StateDiff diff = data.stateDiff();
    Bytes before = diff == null ? null : diff.before();
    long payload =
        (message == null ? 0L : message.serializedData().length())
            + (diff == null ? 0L : diff.after().length())
            + (before == null ? 0L : before.length());
    return (int) Math.min(192 + 24L * data.customAttributes().size() + payload, 1 << 24);
  }

  static void write(BinaryOutput out, TraceEvent event, EventIds ids) {
    writeType(out, event.eventType());
    writeData(out, event.data());
    writeCausality(out, event.causality(), event.eventId(), ids);
  }

  static TraceEvent read(
      BinaryInput in, EventId id, Instant timestamp, String actorId, EventIds ids) {
    TraceEventType type = readType(in);
    TraceEventData data = readData(in);
    CausalityInfo causality = readCausality(in, id, ids);
    return new TraceEvent(id, timestamp, type, actorId, data, causality);
  }

  // ---- type ----

  private static void writeType(BinaryOutput out, TraceEventType type) {
    switch (type) {
      case Plain plain -> out.u8(code(plain));
      case TraceEventType.DataFlow flow -> {
        out.u8(DATA_FLOW);
        out.name(flow.toActor());
        out.name(flow.toPort());
      }
      case TraceEventType.Custom custom -> {
        out.u8(CUSTOM);
        out.name(custom.name());
      }
    }
  }

  private static TraceEventType readType(BinaryInput in) {
    int code = in.u8();
    return switch (code) {
      case 0 -> Plain.ACTOR_CREATED;
      case 1 -> Plain.ACTOR_STARTED;
      case 2 -> Plain.ACTOR_COMPLETED;
      case 3 -> Plain.ACTOR_FAILED;
      case 4 -> Plain.MESSAGE_SENT;
      case 5 -> Plain.MESSAGE_RECEIVED;
      case 6 -> Plain.STATE_CHANGED;
      case 7 -> Plain.PORT_CONNECTED;
      case 8 -> Plain.PORT_DISCONNECTED;
      case 9 -> Plain.NETWORK_EVENT;
      case DATA_FLOW -> {
        String toActor = in.name();
        yield TraceEventType.dataFlow(toActor, in.name());
      }
      case CUSTOM -> TraceEventType.custom(in.name());
      default -> throw in.corrupt("no event type: " + code);
    };
  }

  private static int code(Plain type) {
    return switch (type) {
      case ACTOR_CREATED -> 0;
      case ACTOR_STARTED -> 1;
      case ACTOR_COMPLETED -> 2;
      case ACTOR_FAILED -> 3;
      case MESSAGE_SENT -> 4;
      case MESSAGE_RECEIVED -> 5;
      case STATE_CHANGED -> 6;
      case PORT_CONNECTED -> 7;
      case PORT_DISCONNECTED -> 8;
      case NETWORK_EVENT -> 9;
    };
  }

  // ---- data ----

  private static void writeData(BinaryOutput out, TraceEventData data) {
    String port = data.port();
    MessageSnapshot message = data.message();
    StateDiff diff = data.stateDiff();
    String error = data.error();
    PerformanceMetrics metrics = data.performanceMetrics();
    int measured = measured(metrics);
    Map<String, JsonValue> attributes = data.customAttributes();
    out.u8(
        (port != null ? PORT : 0)
            | (message != null ? MESSAGE : 0)
            | (diff != null ? STATE_DIFF : 0)
            | (error != null ? ERROR : 0)
            | (measured != 0 ? METRICS : 0)
            | (attributes.isEmpty() ? 0 : ATTRIBUTES));
    if (port != null) {
      out.name(port);
    }
    if (message != null) {
      writeMessage(out, message);
    }
    if (diff != null) {
      writeDiff(out, diff);
    }
    if (error != null) {
      out.text(error);
    }
    if (measured != 0) {
      writeMetrics(out, measured, metrics);
    }
    if (!attributes.isEmpty()) {
      BinaryJson.writeObject(out, attributes);
    }
  }

  private static TraceEventData readData(BinaryInput in) {
    int flags = flags(in, ALL_DATA);
    String port = (flags & PORT) != 0 ? in.name() : null;
    MessageSnapshot message = (flags & MESSAGE) != 0 ? readMessage(in) : null;
    StateDiff diff = (flags & STATE_DIFF) != 0 ? readDiff(in) : null;
    String error = (flags & ERROR) != 0 ? in.text() : null;
    PerformanceMetrics metrics = (flags & METRICS) != 0 ? readMetrics(in) : PerformanceMetrics.ZERO;
    Map<String, JsonValue> attributes =
        (flags & ATTRIBUTES) != 0 ? BinaryJson.readObject(in) : Map.of();
    return new TraceEventData(port, message, diff, error, metrics, attributes);
  }

  private static void writeMessage(BinaryOutput out, MessageSnapshot message) {
    out.name(message.messageType());
    out.varint(message.sizeBytes());
    out.text(message.checksum());
    out.bytes(message.serializedData());
  }

  private static MessageSnapshot readMessage(BinaryInput in) {
    String type = in.name();
    long size = in.varint();
    String checksum = in.text();
    return new MessageSnapshot(type, size, checksum, in.bytes());
  }

  private static void writeDiff(BinaryOutput out, StateDiff diff) {
    Bytes before = diff.before();
    int type =
        switch (diff.diffType()) {
          case FULL -> 0;
          case INCREMENTAL -> 1;
          case MEMORY_ONLY -> 2;
        };
    out.u8(type | (before != null ? BEFORE : 0));
    if (before != null) {
      out.bytes(before);
    }
    out.bytes(diff.after());
  }

  private static StateDiff readDiff(BinaryInput in) {
    int flags = flags(in, ALL_DIFF);
    DiffType type =
        switch (flags & DIFF_TYPE) {
          case 0 -> DiffType.FULL;
          case 1 -> DiffType.INCREMENTAL;
          case 2 -> DiffType.MEMORY_ONLY;
          default -> throw in.corrupt("no diff type: 3");
        };
    Bytes before = (flags & BEFORE) != 0 ? in.bytes() : null;
    return new StateDiff(before, in.bytes(), type);
  }

  /** Which metrics are not zero, to the bit: {@code -0.0} is not. */
  private static int measured(PerformanceMetrics metrics) {
    return (metrics.executionTimeNs() != 0 ? EXECUTION_TIME : 0)
        | (metrics.memoryUsageBytes() != 0 ? MEMORY_USAGE : 0)
        | (Float.floatToRawIntBits(metrics.cpuUsagePercent()) != 0 ? CPU_USAGE : 0)
        | (metrics.queueDepth() != 0 ? QUEUE_DEPTH : 0)
        | (Double.doubleToRawLongBits(metrics.throughputMsgsPerSec()) != 0 ? THROUGHPUT : 0);
  }

  private static void writeMetrics(BinaryOutput out, int measured, PerformanceMetrics metrics) {
    out.u8(measured);
    if ((measured & EXECUTION_TIME) != 0) {
      out.varint(metrics.executionTimeNs());
    }
    if ((measured & MEMORY_USAGE) != 0) {
      out.varint(metrics.memoryUsageBytes());
    }
    if ((measured & CPU_USAGE) != 0) {
      out.i32(Float.floatToRawIntBits(metrics.cpuUsagePercent()));
    }
    if ((measured & QUEUE_DEPTH) != 0) {
      out.varint(metrics.queueDepth());
    }
    if ((measured & THROUGHPUT) != 0) {
      out.i64(Double.doubleToRawLongBits(metrics.throughputMsgsPerSec()));
    }
  }

  private static PerformanceMetrics readMetrics(BinaryInput in) {
    int measured = flags(in, ALL_METRICS);
    long executionTime = (measured & EXECUTION_TIME) != 0 ? in.varint() : 0;
    long memoryUsage = (measured & MEMORY_USAGE) != 0 ? in.varint() : 0;
    int cpuUsage = (measured & CPU_USAGE) != 0 ? in.i32() : 0;
    long queueDepth = (measured & QUEUE_DEPTH) != 0 ? in.varint() : 0;
    long throughput = (measured & THROUGHPUT) != 0 ? in.i64() : 0;
    return new PerformanceMetrics(
        executionTime,
        memoryUsage,
        Float.intBitsToFloat(cpuUsage),
        queueDepth,
        Double.longBitsToDouble(throughput));
  }

  // ---- causality ----

  private static void writeCausality(
      BinaryOutput out, CausalityInfo causality, EventId self, EventIds ids) {
    EventId parent = causality.parentEventId();
    int root = rootForm(causality.rootCauseEventId(), self, parent);
    List<EventId> chain = causality.dependencyChain();
    int span = SpanIds.formOf(causality.spanId());
    out.u8(
        root | (parent != null ? PARENT : 0) | (chain.isEmpty() ? 0 : CHAIN) | span << SPAN_SHIFT);
    if (parent != null) {
      ids.write(out, parent);
    }
    if (root == ROOT_IS_OTHER) {
      ids.write(out, causality.rootCauseEventId());
    }
    if (!chain.isEmpty()) {
      out.varint(chain.size());
      for (EventId id : chain) {
        ids.write(out, id);
      }
    }
    SpanIds.write(out, span, causality.spanId());
  }

  private static int rootForm(EventId root, EventId self, @Nullable EventId parent) {
    if (root.equals(self)) {
      return ROOT_IS_SELF;
    }
    return root.equals(parent) ? ROOT_IS_PARENT : ROOT_IS_OTHER;
  }

  private static CausalityInfo readCausality(BinaryInput in, EventId self, EventIds ids) {
    int flags = in.u8();
    EventId parent = (flags & PARENT) != 0 ? ids.read(in) : null;
    EventId root =
        switch (flags & ROOT) {
          case ROOT_IS_SELF -> self;
          case ROOT_IS_PARENT -> parent;
          case ROOT_IS_OTHER -> ids.read(in);
          default -> null;
        };
    if (root == null) {
      throw in.corrupt("no root cause: flags " + flags);
    }
    List<EventId> chain = (flags & CHAIN) != 0 ? readChain(in, ids) : List.of();
    return new CausalityInfo(parent, root, chain, SpanIds.read(in, flags >> SPAN_SHIFT));
  }

  private static List<EventId> readChain(BinaryInput in, EventIds ids) {
    int count = in.count(1);
    List<EventId> chain = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chain.add(ids.read(in));
    }
    return chain;
  }

  private static int flags(BinaryInput in, int known) {
    int flags = in.u8();
    if ((flags & ~known) != 0) {
      throw in.corrupt("unknown flags: " + flags);
    }
    return flags;
  }
}
