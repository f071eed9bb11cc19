package io.tracestore.codec;

import io.tracestore.model.Bytes;
import io.tracestore.spi.TraceStoreException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A growing array of bytes, and how the binary form spells its primitive values; numbers of fixed
 * size are little-endian. {@link BinaryInput} reads it. For one thread.
 *
 * <p>What would take more than 2 GiB throws {@link TraceStoreException}.
 */
public final class BinaryOutput {
  /** How many names a table keeps: an index never takes more than two bytes. */
  static final int MAX_NAMES = 4096;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;
  private static final int MAX_VARINT = 10;

  private final @Nullable Map<String, Integer> names;
  private byte[] buffer;
  private int position;

  /** An output of no bytes, with room for {@code capacity}. */
  public BinaryOutput(int capacity) {
    this(capacity, false);
  }

  /** With {@code sharesNames}, a {@link #name} that comes again is written as a number. */
  BinaryOutput(int capacity, boolean sharesNames) {
    buffer = new byte[capacity];
    names = sharesNames ? new HashMap<>() : null;
  }

  byte[] array() {
    return buffer;
  }

  /** How many bytes were written. */
  public int position() {
    return position;
  }

  /** The bytes written so far. */
  public byte[] toBytes() {
    return position == buffer.length ? buffer : Arrays.copyOf(buffer, position);
  }

  /** The lowest eight bits. */
  public void u8(int value) {
    ensure(1);
    buffer[position++] = (byte) value;
  }

  /** A number in four bytes. */
  public void i32(int value) {
    ensure(Integer.BYTES);
    INT.set(buffer, position, value);
    position += Integer.BYTES;
  }

  /** A number in eight bytes. */
  public void i64(long value) {
    ensure(Long.BYTES);
    LONG.set(buffer, position, value);
    position += Long.BYTES;
  }

  /** Sixteen bytes, of which the first eight are the most significant bits. */
  public void uuid(UUID value) {
    i64(value.getMostSignificantBits());
    i64(value.getLeastSignificantBits());
  }

  /** Seven bits in a byte, the lowest first; small values take few bytes. Unsigned. */
  public void varint(long value) {
    ensure(MAX_VARINT);
    byte[] target = buffer;
    int at = position;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    position = at;
  }

  /** A varint for values near zero of both signs. */
  public void zigzag(long value) {
    varint(value << 1 ^ value >> 63);
  }

  void bytes(Bytes value) {
    int length = value.length();
    varint(length);
    ensure(length);
    value.copyTo(buffer, position);
    position += length;
  }

  /** All of {@code source}, without its length. */
  public void raw(byte[] source) {
    raw(source, 0, source.length);
  }

  void raw(byte[] source, int from, int length) {
    ensure(length);
    System.arraycopy(source, from, buffer, position, length);
    position += length;
  }

  /** A text: the length of its UTF-8, and that. */
  public void text(String value) {
    text(value, 0);
  }

  /** A text that may come again, such as the name of an actor: even length, or odd number. */
  void name(String value) {
    if (names != null) {
      Integer index = names.get(value);
      if (index != null) {
        varint((long) index << 1 | 1);
        return;
      }
      if (names.size() < MAX_NAMES) {
        names.put(value, names.size());
      }
    }
    text(value, 1);
  }

  private void text(String value, int shift) {
    int length = value.length();
    if (length << shift >= 0x80 || !shortAscii(value, length, shift)) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      varint((long) utf8.length << shift);
      raw(utf8, 0, utf8.length);
    }
  }

  /** The common case without a second array; false, with nothing written, if it is not that. */
  private boolean shortAscii(String value, int length, int shift) {
    ensure(1 + length);
    byte[] target = buffer;
    int at = position;
    target[at++] = (byte) (length << shift);
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        return false;
      }
      target[at++] = (byte) c;
    }
    position = at;
    return true;
  }

  private void ensure(int more) {
    if (buffer.length - position < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    long needed = (long) position + more;
    if (needed > MAX_SIZE) {
      throw new TraceStoreException(
          "too large for one binary value: more than %d bytes".formatted(MAX_SIZE), null);
    }
    buffer = Arrays.copyOf(buffer, (int) Math.min(Math.max(needed, 2L * buffer.length), MAX_SIZE));
  }
}
