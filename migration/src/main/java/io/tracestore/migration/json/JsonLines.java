package io.tracestore.migration.json;

import io.tracestore.migration.spans.JsonTree;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * The text of a file of JSON. In a file of lines, each a value of its own, it ends at the end of
 * each line until the next line is asked for, so that a broken line costs that line alone. Not safe
 * for several threads.
 */
final class JsonLines extends InputStream {
  private static final int HEAD_BYTES = 1 << 20;

  private final InputStream in;
  private final boolean isInLines;
  private final byte[] buffer = new byte[1 << 13];
  private int from;
  private int to;
  private boolean atEndOfLine;
  private long linesBefore;

  JsonLines(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 13);
    buffered.mark(HEAD_BYTES);
    byte[] head = readHead(buffered);
    buffered.reset();
    this.in = isUtf8(head) ? new Utf8Repair(buffered) : buffered;
    this.isInLines = isInLines(head);
  }

  /** Reads as much as possible; an error is reported when the same bytes are read again. */
  private static byte[] readHead(InputStream in) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    byte[] some = new byte[1 << 13];
    try {
      int n = 0;
      while (n >= 0 && head.size() < HEAD_BYTES) {
        head.write(some, 0, n);
        n = in.read(some, 0, Math.min(some.length, HEAD_BYTES - head.size()));
        n = head.size() == HEAD_BYTES ? -1 : n;
      }
    } catch (IOException e) {
      // It comes again.
    }
    return head.toByteArray();
  }

  /** UTF-16 and UTF-32 have zeros within the first four bytes of a JSON text. */
  private static boolean isUtf8(byte[] head) {
    for (int i = 0; i < Math.min(4, head.length); i++) {
      if (head[i] == 0) {
        return false;
      }
    }
    boolean isMarked16 =
        head.length > 1
            && ((head[0] == (byte) 0xFE && head[1] == (byte) 0xFF)
                || (head[0] == (byte) 0xFF && head[1] == (byte) 0xFE));
    return !isMarked16;
  }

  /**
   * Whether the first line begins an object, and some line is a whole one. An object that is
   * written over several lines may have whole ones within it.
   */
  private static boolean isInLines(byte[] head) {
    int start = 0;
    while (start < head.length && Character.isWhitespace(head[start])) {
      start++;
    }
    if (start == head.length || head[start] != '{') {
      return false;
    }
    boolean isFirst = true;
    for (int end = start; end < head.length; end++) {
      if (head[end] == '\n') {
        if (isObject(head, start, end)) {
          return isFirst || !isOneDocument(head);
        }
        isFirst = false;
        start = end + 1;
      }
    }
    return false;
  }

  /** Whether the head is the beginning of one JSON value, however it is split into lines. */
  private static boolean isOneDocument(byte[] head) {
    try (JsonParser parser = JsonTree.FACTORY.createParser(ObjectReadContext.empty(), head)) {
      JsonToken token = parser.nextToken();
      while (token != null) {
        token = parser.nextToken();
      }
      return true;
    } catch (UnexpectedEndOfInputException e) {
      return head.length == HEAD_BYTES;
    } catch (JacksonException e) {
      return false;
    }
  }

  private static boolean isObject(byte[] text, int start, int end) {
    if (start == end || text[start] != '{') {
      return false;
    }
    try (JsonParser parser =
        JsonTree.FACTORY.createParser(ObjectReadContext.empty(), text, start, end - start)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Whether each line is read for itself. */
  boolean isInLines() {
    return isInLines;
  }

  /** Lines before the one that is read; 0 if the file is not read line by line. */
  long linesBefore() {
    return linesBefore;
  }

  /** Goes to the beginning of the next line; false if there is none. */
  boolean nextLine() throws IOException {
    if (!isInLines) {
      return false;
    }
    while (!atEndOfLine) {
      if (!fill()) {
        return false;
      }
      skipToEndOfLine();
    }
    atEndOfLine = false;
    linesBefore++;
    return fill();
  }

  private void skipToEndOfLine() {
    while (from < to && buffer[from] != '\n') {
      from++;
    }
    if (from < to) {
      from++;
      atEndOfLine = true;
    }
  }

  private boolean fill() throws IOException {
    if (from == to) {
      from = 0;
      to = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return from < to;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (atEndOfLine || !fill()) {
      return -1;
    }
    int n = 0;
    while (n < length && from < to && !atEndOfLine) {
      byte b = buffer[from++];
      bytes[offset + n++] = b;
      atEndOfLine = isInLines && b == '\n';
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
