package io.tracestore.codec;

import io.tracestore.codec.Envelope.Kind;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Traces and events as compact bytes, for stores that keep blobs.
 *
 * <p>A decoded value equals the encoded one, to the last bit. A version stands in front, and a
 * CRC-32C at the end: bytes of another version, and bytes that were changed, cut off, or are
 * something else throw {@link CorruptDataException}. Content of some size is compressed with zstd
 * if that makes it smaller. The same value gives the same bytes within one release, not necessarily
 * in the next.
 *
 * <p>Safe for use by many threads. Encoding throws {@link TraceStoreException} for what would take
 * more than 2 GiB.
 */
public final class TraceBinary {
  /** How many bytes at the start of a value say how long it is in memory. */
  public static final int LENGTH_BYTES = Envelope.LENGTH_BYTES;

  /** Smaller bodies are not compressed with a dictionary: the time costs more than the bytes. */
  static final int MIN_DICTIONARY_BYTES = 256;

  private static final int HEADER_SIZE = 256;
  private static final int KEY_SIZE = 64;

  private TraceBinary() {}

  /** {@code trace} with all its events; strings that repeat are written once. */
  public static byte[] encode(FlowTrace trace) {
    BinaryOutput out = Envelope.open(Kind.TRACE, BinaryTrace.expectedSize(trace.events()));
    BinaryTrace.write(out, trace);
    return Envelope.seal(Kind.TRACE, out);
  }

  /**
   * The trace that {@link #encode} took.
   *
   * @throws CorruptDataException if {@code bytes} is not what it returned
   */
  public static FlowTrace decode(byte[] bytes) {
    return decode(Kind.TRACE, bytes, BinaryTrace::read);
  }

  /** {@code events} as they stand in a trace: strings that repeat are written once. */
  public static byte[] encodeEvents(List<TraceEvent> events) {
    BinaryOutput out = Envelope.open(Kind.EVENTS, BinaryTrace.expectedSize(events));
    BinaryTrace.writeEvents(out, events, 0);
    return Envelope.seal(Kind.EVENTS, out);
  }

  /**
   * The events that {@link #encodeEvents} took, in its order.
   *
   * @throws CorruptDataException if {@code bytes} is not what it returned
   */
  public static List<TraceEvent> decodeEvents(byte[] bytes) {
    return decodeEvents(bytes, 0, bytes.length);
  }

  /**
   * The events in {@code length} bytes at {@code from}.
   *
   * @throws CorruptDataException if these bytes are not what {@link #encodeEvents} returned
   */
  public static List<TraceEvent> decodeEvents(byte[] bytes, int from, int length) {
    return List.copyOf(
        decode(Kind.EVENTS, bytes, from, length, in -> BinaryTrace.readEvents(in, 0)));
  }

  /** {@code trace} without its events. */
  public static byte[] encodeHeader(FlowTrace trace) {
    BinaryOutput out = Envelope.open(Kind.HEADER, HEADER_SIZE);
    BinaryTrace.writeHeader(out, trace);
    return Envelope.seal(Kind.HEADER, out);
  }

  /**
   * The trace that {@link #encodeHeader} took, without events.
   *
   * @throws CorruptDataException if {@code bytes} is not what it returned
   */
  public static FlowTrace decodeHeader(byte[] bytes) {
    return decodeHeader(bytes, 0, bytes.length);
  }

  /**
   * The trace without events in {@code length} bytes at {@code from}.
   *
   * @throws CorruptDataException if these bytes are not what {@link #encodeHeader} returned
   */
  public static FlowTrace decodeHeader(byte[] bytes, int from, int length) {
    return decode(Kind.HEADER, bytes, from, length, BinaryTrace::readHeader);
  }

  /** All of {@code event}. */
  public static byte[] encodeEvent(TraceEvent event) {
    BinaryOutput out = Envelope.open(Kind.EVENT, KEY_SIZE + BinaryEvent.expectedSize(event));
    out.uuid(event.eventId().value());
    out.i64(EpochNanos.of(event.timestamp()));
    out.name(event.actorId());
    BinaryEvent.write(out, event, EventIds.ALONE);
    return Envelope.seal(Kind.EVENT, out);
  }

  /**
   * The event that {@link #encodeEvent} took.
   *
   * @throws CorruptDataException if {@code bytes} is not what it returned
   */
  public static TraceEvent decodeEvent(byte[] bytes) {
    return decode(
        Kind.EVENT,
        bytes,
        in -> {
          EventId id = new EventId(in.uuid());
          Instant timestamp = EpochNanos.toInstant(in.i64());
          String actorId = in.name();
          return BinaryEvent.read(in, id, timestamp, actorId, EventIds.ALONE);
        });
  }

  /** {@code event} without id, timestamp and actor, for stores that keep these in columns. */
  public static byte[] encodeEventBody(TraceEvent event) {
    return encodeEventBody(event, null);
  }

  /**
   * The same, compressed with {@code dictionary} if that makes it smaller.
   *
   * @param dictionary one of the store's; null if it has none
   */
  public static byte[] encodeEventBody(
      TraceEvent event, @Nullable CompressionDictionary dictionary) {
    BinaryOutput out = openBody(event);
    return dictionary == null ? Envelope.seal(Kind.BODY, out) : Envelope.sealBody(out, dictionary);
  }

  private static BinaryOutput openBody(TraceEvent event) {
    BinaryOutput out = Envelope.open(Kind.BODY, BinaryEvent.expectedSize(event));
    BinaryEvent.write(out, event, EventIds.ALONE);
    return out;
  }

  /** The content of a body, as a dictionary compresses it. */
  static byte[] bodyContent(TraceEvent event) {
    return Envelope.content(openBody(event));
  }

  /**
   * The number of the dictionary that is needed to decode a body; 0 if none is.
   *
   * @throws CorruptDataException if that part of it is damaged
   */
  public static int dictionaryOf(byte[] body) {
    return Envelope.dictionaryOf(body);
  }

  /**
   * The event that {@link #encodeEventBody} took, with the id, timestamp and actor that it had.
   *
   * @throws CorruptDataException if {@code body} is not what it returned
   */
  public static TraceEvent decodeEventBody(
      byte[] body, EventId id, Instant timestamp, String actorId) {
    return decodeEventBody(body, id, timestamp, actorId, null);
  }

  /**
   * The same of a body that was encoded with a dictionary, or without one.
   *
   * @param dictionary that of {@link #dictionaryOf}; null if it needs none
   * @throws CorruptDataException if {@code body} is not what the encoder returned, or if it needs
   *     another dictionary
   */
  public static TraceEvent decodeEventBody(
      byte[] body,
      EventId id,
      Instant timestamp,
      String actorId,
      @Nullable CompressionDictionary dictionary) {
    return read(
        Envelope.unsealBody(body, dictionary),
        in -> BinaryEvent.read(in, id, timestamp, actorId, EventIds.ALONE));
  }

  /**
   * How many bytes a value has when it is decompressed; any number if it is damaged.
   *
   * @param start its first {@value #LENGTH_BYTES} bytes
   * @param length how many it has as it is stored
   */
  public static long decodedLength(byte[] start, long length) {
    return Envelope.decodedLength(start, length);
  }

  private static <T> T decode(Kind kind, byte[] bytes, Function<BinaryInput, T> read) {
    return decode(kind, bytes, 0, bytes.length, read);
  }

  private static <T> T decode(
      Kind kind, byte[] bytes, int from, int length, Function<BinaryInput, T> read) {
    return read(Envelope.unseal(kind, bytes, from, length), read);
  }

  private static <T> T read(BinaryInput in, Function<BinaryInput, T> read) {
    T value;
    try {
      value = read.apply(in);
    } catch (IllegalArgumentException e) {
      // The model refuses what no encoder wrote.
      throw in.corrupt(Messages.oneLine(String.valueOf(e.getMessage()), 200));
    }
    in.end();
    return value;
  }
}
