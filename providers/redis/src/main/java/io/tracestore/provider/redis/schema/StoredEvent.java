package io.tracestore.provider.redis.schema;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.Uuids;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.TermNames;
import io.tracestore.spi.CorruptDataException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An event as the hash of its trace keeps it: under its id, one byte length and the term of its
 * type, four bytes length and the actor, eight bytes time, and the body. The scripts read its
 * beginning.
 */
public final class StoredEvent {
  private StoredEvent() {}

  public static byte[] field(TraceEvent event) {
    return Uuids.toBytes(event.eventId().value());
  }

  public static byte[] value(TraceEvent event) {
    byte[] type = Keys.utf8(TermNames.of(Field.EVENT_TYPE, event.eventType().typeName()));
    byte[] actor = Keys.utf8(event.actorId());
    byte[] body = TraceBinary.encodeEventBody(event);
    int size = 1 + type.length + Integer.BYTES + actor.length + Long.BYTES + body.length;
    return ByteBuffer.allocate(size)
        .put((byte) type.length)
        .put(type)
        .putInt(actor.length)
        .put(actor)
        .putLong(EpochNanos.of(event.timestamp()))
        .put(body)
        .array();
  }

  public static TraceEvent decode(byte[] field, byte[] value) {
    try {
      ByteBuffer in = ByteBuffer.wrap(value);
      in.position(1 + Byte.toUnsignedInt(in.get(0)));
      int actorLength = in.getInt();
      if (actorLength > in.remaining()) {
        throw new BufferUnderflowException();
      }
      byte[] actor = new byte[actorLength];
      in.get(actor);
      long nanos = in.getLong();
      byte[] body = Arrays.copyOfRange(value, in.position(), value.length);
      return TraceBinary.decodeEventBody(
          body,
          new EventId(Uuids.ofBytes(field)),
          EpochNanos.toInstant(nanos),
          new String(actor, StandardCharsets.UTF_8));
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw new CorruptDataException("cannot read an event: it ends too early", e);
    }
  }
}
