package io.tracestore.provider.clickhouse.connect;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Rows in ClickHouse's RowBinaryWithNames format, read value after value in the order of the
 * query's columns. Not safe for several threads.
 *
 * @see <a href="https://clickhouse.com/docs/interfaces/formats/RowBinary">the RowBinary format</a>
 */
public final class RowInput {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int end;

  private RowInput(InputStream in) {
    this.in = in;
  }

  /**
   * The rows that follow the names of the columns. Without the names, an answer that was cut off in
   * its HTTP headers would look like one without rows.
   *
   * @throws EOFException if the answer was cut off
   */
  public static RowInput behindNames(InputStream in) throws IOException {
    RowInput rows = new RowInput(in);
    int columns = rows.length();
    for (int i = 0; i < columns; i++) {
      rows.bytes();
    }
    return rows;
  }

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether another row follows. */
  public boolean hasNext() throws IOException {
    if (position < end) {
      return true;
    }
    position = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    return end > 0;
  }

  /** Makes {@code count} bytes, at most a buffer full, available at {@link #position}. */
  private void need(int count) throws IOException {
    if (end - position >= count) {
      return;
    }
    System.arraycopy(buffer, position, buffer, 0, end - position);
    end -= position;
    position = 0;
    while (end < count) {
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        throw new EOFException("the answer ends within a row");
      }
      end += read;
    }
  }

  public int u8() throws IOException {
    need(Byte.BYTES);
    return buffer[position++] & 0xFF;
  }

  public int u16() throws IOException {
    need(Short.BYTES);
    int value = (short) SHORT.get(buffer, position) & 0xFFFF;
    position += Short.BYTES;
    return value;
  }

  public int i32() throws IOException {
    need(Integer.BYTES);
    int value = (int) INT.get(buffer, position);
    position += Integer.BYTES;
    return value;
  }

  public long i64() throws IOException {
    need(Long.BYTES);
    long value = (long) LONG.get(buffer, position);
    position += Long.BYTES;
    return value;
  }

  /** An unsigned number of 128 bits. */
  public BigInteger u128() throws IOException {
    byte[] bytes = new byte[17];
    for (int i = 16; i > 0; i--) {
      bytes[i] = (byte) u8();
    }
    return new BigInteger(bytes);
  }

  public UUID id() throws IOException {
    long high = Long.reverseBytes(i64());
    return new UUID(high, Long.reverseBytes(i64()));
  }

  public int length() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return Math.toIntExact(value);
      }
    }
    throw new IOException("a length of more than 64 bits");
  }

  public byte[] bytes() throws IOException {
    byte[] value = new byte[length()];
    int buffered = Math.min(value.length, end - position);
    System.arraycopy(buffer, position, value, 0, buffered);
    position += buffered;
    int rest = value.length - buffered;
    if (rest > 0 && in.readNBytes(value, buffered, rest) < rest) {
      throw new EOFException("the answer ends within a row");
    }
    return value;
  }

  public String text() throws IOException {
    int length = length();
    if (end - position >= length) {
      String text = new String(buffer, position, length, StandardCharsets.UTF_8);
      position += length;
      return text;
    }
    byte[] value = new byte[length];
    int buffered = end - position;
    System.arraycopy(buffer, position, value, 0, buffered);
    position = end;
    if (in.readNBytes(value, buffered, length - buffered) < length - buffered) {
      throw new EOFException("the answer ends within a row");
    }
    return new String(value, StandardCharsets.UTF_8);
  }
}
