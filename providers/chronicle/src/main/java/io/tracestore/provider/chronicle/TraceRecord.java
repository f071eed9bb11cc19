package io.tracestore.provider.chronicle;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.support.index.Distinct;
import io.tracestore.provider.support.index.Field;
import io.tracestore.spi.CorruptDataException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Encoded form of one write to a trace: a header, events, or both, and the distinct actors and
 * types of the events, so that a filter does not decode them. Immutable.
 */
final class TraceRecord {
  private static final UUID NIL = new UUID(0, 0);
  private static final int VERSION = 1;
  private static final int HEADER = 1;
  private static final int TOMBSTONE = 1 << 1;

  private static final int FLAGS_AT = 1;
  private static final int LEVEL_AT = 2;
  private static final int FROM_AT = 3;
  private static final int BYTES_AT = 7;
  private static final int START_AT = 11;
  private static final int LEAST_AT = 19;
  private static final int GREATEST_AT = 35;
  private static final int HEADER_SIZE_AT = 51;
  private static final int EVENTS_SIZE_AT = 55;
  private static final int BODY_AT = 59;

  private final byte[] bytes;
  private final ByteBuffer in;

  /** Reads what {@link Writing#toBytes} made, or its first part. */
  TraceRecord(byte[] bytes) {
    this.bytes = bytes;
    this.in = ByteBuffer.wrap(bytes);
    if (bytes.length < BODY_AT || bytes[0] != VERSION) {
      throw new CorruptDataException("damaged data: not a record of a trace", null);
    }
  }

  /**
   * A record before it is written. All that can be encoded is encoded, so that the thread that has
   * the lock has little left to do.
   */
  static final class Writing {
    private final byte[] header;
    private final byte[] events;
    private final String[] actors;
    private final String[] types;
    private final long start;
    private final @Nullable EventId least;
    private final @Nullable EventId greatest;

    /**
     * Encodes.
     *
     * @param header a trace whose header is stored; null to store none
     * @param events in order, no two with one id
     */
    Writing(@Nullable FlowTrace header, List<TraceEvent> events) {
      this.header = header == null ? new byte[0] : TraceBinary.encodeHeader(header);
      this.events = events.isEmpty() ? new byte[0] : TraceBinary.encodeEvents(events);
      this.start = header == null ? 0 : EpochNanos.of(header.startTime());
      Distinct distinctActors = new Distinct();
      Distinct distinctTypes = new Distinct();
      EventId low = null;
      EventId high = null;
      for (TraceEvent event : events) {
        distinctActors.add(event.actorId());
        distinctTypes.add(event.eventType().typeName());
        EventId id = event.eventId();
        low = low == null || id.compareTo(low) < 0 ? id : low;
        high = high == null || id.compareTo(high) > 0 ? id : high;
      }
      this.actors = distinctActors.toArray();
      this.types = distinctTypes.toArray();
      this.least = low;
      this.greatest = high;
    }

    /**
     * The reference to it, with the range of its event ids; the number and the size are not known
     * yet.
     */
    StoredTrace.Ref ref() {
      UUID low = least == null ? NIL : least.value();
      UUID high = greatest == null ? NIL : greatest.value();
      return new StoredTrace.Ref(
          -1,
          0,
          (byte) 0,
          header.length > 0,
          events.length > 0,
          low.getMostSignificantBits(),
          low.getLeastSignificantBits(),
          high.getMostSignificantBits(),
          high.getLeastSignificantBits());
    }

    /** Takes each actor and type of the events. */
    void eventKeys(BiConsumer<Field, String> to) {
      for (String actor : actors) {
        to.accept(Field.ACTOR, actor);
      }
      for (String type : types) {
        to.accept(Field.EVENT_TYPE, type);
      }
    }

    /**
     * The record as bytes.
     *
     * @param from the number of the first record that it stands for, beside itself
     * @param level how often it was put together with others
     */
    byte[] toBytes(int from, int level) {
      Output out = new Output(BODY_AT + header.length + events.length + 256);
      out.u8(VERSION).u8(header.length > 0 ? HEADER : 0).u8(level).i32(from).i32(0).i64(start);
      id(out, least);
      id(out, greatest);
      out.i32(header.length).i32(events.length).raw(header).raw(events);
      texts(out, actors);
      texts(out, types);
      byte[] bytes = out.toBytes();
      ByteBuffer.wrap(bytes).putInt(BYTES_AT, bytes.length);
      return bytes;
    }

    private static void id(Output out, @Nullable EventId id) {
      UUID uuid = id == null ? NIL : id.value();
      out.i64(uuid.getMostSignificantBits()).i64(uuid.getLeastSignificantBits());
    }

    private static void texts(Output out, String[] texts) {
      out.i32(texts.length);
      for (String text : texts) {
        out.text(text);
      }
    }
  }

  /** A record that says that those from number {@code from} on are deleted. */
  static byte[] tombstone(int from) {
    byte[] bytes = new Writing(null, List.of()).toBytes(from, 0);
    bytes[FLAGS_AT] = TOMBSTONE;
    return bytes;
  }

  /** The reference to it that is kept on the heap. */
  StoredTrace.Ref ref(int number) {
    return new StoredTrace.Ref(
        number,
        in.getInt(BYTES_AT),
        bytes[LEVEL_AT],
        (bytes[FLAGS_AT] & HEADER) != 0,
        in.getInt(EVENTS_SIZE_AT) > 0,
        in.getLong(LEAST_AT),
        in.getLong(LEAST_AT + Long.BYTES),
        in.getLong(GREATEST_AT),
        in.getLong(GREATEST_AT + Long.BYTES));
  }

  boolean isTombstone() {
    return (bytes[FLAGS_AT] & TOMBSTONE) != 0;
  }

  /** The number of the first record that this one stands for. */
  int from() {
    return in.getInt(FROM_AT);
  }

  /** The start of the trace; 0 without a header. */
  long start() {
    return in.getLong(START_AT);
  }

  /** The header without events; null if there is none. */
  @Nullable FlowTrace header() {
    int size = in.getInt(HEADER_SIZE_AT);
    return size == 0 ? null : TraceBinary.decodeHeader(body(BODY_AT, size));
  }

  /** The events in order; unmodifiable. */
  List<TraceEvent> events() {
    int size = in.getInt(EVENTS_SIZE_AT);
    return size == 0
        ? List.of()
        : TraceBinary.decodeEvents(body(BODY_AT + in.getInt(HEADER_SIZE_AT), size));
  }

  private byte[] body(int from, int size) {
    if (from < 0 || size < 0 || size > bytes.length - from) {
      throw damaged(null);
    }
    return Arrays.copyOfRange(bytes, from, from + size);
  }

  /** Takes each actor and type of the events. */
  void eventKeys(BiConsumer<Field, String> to) {
    try {
      ByteBuffer keys =
          in.duplicate().position(BODY_AT + in.getInt(HEADER_SIZE_AT) + in.getInt(EVENTS_SIZE_AT));
      for (int left = keys.getInt(); left > 0; left--) {
        to.accept(Field.ACTOR, text(keys));
      }
      for (int left = keys.getInt(); left > 0; left--) {
        to.accept(Field.EVENT_TYPE, text(keys));
      }
    } catch (IllegalArgumentException | BufferUnderflowException | IndexOutOfBoundsException e) {
      throw damaged(e);
    }
  }

  private String text(ByteBuffer keys) {
    int length = keys.getInt();
    String text = new String(bytes, keys.position(), length, UTF_8);
    keys.position(keys.position() + length);
    return text;
  }

  private static CorruptDataException damaged(@Nullable Throwable cause) {
    return new CorruptDataException("damaged data: a record ends too early", cause);
  }
}
