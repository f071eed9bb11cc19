package io.tracestore.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes UTF-8, passes over a byte order mark at the start, and refuses bytes that are not UTF-8
 * by their place; {@link java.io.InputStreamReader} tells no place.
 */
final class Utf8Reader extends Reader {
  /** Bytes that are not UTF-8. */
  static final class NotUtf8Exception extends CharacterCodingException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    private final String message;

    NotUtf8Exception(long offset, byte found) {
      message = "not UTF-8: byte 0x%02x at offset %d".formatted(found, offset);
    }

    @Override
    public String getMessage() {
      return message;
    }
  }

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private final ByteBuffer bytes = ByteBuffer.allocate(16 * 1024).limit(0);
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  /** Where in the stream the buffer begins. */
  private long bufferOffset;

  private boolean started;
  private boolean ended;

  Utf8Reader(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    CharBuffer chars = CharBuffer.wrap(target, offset, length);
    // A character outside the basic plane does not fit a buffer of one; no caller has one so small.
    while (true) {
      CoderResult result = decoder.decode(bytes, chars, ended);
      int decoded = withoutMark(target, offset, chars.position() - offset);
      if (decoded > 0) {
        return decoded;
      }
      chars.position(offset).limit(offset + length);
      if (result.isError()) {
        throw new NotUtf8Exception(bufferOffset + bytes.position(), bytes.get(bytes.position()));
      }
      if (ended) {
        return -1;
      }
      fill();
    }
  }

  private int withoutMark(char[] target, int offset, int decoded) {
    if (started || decoded == 0) {
      return decoded;
    }
    started = true;
    if (target[offset] != BYTE_ORDER_MARK) {
      return decoded;
    }
    System.arraycopy(target, offset + 1, target, offset, decoded - 1);
    return decoded - 1;
  }

  private void fill() throws IOException {
    bufferOffset += bytes.position();
    bytes.compact();
    int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    if (read < 0) {
      ended = true;
    } else {
      bytes.position(bytes.position() + read);
    }
    bytes.flip();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
