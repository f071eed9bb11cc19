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
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of an event in the binary form: everything but its id, timestamp and actor. Flags say
 * what is there; what is absent takes no bytes, and neither does what is empty or zero as a rule.
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

  /** Metrics that were measured, and are zero. */
  private static final int ZERO_METRICS = 1 << 6;

  /** The message is not a plain one: see {@link #MESSAGE_DETAILS}. */
  private static final int MESSAGE_DETAILS = 1 << 7;

  private static final int ALL_DATA = (1 << 8) - 1;

  private static final int NO_CONTENT = 1;
  private static final int CODEC = 1 << 1;
  private static final int FORMAT_VERSION = 1 << 2;
  private static final int STORED_BYTES = 1 << 3;
  private static final int ALL_DETAILS = (1 << 4) - 1;

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
        (message == null ? 0L : message.contentLength())
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
    int measured = BinaryMetrics.measured(metrics);
    int zeros = BinaryMetrics.zeros(metrics);
    int details = message == null ? 0 : details(message);
    Map<String, JsonValue> attributes = data.customAttributes();
    out.u8(
        (port != null ? PORT : 0)
            | (message != null ? MESSAGE : 0)
            | (diff != null ? STATE_DIFF : 0)
            | (error != null ? ERROR : 0)
            | (measured != zeros ? METRICS : 0)
            | (zeros != 0 ? ZERO_METRICS : 0)
            | (details != 0 ? MESSAGE_DETAILS : 0)
            | (attributes.isEmpty() ? 0 : ATTRIBUTES));
    if (port != null) {
      out.name(port);
    }
    if (message != null) {
      writeMessage(out, message, details);
    }
    if (diff != null) {
      writeDiff(out, diff);
    }
    if (error != null) {
      out.text(error);
    }
    if (measured != zeros) {
      BinaryMetrics.write(out, measured & ~zeros, metrics);
    }
    if (zeros != 0) {
      out.u8(zeros);
    }
    if (!attributes.isEmpty()) {
      BinaryJson.writeObject(out, attributes);
    }
  }

  private static TraceEventData readData(BinaryInput in) {
    int flags = flags(in, ALL_DATA);
    String port = (flags & PORT) != 0 ? in.name() : null;
    MessageSnapshot message =
        (flags & MESSAGE) != 0 ? readMessage(in, (flags & MESSAGE_DETAILS) != 0) : null;
    StateDiff diff = (flags & STATE_DIFF) != 0 ? readDiff(in) : null;
    String error = (flags & ERROR) != 0 ? in.text() : null;
    PerformanceMetrics metrics =
        BinaryMetrics.read(in, (flags & METRICS) != 0, (flags & ZERO_METRICS) != 0);
    Map<String, JsonValue> attributes =
        (flags & ATTRIBUTES) != 0 ? BinaryJson.readObject(in) : Map.of();
    return new TraceEventData(port, message, diff, error, metrics, attributes);
  }

  private static int details(MessageSnapshot message) {
    return (message.serializedData() == null ? NO_CONTENT : 0)
        | (message.contentCodec().equals(MessageSnapshot.NO_CODEC) ? 0 : CODEC)
        | (message.contentFormatVersion() != 0 ? FORMAT_VERSION : 0)
        | (message.storedBytes().isPresent() ? STORED_BYTES : 0);
  }

  private static void writeMessage(BinaryOutput out, MessageSnapshot message, int details) {
    out.name(message.messageType());
    out.varint(message.sizeBytes());
    out.text(message.checksum());
    if (details != 0) {
      out.u8(details);
    }
    Bytes content = message.serializedData();
    if (content != null) {
      out.bytes(content);
    }
    if ((details & CODEC) != 0) {
      out.name(message.contentCodec());
    }
    if ((details & FORMAT_VERSION) != 0) {
      out.varint(message.contentFormatVersion());
    }
    if (message.storedBytes().isPresent()) {
      out.varint(message.storedBytes().getAsLong());
    }
  }

  private static MessageSnapshot readMessage(BinaryInput in, boolean hasDetails) {
    String type = in.name();
    long size = in.varint();
    String checksum = in.text();
    int details = hasDetails ? flags(in, ALL_DETAILS) : 0;
    Bytes content = (details & NO_CONTENT) != 0 ? null : in.bytes();
    String codec = (details & CODEC) != 0 ? in.name() : MessageSnapshot.NO_CODEC;
    long formatVersion = (details & FORMAT_VERSION) != 0 ? in.varint() : 0;
    OptionalLong storedBytes =
        (details & STORED_BYTES) != 0 ? OptionalLong.of(in.varint()) : OptionalLong.empty();
    return new MessageSnapshot(type, size, checksum, content, codec, formatVersion, storedBytes);
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

  static int flags(BinaryInput in, int known) {
    int flags = in.u8();
    if ((flags & ~known) != 0) {
      throw in.corrupt("unknown flags: " + flags);
    }
    return flags;
  }
}
