package io.tracestore.migration.otlp;

import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.SpanReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Opens files of OTLP, in JSON or in protobuf, which their first bytes tell. */
public final class OtlpFiles {
  private static final int HEAD_BYTES = 4096;
  private static final int FRAME_BYTES = 4;

  /** The tag of field 1, which a message of spans begins with. */
  private static final int FIELD_1 = 0x0A;

  private OtlpFiles() {}

  /**
   * Opens one.
   *
   * @param in closed by the caller
   * @param source what messages call it
   * @param maxBytes larger spans are refused
   */
  public static SpanReader open(InputStream in, String source, long maxBytes) {
    BufferedInputStream buffered = new BufferedInputStream(in, HEAD_BYTES);
    byte[] head = head(buffered);
    if (isProtobuf(head)) {
      return new OtlpProtobufReader(buffered, source, maxBytes, false);
    }
    return isFramedProtobuf(head)
        ? new OtlpProtobufReader(buffered, source, maxBytes, true)
        : new OtlpJsonReader(buffered, source, maxBytes);
  }

  /** Opens a stream that is known to be a single protobuf message without a length before it. */
  public static SpanReader openProtobuf(InputStream in, String source, long maxBytes) {
    return new OtlpProtobufReader(in, source, maxBytes, false);
  }

  /** Opens one that is known to be JSON. */
  public static SpanReader openJson(InputStream in, String source, long maxBytes) {
    return new OtlpJsonReader(in, source, maxBytes);
  }

  private static byte[] head(BufferedInputStream in) {
    in.mark(HEAD_BYTES);
    try {
      byte[] head = in.readNBytes(HEAD_BYTES);
      in.reset();
      return head;
    } catch (IOException e) {
      return new byte[0]; // the reader meets it again, and says so
    }
  }

  /** Whether a file that begins with {@code head} is OTLP's protobuf. */
  public static boolean looksLikeProtobuf(byte[] head) {
    return isProtobuf(head) || isFramedProtobuf(head);
  }

  private static boolean isFramedProtobuf(byte[] head) {
    return head.length > FRAME_BYTES
        && head[0] >= 0
        && isProtobuf(Arrays.copyOfRange(head, FRAME_BYTES, head.length));
  }

  /**
   * Whether it begins with a field 1 that begins with one of the fields of ResourceSpans. The tag
   * of field 1 is also a line feed, so what can be read as JSON is not.
   */
  private static boolean isProtobuf(byte[] head) {
    if (head.length < 2 || head[0] != FIELD_1) {
      return false;
    }
    int at = 1;
    while (at < head.length && head[at] < 0) {
      at++;
    }
    at++;
    boolean empty = at == 2 && head[1] == 0;
    boolean hasInner =
        at < head.length && (head[at] == FIELD_1 || head[at] == 0x12 || head[at] == 0x1A);
    return (empty || hasInner) && !isJson(head);
  }

  /** Whether it begins with a list or an object; a number alone is what lengths look like. */
  private static boolean isJson(byte[] head) {
    try (JsonParser parser =
        JsonTree.FACTORY.createParser(ObjectReadContext.empty(), new ByteArrayInputStream(head))) {
      JsonToken token = parser.nextToken();
      boolean isInList = token == JsonToken.START_ARRAY;
      while (token == JsonToken.START_ARRAY) {
        token = parser.nextToken();
      }
      if (token == JsonToken.START_OBJECT) {
        token = parser.nextToken();
        return token == JsonToken.PROPERTY_NAME || token == JsonToken.END_OBJECT;
      }
      return isInList && token == JsonToken.END_ARRAY;
    } catch (JacksonException e) {
      return false;
    }
  }
}
