package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.jaeger.JaegerReader;
import io.tracestore.migration.jaeger.JaegerWriter;
import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.otlp.OtlpFiles;
import io.tracestore.migration.otlp.OtlpWriter;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.migration.zipkin.ZipkinReader;
import io.tracestore.migration.zipkin.ZipkinWriter;
import io.tracestore.model.FlowTrace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imported spans that are exported in their own format and imported again are the same. */
class SpanRoundTripTest {
  private static final long MEMORY = 256L << 20;

  private static final Format ZIPKIN =
      new Format(Origin.ZIPKIN, ZipkinReader::new, ZipkinWriter::new);
  private static final Format OTLP = new Format(Origin.OTLP, OtlpFiles::open, OtlpWriter::new);
  private static final Format JAEGER =
      new Format(Origin.JAEGER, JaegerReader::new, JaegerWriter::new);

  /** A format that is read and written. */
  private record Format(
      Origin origin, SpanReader.Opener opener, Function<OutputStream, JsonTraceWriter> writer) {
    Imported read(byte[] file) {
      return Imported.from(origin, opener, MEMORY, file);
    }

    byte[] write(List<FlowTrace> traces) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (JsonTraceWriter open = writer.apply(out)) {
        traces.forEach(open::write);
      }
      return out.toByteArray();
    }
  }

  private static void assertComesBack(Format format, byte[] file) {
    List<FlowTrace> first = format.read(file).traces();
    if (first.isEmpty()) {
      return; // all spans were refused
    }
    byte[] exported = format.write(first);
    Imported again = format.read(exported);

    assertThat(again.rejections()).as(text(exported)).isEmpty();
    assertThat(differences(first, again.traces())).as(text(exported)).isEmpty();
    assertThat(again.traces()).isEqualTo(first);
    assertThat(text(format.write(again.traces()))).isEqualTo(text(exported));
  }

  /** The first event that differs, so that a failure can be read. */
  private static List<String> differences(List<FlowTrace> before, List<FlowTrace> after) {
    List<String> expected = lines(before);
    List<String> actual = lines(after);
    for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
      String one = i < expected.size() ? expected.get(i) : "nothing";
      String other = i < actual.size() ? actual.get(i) : "nothing";
      if (!one.equals(other)) {
        return List.of(one, other);
      }
    }
    return List.of();
  }

  private static List<String> lines(List<FlowTrace> traces) {
    List<String> lines = new ArrayList<>();
    for (FlowTrace trace : traces) {
      trace.events().forEach(event -> lines.add(ReflowJson.write(event)));
      lines.add(ReflowJson.write(trace.toBuilder().events(List.of()).build()));
    }
    return lines;
  }

  private static String text(byte[] file) {
    return new String(file, StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<String> zipkin() {
    return GeneratedSpans.zipkin();
  }

  @Provide
  Arbitrary<String> otlp() {
    return GeneratedSpans.otlp();
  }

  @Provide
  Arbitrary<String> jaeger() {
    return GeneratedSpans.jaeger();
  }

  @Property(shrinking = ShrinkingMode.BOUNDED)
  void zipkin_spans_with_any_values_come_back_equal(@ForAll("zipkin") String file) {
    assertComesBack(ZIPKIN, file.getBytes(StandardCharsets.UTF_8));
  }

  @Property(shrinking = ShrinkingMode.BOUNDED)
  void otlp_spans_with_any_values_come_back_equal(@ForAll("otlp") String file) {
    assertComesBack(OTLP, file.getBytes(StandardCharsets.UTF_8));
  }

  @Property(shrinking = ShrinkingMode.BOUNDED)
  void jaeger_spans_with_any_values_come_back_equal(@ForAll("jaeger") String file) {
    assertComesBack(JAEGER, file.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jaeger.json",
        "otlp.json",
        "cases/F01-part1-zipkin.json",
        "cases/F01-part2-zipkin.json",
        "cases/F02a-jaeger-spans-alone.json",
        "cases/F02b-jaeger-data-object.json",
        "cases/F03-zipkin-v1.json",
        "cases/F04-first-otlp.json",
        "cases/F04-later-otlp.json",
        "cases/F08-unknown-fields-jaeger.json",
        "cases/F08-unknown-fields-otlp.json",
        "cases/F08-unknown-fields-zipkin.json",
        "cases/F09-jaeger-process-links-binary.json",
        "cases/F10-zipkin-parent-zero.json",
        "cases/F11a-zipkin-number-as-text.json",
        "cases/F12-events-same-time-otlp.json",
        "cases/F13-status-field-otlp.json",
        "cases/F13-trace-warnings-jaeger.json",
        "cases/R01-otlp-base64-ids.json",
        "cases/R02a-tempo-batches.json",
        "cases/R02b-tempo-v2.json",
        "cases/R05-broken-line.jsonl",
        "cases/R06-half-emoji-otlp.json",
        "cases/R10-same-span-id-otlp.json",
        "cases/good-otlp.json"
      })
  void every_sample_file_comes_back_equal(String name) throws IOException {
    byte[] file;
    try (InputStream in = getClass().getResourceAsStream(name)) {
      file = Objects.requireNonNull(in, name).readAllBytes();
    }
    Format format = name.contains("zipkin") ? ZIPKIN : name.contains("jaeger") ? JAEGER : OTLP;

    assertThat(format.read(file).traces()).isNotEmpty();
    assertComesBack(format, file);
  }
}
