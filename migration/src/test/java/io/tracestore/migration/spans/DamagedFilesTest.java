package io.tracestore.migration.spans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracestore.migration.jaeger.JaegerReader;
import io.tracestore.migration.otlp.OtlpFiles;
import io.tracestore.migration.zipkin.ZipkinReader;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** A damaged file gives traces and rejections that name a place, and no exception. */
class DamagedFilesTest {
  private static final long MEMORY = 256L << 20;

  /** A position in a text, or in a file that is none. */
  private static final String PLACE = "(?s)a\\.json: ?(\\d+:\\d+: .*|byte \\d+: .*|holds no span)";

  private static final String ZIPKIN =
      """
      [{"traceId":"8ce82b2e9ed820ba","id":"1","name":"get /","kind":"SERVER","shared":true,
        "timestamp":1543334727215550,"duration":900,"localEndpoint":{"serviceName":"front"},
        "annotations":[{"timestamp":1543334727215560,"value":"ws"}],"tags":{"error":"x"}}]
      """;

  private static final String[] TOKENS = {
    "null",
    "true",
    "NaN",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "-",
    "1e999",
    "-0",
    "18446744073709551616",
    "\n",
    "\uFEFF",
    "\u0000",
    "'",
    "\"\"",
    "[]",
    "{}",
    "\"traceId\":",
    "\"spans\":[",
    "\"intValue\":\"x\"",
    "99999999999999999999999999"
  };

  /** One of the formats that are read. */
  enum Format {
    ZIPKIN_JSON,
    OTLP_JSON,
    JAEGER_JSON;

    private Imported read(byte[] bytes) {
      return switch (this) {
        case ZIPKIN_JSON -> Imported.from(Origin.ZIPKIN, ZipkinReader::new, MEMORY, bytes);
        case OTLP_JSON -> Imported.from(Origin.OTLP, OtlpFiles::open, MEMORY, bytes);
        case JAEGER_JSON -> Imported.from(Origin.JAEGER, JaegerReader::new, MEMORY, bytes);
      };
    }

    private String text() throws IOException {
      return switch (this) {
        case ZIPKIN_JSON -> ZIPKIN;
        case OTLP_JSON -> Fixtures.text("otlp.json");
        case JAEGER_JSON -> Fixtures.text("jaeger.json");
      };
    }
  }

  @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void damagedTextGivesTracesAndRejections(
      @ForAll Format format,
      @ForAll("tokens") String token,
      @ForAll @IntRange(max = Integer.MAX_VALUE) int place,
      @ForAll @IntRange(max = 30) int removed)
      throws IOException {
    String text = format.text();
    int from = place % text.length();
    int to = Math.min(text.length(), from + removed);

    read(format, (text.substring(0, from) + token + text.substring(to)).getBytes(UTF_8));
  }

  @Property(tries = 700, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void damagedBytesGiveTracesAndRejections(
      @ForAll Format format,
      @ForAll @IntRange(max = Integer.MAX_VALUE) int place,
      @ForAll byte value)
      throws IOException {
    byte[] bytes = format.text().getBytes(UTF_8);
    bytes[place % bytes.length] = value;

    read(format, bytes);
  }

  @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void damagedProtobufGivesTracesAndRejections(
      @ForAll @IntRange(max = Integer.MAX_VALUE) int place,
      @ForAll byte value,
      @ForAll @IntRange(max = 8) int removed) {
    byte[] bytes = protobuf();
    bytes[place % bytes.length] = value;

    read(Format.OTLP_JSON, Arrays.copyOf(bytes, bytes.length - removed));
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void anyBytesGiveTracesAndRejections(@ForAll Format format, @ForAll byte[] bytes) {
    read(format, bytes);
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of(TOKENS);
  }

  private static byte[] protobuf() {
    AnyValue text = AnyValue.newBuilder().setStringValue("shop").build();
    KeyValue service = KeyValue.newBuilder().setKey("service.name").setValue(text).build();
    Span span =
        Span.newBuilder()
            .setTraceId(
                ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6}))
            .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
            .setName("get")
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .setStartTimeUnixNano(1767600000000000001L)
            .setEndTimeUnixNano(1767600000250000002L)
            .addAttributes(service)
            .addEvents(
                Span.Event.newBuilder().setName("miss").setTimeUnixNano(1767600000000000002L))
            .setStatus(
                Status.newBuilder()
                    .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                    .setMessage("declined"))
            .build();
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(service))
                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }

  private static void read(Format format, byte[] bytes) {
    Imported imported = format.read(bytes);

    assertThat(imported.rejections())
        .allSatisfy(message -> assertThat(message).matches(PLACE).hasSizeLessThan(1200));
  }
}
