package io.tracestore.provider.chronicle;

import io.tracestore.spi.CorruptDataException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Reads what {@link Output} wrote. */
final class Input {
  private final ByteBuffer buffer;

  private Input(byte[] bytes) {
    buffer = ByteBuffer.wrap(bytes);
  }

  /**
   * Reads all of a value.
   *
   * @param what it is, for the error
   * @throws CorruptDataException if it ends too early or too late
   */
  static <T> T read(String what, byte[] bytes, Function<Input, T> reading) {
    try {
      Input in = new Input(bytes);
      T value = reading.apply(in);
      if (in.hasMore()) {
        throw new CorruptDataException("damaged data: %s is too long".formatted(what), null);
      }
      return value;
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      throw new CorruptDataException("damaged data: %s ends too early".formatted(what), e);
    }
  }

  boolean hasMore() {
    return buffer.hasRemaining();
  }

  int u8() {
    return Byte.toUnsignedInt(buffer.get());
  }

  int i32() {
    return buffer.getInt();
  }

  long i64() {
    return buffer.getLong();
  }

  byte[] bytes() {
    int length = buffer.getInt();
    if (length > buffer.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }
}
