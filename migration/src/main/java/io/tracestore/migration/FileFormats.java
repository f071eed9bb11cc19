package io.tracestore.migration;

import com.github.luben.zstd.ZstdInputStream;
import io.tracestore.migration.json.JsonProblems;
import io.tracestore.migration.otlp.OtlpFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Finds out from the first bytes of a file how it is compressed and what it holds. */
final class FileFormats {
  /** Where the first field's name stands, even behind much white space. */
  static final int PEEKED_BYTES = 1 << 16;

  private static final JsonFactory JSON = new JsonFactory();
  private static final int BUFFER = 1 << 16;

  private FileFormats() {}

  /** {@code in}, unpacked if its first bytes say that it is packed with gzip or Zstandard. */
  static InputStream unpack(InputStream in) throws IOException {
    PushbackInputStream pushback = new PushbackInputStream(in, 4);
    byte[] magic = pushback.readNBytes(4);
    pushback.unread(magic);
    if (startsWith(magic, 0x1f, 0x8b)) {
      return new GZIPInputStream(pushback, BUFFER);
    }
    if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new ZstdInputStream(pushback);
    }
    return pushback;
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    if (bytes.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * What the first bytes of a file tell.
   *
   * @param format its format, if its first object's fields tell
   * @param problem why they do not, if there is anything but lists
   */
  record Detected(Optional<TraceFormat> format, Optional<Rejection> problem) {
    static Detected as(TraceFormat format) {
      return new Detected(Optional.of(format), Optional.empty());
    }

    static Detected not(Rejection problem) {
      return new Detected(Optional.empty(), Optional.of(problem));
    }
  }

  /** What a file beginning with {@code head} is; without any object it may be of any format. */
  static Detected detect(byte[] head, String name) {
    try (JsonParser json =
        JSON.createParser(ObjectReadContext.empty(), new ByteArrayInputStream(head))) {
      JsonToken token;
      while ((token = json.nextToken()) != null) {
        if (token == JsonToken.PROPERTY_NAME) {
          Optional<TraceFormat> format = ofField(json.currentName());
          if (format.isPresent()) {
            return Detected.as(format.get());
          }
          json.nextToken();
          json.skipChildren();
        } else if (token != JsonToken.START_ARRAY
            && token != JsonToken.END_ARRAY
            && token != JsonToken.START_OBJECT) {
          var at = json.currentTokenLocation();
          return Detected.not(
              Rejection.at(
                  name, at.getLineNr(), at.getColumnNr(), "no field tells a format of traces"));
        }
      }
      return new Detected(Optional.empty(), Optional.empty());
    } catch (JacksonException e) {
      if (OtlpFiles.looksLikeProtobuf(head)) {
        return Detected.as(TraceFormat.OTLP);
      }
      return Detected.not(JsonProblems.rejection(name, e));
    }
  }

  private static Optional<TraceFormat> ofField(String name) {
    return switch (name) {
      case "trace_id", "flow_id", "execution_id", BackupLines.HEADER_FIELD ->
          Optional.of(TraceFormat.REFLOW);
      case "traceId", "parentId", "localEndpoint", "remoteEndpoint", "annotations" ->
          Optional.of(TraceFormat.ZIPKIN);
      case "resourceSpans", "resource_spans" -> Optional.of(TraceFormat.OTLP);
      case "traceID", "processes", "data" -> Optional.of(TraceFormat.JAEGER);
      default -> Optional.empty();
    };
  }
}
