package io.tracestore.migration;

import com.github.luben.zstd.ZstdInputStream;
import io.tracestore.migration.chrome.ChromeWriter;
import io.tracestore.migration.json.JsonProblems;
import io.tracestore.migration.otlp.OtlpFiles;
import io.tracestore.migration.rows.EventRowWriter;
import io.tracestore.migration.spans.JsonTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Finds out from the first bytes of a file how it is compressed and what it holds. */
final class FileFormats {
  /** The bytes in which the first field's name stands, even after much white space. */
  static final int PEEKED_BYTES = 1 << 16;

  /** The first bytes of a SQLite database: https://www.sqlite.org/fileformat.html, 1.3.1. */
  private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private FileFormats() {}

  /** {@code in}, unpacked if its first bytes say that it is packed with gzip or Zstandard. */
  static InputStream unpack(InputStream in) throws IOException {
    PushbackInputStream pushback = new PushbackInputStream(in, ZstdFrames.HEAD_BYTES);
    byte[] magic = pushback.readNBytes(ZstdFrames.HEAD_BYTES);
    pushback.unread(magic);
    if (startsWith(magic, 0x1f, 0x8b)) {
      return new GzipInput(pushback);
    }
    if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new ZstdInputStream(pushback);
    }
    if (ZstdFrames.isBeginning(magic)) {
      return new ZstdFrames(pushback);
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
   * The facts that the first bytes of a file show.
   *
   * @param format its format, if the fields of its first object show it
   * @param problem why they do not show it, if the file has anything but lists
   * @param isExport whether it was written here for tools that are not ours to read
   */
  record Detected(Optional<TraceFormat> format, Optional<Rejection> problem, boolean isExport) {
    static Detected as(TraceFormat format) {
      return new Detected(Optional.of(format), Optional.empty(), false);
    }

    static Detected not(Rejection problem) {
      return new Detected(Optional.empty(), Optional.of(problem), false);
    }

    static Detected export(Rejection problem) {
      return new Detected(Optional.empty(), Optional.of(problem), true);
    }
  }

  /**
   * Detects the format of a file that begins with {@code head}; without any object it may be of any
   * format.
   */
  static Detected detect(byte[] head, String name) {
    if (Arrays.equals(head, 0, Math.min(head.length, SQLITE.length), SQLITE, 0, SQLITE.length)) {
      return Detected.as(TraceFormat.REFLOW_SQLITE);
    }
    try (JsonParser json =
        JsonTree.FACTORY.createParser(ObjectReadContext.empty(), new ByteArrayInputStream(head))) {
      JsonToken token;
      while ((token = json.nextToken()) != null) {
        if (token == JsonToken.PROPERTY_NAME) {
          if (isForOtherTools(json.currentName())) {
            return Detected.export(
                Rejection.of(
                    name, "is an export for other tools, which cannot be imported; use a backup"));
          }
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
      return new Detected(Optional.empty(), Optional.empty(), false);
    } catch (JacksonException e) {
      if (OtlpFiles.looksLikeProtobuf(head)) {
        return Detected.as(TraceFormat.OTLP);
      }
      return Detected.not(JsonProblems.rejection(name, e));
    }
  }

  private static boolean isForOtherTools(String name) {
    return name.equals(ChromeWriter.FIRST_FIELD) || name.equals(EventRowWriter.FIRST_COLUMN);
  }

  private static Optional<TraceFormat> ofField(String name) {
    return switch (name) {
      case "trace_id",
          "flow_id",
          "execution_id",
          BackupLines.HEADER_FIELD,
          // Messages of its protocol.
          "StartTrace",
          "RecordEvent",
          "EndTrace",
          "StoreTrace",
          "TraceData",
          "TracesFound",
          "QueryResults" ->
          Optional.of(TraceFormat.REFLOW);
      case "traceId",
          "parentId",
          "localEndpoint",
          "remoteEndpoint",
          "annotations",
          "binaryAnnotations" ->
          Optional.of(TraceFormat.ZIPKIN);
      case "resourceSpans",
          "resource_spans",
          "batches",
          "trace",
          "resourceMetrics",
          "resource_metrics",
          "resourceLogs",
          "resource_logs" ->
          Optional.of(TraceFormat.OTLP);
      case "traceID", "spanID", "processes", "data" -> Optional.of(TraceFormat.JAEGER);
      default -> Optional.empty();
    };
  }
}
