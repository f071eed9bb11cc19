package io.tracestore.migration.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON in UTF-8 in which each malformed sequence of bytes is replaced by an escape of half a
 * surrogate pair, so that the reader of its texts sees that something was lost, and where. Bytes
 * that are well formed are passed on as they are. Not safe for several threads.
 */
final class Utf8Repair extends InputStream {
  private static final byte[] LOST = "\\ud800".getBytes(StandardCharsets.US_ASCII);

  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer decoded = CharBuffer.allocate(1 << 13);
  private final ByteBuffer raw = ByteBuffer.allocate(1 << 13);
  private byte[] good = new byte[1 << 13];
  private int from;
  private int to;
  private boolean ended;

  Utf8Repair(InputStream in) {
    this.in = in;
    raw.limit(0);
  }

  @Override
  public int read() throws IOException {
    return fill() ? good[from++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, to - from);
    System.arraycopy(good, from, bytes, offset, n);
    from += n;
    return n;
  }

  /** Whether there is a byte to give. */
  private boolean fill() throws IOException {
    while (from == to) {
      if (ended) {
        return false;
      }
      from = 0;
      to = 0;
      raw.compact();
      int n = in.read(raw.array(), raw.position(), raw.remaining());
      if (n < 0) {
        ended = true;
      } else {
        raw.position(raw.position() + n);
      }
      raw.flip();
      repair();
    }
    return true;
  }

  private void repair() {
    if (isAscii()) {
      append(raw.array(), raw.position(), raw.remaining());
      raw.position(raw.limit());
      return;
    }
    CoderResult result;
    do {
      int start = raw.position();
      decoded.clear();
      result = decoder.decode(raw, decoded, ended);
      append(raw.array(), start, raw.position() - start);
      if (result.isError()) {
        raw.position(raw.position() + result.length());
        append(LOST, 0, LOST.length);
      }
    } while (result.isError() || result.isOverflow());
    if (ended) {
      decoder.reset();
    }
  }

  private boolean isAscii() {
    for (int i = raw.position(); i < raw.limit(); i++) {
      if (raw.get(i) < 0) {
        return false;
      }
    }
    return true;
  }

  private void append(byte[] bytes, int offset, int length) {
    if (to + length > good.length) {
      good = Arrays.copyOf(good, Math.max(good.length * 2, to + length));
    }
    System.arraycopy(bytes, offset, good, to, length);
    to += length;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
