package io.tracestore.provider.chronicle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes. */
final class Output {
  private ByteBuffer buffer;

  Output(int capacity) {
    buffer = ByteBuffer.allocate(capacity);
  }

  private ByteBuffer room(int more) {
    if (buffer.remaining() < more) {
      long wanted = Math.max(2L * buffer.capacity(), (long) buffer.position() + more);
      int capacity = (int) Math.min(wanted, Integer.MAX_VALUE - 8);
      buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity)).position(buffer.position());
    }
    return buffer;
  }

  Output u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  Output i32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  Output i64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  Output raw(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  /** The length, and the bytes. */
  Output bytes(byte[] bytes) {
    return i32(bytes.length).raw(bytes);
  }

  Output text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] toBytes() {
    return buffer.position() == buffer.capacity()
        ? buffer.array()
        : Arrays.copyOf(buffer.array(), buffer.position());
  }
}
