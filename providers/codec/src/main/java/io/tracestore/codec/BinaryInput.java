package io.tracestore.codec;

import io.tracestore.model.Bytes;
import io.tracestore.spi.CorruptDataException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link BinaryOutput} wrote, for one thread. Trusts no length: nothing larger than the
 * bytes that are there is ever allocated.
 *
 * <p>Every method throws {@link CorruptDataException} if the bytes end too early, or cannot be what
 * was written.
 */
public final class BinaryInput {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] buffer;
  private final int limit;
  private final @Nullable List<String> names;
  private int position;

  /** Reads {@code buffer} from {@code from} on. */
  public BinaryInput(byte[] buffer, int from) {
    this(buffer, from, buffer.length, false);
  }

  BinaryInput(byte[] buffer, int from, int to, boolean sharesNames) {
    this.buffer = buffer;
    position = from;
    limit = to;
    names = sharesNames ? new ArrayList<>() : null;
    if (from < 0 || from > to) {
      throw corrupt("it ends too early");
    }
  }

  int position() {
    return position;
  }

  /** A number of eight bits, not negative. */
  public int u8() {
    require(1);
    return buffer[position++] & 0xFF;
  }

  /** A number of four bytes. */
  public int i32() {
    require(Integer.BYTES);
    int value = (int) INT.get(buffer, position);
    position += Integer.BYTES;
    return value;
  }

  /** A number of eight bytes. */
  public long i64() {
    require(Long.BYTES);
    long value = (long) LONG.get(buffer, position);
    position += Long.BYTES;
    return value;
  }

  /** Sixteen bytes. */
  public UUID uuid() {
    long high = i64();
    return new UUID(high, i64());
  }

  /** An unsigned number of seven bits in a byte. */
  public long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        if (shift == 63 && b > 1) {
          break;
        }
        return value;
      }
    }
    throw corrupt("a number has more than 64 bits");
  }

  /** A number near zero of either sign. */
  public long zigzag() {
    long value = varint();
    return value >>> 1 ^ -(value & 1);
  }

  /** How many things follow that take at least {@code least} bytes each. */
  public int count(int least) {
    long count = varint();
    if (count < 0 || count > (limit - position) / least) {
      throw corrupt("more is announced than there are bytes: " + Long.toUnsignedString(count));
    }
    return (int) count;
  }

  Bytes bytes() {
    int length = count(1);
    Bytes bytes = Bytes.of(buffer, position, position + length);
    position += length;
    return bytes;
  }

  /** A text in UTF-8. */
  public String text() {
    return text(count(1));
  }

  String name() {
    long word = varint();
    if ((word & 1) != 0) {
      long index = word >>> 1;
      if (names == null || index >= names.size()) {
        throw corrupt("no such name: " + index);
      }
      return names.get((int) index);
    }
    long length = word >>> 1;
    if (length > limit - position) {
      throw corrupt("more is announced than there are bytes: " + length);
    }
    String name = text((int) length);
    if (names != null && names.size() < BinaryOutput.MAX_NAMES) {
      names.add(name);
    }
    return name;
  }

  private String text(int length) {
    String text = new String(buffer, position, length, StandardCharsets.UTF_8);
    position += length;
    // A replacement character may come from the decoder or may have been written: only the first is
    // an error.
    if (text.indexOf('\uFFFD') >= 0 && !isUtf8Of(text, position - length, length)) {
      throw corrupt("a text is not UTF-8");
    }
    return text;
  }

  private boolean isUtf8Of(String text, int from, int length) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return java.util.Arrays.equals(utf8, 0, utf8.length, buffer, from, from + length);
  }

  /** Whether there are bytes left. */
  public boolean hasMore() {
    return position < limit;
  }

  /** Refuses bytes after the end. */
  public void end() {
    if (position != limit) {
      throw corrupt("%d bytes too many".formatted(limit - position));
    }
  }

  CorruptDataException corrupt(String reason) {
    return new CorruptDataException(
        "damaged binary data: %s, at byte %d".formatted(reason, position), null);
  }

  private void require(int bytes) {
    if (limit - position < bytes) {
      throw corrupt("it ends too early");
    }
  }
}
