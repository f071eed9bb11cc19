package io.tracestore.migration.zipkin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.migration.SampleTraces;
import io.tracestore.migration.otlp.PlainSpans;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue.JsonString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zipkin2.Endpoint;
import zipkin2.codec.SpanBytesDecoder;
import zipkin2.codec.SpanBytesEncoder;

/** Spans are read as Zipkin itself reads them, and written as it writes them. */
class ZipkinReferenceTest {
  private static final long BASE = 1_760_000_000_000_000L;
  private static final List<String> SERVICES = List.of("shop", "bakery");

  /**
   * The facts about a span on which both readers must agree; times in microseconds, 0 if not known.
   */
  private record Seen(
      String kind,
      long timestamp,
      long duration,
      String service,
      String remote,
      boolean shared,
      Map<String, String> tags,
      List<String> annotations) {
    static final Comparator<Seen> ORDER = Comparator.comparing(Seen::toString);
  }

  @Property
  void spans_of_the_first_version_are_split_as_zipkin_splits_them(@ForAll("spans") String json) {
    assertThat(ours(json)).as(json).isEqualTo(reference(json));
  }

  @Property
  void spans_that_zipkin_writes_are_read_and_written_as_zipkin_has_them(
      @ForAll("zipkinSpans") List<zipkin2.Span> spans) {
    byte[] json = SpanBytesEncoder.JSON_V2.encodeList(spans);

    List<FlowTrace> traces =
        Imported.from(Origin.ZIPKIN, ZipkinReader::new, 1 << 28, json).traces();

    assertThat(SpanBytesDecoder.JSON_V2.decodeList(written(traces)))
        .containsExactlyInAnyOrderElementsOf(spans);
  }

  @Test
  void spans_of_any_trace_are_written_as_zipkin_reads_them() {
    List<FlowTrace> traces = SampleTraces.of(4).next(50);

    List<zipkin2.Span> spans = SpanBytesDecoder.JSON_V2.decodeList(written(traces));

    assertThat(spans)
        .hasSize(traces.stream().mapToInt(trace -> PlainSpans.of(trace).size()).sum())
        .allSatisfy(span -> {
          assertThat(span.localServiceName()).isNotEmpty();
          assertThat(span.durationAsLong()).isPositive();
        });
    assertThat(spans)
        .extracting(zipkin2.Span::traceId)
        .containsAll(
            traces.stream().map(trace -> trace.traceId().toString().replace("-", "")).toList());
  }

  private static byte[] written(List<FlowTrace> traces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipkinWriter writer = new ZipkinWriter(out)) {
      traces.forEach(writer::write);
    }
    return out.toByteArray();
  }

  @Provide
  Arbitrary<List<zipkin2.Span>> zipkinSpans() {
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.of("error", "http.path", "shop", "bakery"),
            Arbitraries.strings().ofMaxLength(8).filter(ZipkinReferenceTest::isWhole));
    Arbitrary<Endpoint> endpoints =
        Combinators.combine(
                texts.injectNull(0.2),
                Arbitraries.of("10.0.0.1", "2001:db8::c001").injectNull(0.3),
                Arbitraries.integers().between(1, 65535).injectNull(0.5))
            .as((service, ip, port) ->
                Endpoint.newBuilder().serviceName(service).ip(ip).port(port).build());
    Arbitrary<zipkin2.Span.Builder> heads =
        Combinators.combine(
                Arbitraries.of(zipkin2.Span.Kind.values()).injectNull(0.3),
                texts.injectNull(0.2),
                Arbitraries.longs().between(0, 9_000_000_000_000_000L),
                Arbitraries.longs().between(0, 200_000_000_000_000L),
                endpoints.injectNull(0.2),
                endpoints.injectNull(0.4),
                Arbitraries.of(true, false))
            .as((kind, name, timestamp, duration, local, remote, debug) ->
                zipkin2.Span.newBuilder()
                    .traceId("1122334455667788")
                    .kind(kind)
                    .name(name)
                    .timestamp(timestamp)
                    .duration(duration)
                    .localEndpoint(local)
                    .remoteEndpoint(remote)
                    .debug(debug ? (Boolean) true : null));
    return Combinators.combine(
            heads,
            Arbitraries.maps(texts, texts).ofMaxSize(3),
            Arbitraries.maps(Arbitraries.longs().between(1, BASE), texts).ofMaxSize(3))
        .as((span, tags, annotations) -> {
          zipkin2.Span.Builder copy = span.clone();
          tags.forEach(copy::putTag);
          annotations.forEach(copy::addAnnotation);
          return copy;
        })
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(ZipkinReferenceTest::numbered);
  }

  /** Half a surrogate pair is no text that UTF-8 can hold. */
  private static boolean isWhole(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static List<zipkin2.Span> numbered(List<zipkin2.Span.Builder> builders) {
    List<zipkin2.Span> spans = new ArrayList<>();
    for (zipkin2.Span.Builder each : builders) {
      zipkin2.Span.Builder span = each.clone().id(spans.size() + 1);
      spans.add(spans.isEmpty() ? span.build() : span.parentId(spans.size()).build());
    }
    return spans;
  }

  private static List<Seen> ours(String json) {
    List<Seen> seen = new ArrayList<>();
    try (SpanReader reader =
        new ZipkinReader(
            new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "a.json", 1 << 20)) {
      SpanReader.Item item = reader.next();
      while (item != null) {
        seen.add(seen(((SpanReader.Found) item).span()));
        item = reader.next();
      }
    }
    seen.sort(Seen.ORDER);
    return seen;
  }

  private static Seen seen(Span span) {
    Map<String, String> tags = new TreeMap<>();
    span.tags().forEach((key, value) -> tags.put(key, ((JsonString) value).value()));
    return new Seen(
        orEmpty(span.kind()),
        micros(span.timestamp()),
        micros(span.duration()),
        orEmpty(span.service()),
        orEmpty(span.remoteService()),
        span.shared(),
        tags,
        span.annotations().stream()
            .map(each -> micros(each.timestamp()) + " " + each.value())
            .sorted()
            .toList());
  }

  private static List<Seen> reference(String json) {
    List<Seen> seen = new ArrayList<>();
    for (zipkin2.Span span :
        SpanBytesDecoder.JSON_V1.decodeList(json.getBytes(StandardCharsets.UTF_8))) {
      seen.add(
          new Seen(
              span.kind() == null ? "" : span.kind().name(),
              span.timestampAsLong(),
              span.durationAsLong(),
              orEmpty(span.localServiceName()),
              orEmpty(span.remoteServiceName()),
              Boolean.TRUE.equals(span.shared()),
              new TreeMap<>(span.tags()),
              span.annotations().stream()
                  .map(each -> each.timestamp() + " " + each.value())
                  .sorted()
                  .toList()));
    }
    seen.sort(Seen.ORDER);
    return seen;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static long micros(@Nullable Long nanos) {
    return nanos == null ? 0 : nanos / 1000;
  }

  @Provide
  Arbitrary<String> spans() {
    Arbitrary<String> times =
        Arbitraries.of(
            "",
            "\"timestamp\":%d,".formatted(BASE),
            "\"timestamp\":%d,\"duration\":90,".formatted(BASE));
    return Combinators.combine(
            times,
            Arbitraries.of(SERVICES)
                .tuple2()
                .flatMap(ends -> annotations(ends.get1(), ends.get2())),
            binaryAnnotation().list().ofMaxSize(4))
        .as((time, annotations, tags) ->
            ("[{\"traceId\":\"1122334455667788\",\"id\":\"2\",\"name\":\"bake\",%s"
                    + "\"annotations\":[%s],\"binaryAnnotations\":[%s]}]")
                .formatted(time, joined(annotations), joined(distinctKeys(tags))));
  }

  /** Some of the events of a call, or of a message, each at most once and at its own end. */
  private static Arbitrary<List<String>> annotations(String from, String to) {
    Map<String, String> call = Map.of("cs", from, "cr", from, "sr", to, "ss", to, "note", to);
    Map<String, String> message = Map.of("ms", from, "ws", from, "mr", to, "wr", to, "note", to);
    return Arbitraries.of(List.of(call, message))
        .flatMap(places ->
            Arbitraries.subsetOf(places.keySet())
                .flatMap(values ->
                    Combinators.combine(
                            values.stream()
                                .map(value -> annotation(value, places.getOrDefault(value, to)))
                                .toList())
                        .as(each -> each)));
  }

  private static String joined(List<String> elements) {
    StringJoiner joiner = new StringJoiner(",");
    elements.forEach(joiner::add);
    return joiner.toString();
  }

  /** A key that stands twice is a matter of taste. */
  private static List<String> distinctKeys(List<String> tags) {
    Map<String, String> byKey = new TreeMap<>();
    tags.forEach(tag -> byKey.putIfAbsent(tag.substring(0, tag.indexOf(',')), tag));
    return List.copyOf(byKey.values());
  }

  private static Arbitrary<String> annotation(String value, String service) {
    return Arbitraries.integers()
        .between(1, 100)
        .map(offset ->
            "{\"timestamp\":%d,\"value\":\"%s\",\"endpoint\":%s}"
                .formatted(BASE + offset, value, endpoint(service)));
  }

  private static Arbitrary<String> binaryAnnotation() {
    return Combinators.combine(
            Arbitraries.of("sa", "ca", "http.path", "lc"), Arbitraries.of(SERVICES))
        .as((key, service) ->
            "{\"key\":\"%s\",\"value\":%s,\"endpoint\":%s}"
                .formatted(
                    key,
                    key.equals("sa") || key.equals("ca") ? "true" : "\"x\"",
                    endpoint(service)));
  }

  private static String endpoint(String service) {
    return "{\"serviceName\":\"%s\",\"ipv4\":\"10.0.0.%d\"}"
        .formatted(service, SERVICES.indexOf(service) + 1);
  }
}
