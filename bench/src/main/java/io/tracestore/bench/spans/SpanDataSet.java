package io.tracestore.bench.spans;

import com.github.luben.zstd.ZstdOutputStream;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracestore.model.TraceId;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Traces in the shape in which Jaeger published the speed of its storage in ClickHouse: each has 10
 * spans, a span has 11 attributes out of 97 keys with 1,000 values, there are 10 services, and the
 * traces lie within 10 days, one after the other, as a collector gets them. The operations of a
 * service, the durations and the tree of the spans are not part of that shape; they are chosen
 * here.
 *
 * <p>The same number always gives the same trace, so that questions know what there is to find.
 * Immutable.
 */
public final class SpanDataSet {
  /** The number of spans in each trace. */
  public static final int SPANS = 10;

  static final int ATTRIBUTES = 11;
  static final int KEYS = 97;
  static final int VALUES = 1_000;
  static final int SERVICES = 10;
  static final int OPERATIONS = 10;
  static final Duration PERIOD = Duration.ofDays(10);

  /** The start of the period. */
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final int TRACES_IN_MESSAGE = 100;
  private static final long SHORTEST_NANOS = 1_000_000;
  private static final long LONGEST_NANOS = 1_000_000_000;
  private static final int COMPRESSION_LEVEL = 1;

  private final int traces;

  /**
   * @param traces how many traces; their numbers begin with 0
   */
  public SpanDataSet(int traces) {
    if (traces < 1) {
      throw new IllegalArgumentException("traces must be positive: " + traces);
    }
    this.traces = traces;
  }

  /**
   * One span.
   *
   * @param id unique within its trace; the root's is 1
   * @param parent the id of the span that it is part of; 0 for the root
   */
  record Sample(
      long id,
      long parent,
      String service,
      String operation,
      Instant start,
      Duration duration,
      Map<String, String> attributes) {}

  /** The number of traces. */
  public int traces() {
    return traces;
  }

  /** The number of spans of all traces. */
  public long spans() {
    return (long) traces * SPANS;
  }

  static TraceId traceId(int number) {
    SplittableRandom random = new SplittableRandom(~number);
    return new TraceId(new UUID(random.nextLong(), random.nextLong() | 1));
  }

  /** The spans of a trace, the root first. Traces start in the order of their numbers. */
  List<Sample> trace(int number) {
    SplittableRandom random = new SplittableRandom(number);
    long apart = PERIOD.toNanos() / traces;
    Instant start = START.plusNanos(number * apart + random.nextLong(apart));
    List<Sample> spans = new ArrayList<>();
    spans.add(span(1, 0, start, duration(random), random));
    while (spans.size() < SPANS) {
      Sample parent = spans.get(random.nextInt(spans.size()));
      long length = 1 + random.nextLong(parent.duration().toNanos());
      long delay = random.nextLong(parent.duration().toNanos() - length + 1);
      spans.add(
          span(
              spans.size() + 1,
              parent.id(),
              parent.start().plusNanos(delay),
              Duration.ofNanos(length),
              random));
    }
    return spans;
  }

  /** Each order of magnitude is as frequent as the others. */
  private static Duration duration(SplittableRandom random) {
    double range = Math.log((double) LONGEST_NANOS / SHORTEST_NANOS);
    return Duration.ofNanos((long) (SHORTEST_NANOS * Math.exp(random.nextDouble() * range)));
  }

  private static Sample span(
      long id, long parent, Instant start, Duration duration, SplittableRandom random) {
    String service = "service-" + random.nextInt(SERVICES);
    String operation = "operation-" + random.nextInt(OPERATIONS);
    Map<String, String> attributes = new LinkedHashMap<>();
    // The number of keys is prime: steps of one size meet no key twice.
    int key = random.nextInt(KEYS);
    int step = 1 + random.nextInt(KEYS - 1);
    for (int i = 0; i < ATTRIBUTES; i++) {
      attributes.put("key-" + key, "value-" + random.nextInt(VALUES));
      key = (key + step) % KEYS;
    }
    return new Sample(id, parent, service, operation, start, duration, attributes);
  }

  /** Writes all traces into a file of OTLP protobuf, as a collector does, packed by Zstandard. */
  public void writeTo(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(
                new ZstdOutputStream(Files.newOutputStream(file), COMPRESSION_LEVEL)))) {
      for (int from = 0; from < traces; from += TRACES_IN_MESSAGE) {
        byte[] message = message(from, Math.min(traces, from + TRACES_IN_MESSAGE)).toByteArray();
        out.writeInt(message.length);
        out.write(message);
      }
    }
  }

  private TracesData message(int from, int to) {
    Map<String, ScopeSpans.Builder> services = new TreeMap<>();
    for (int number = from; number < to; number++) {
      ByteString traceId = bytes(traceId(number).value());
      for (Sample span : trace(number)) {
        services
            .computeIfAbsent(span.service(), each -> ScopeSpans.newBuilder())
            .addSpans(otlp(traceId, span));
      }
    }
    TracesData.Builder message = TracesData.newBuilder();
    services.forEach((service, spans) ->
        message.addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(text("service.name", service)))
                .addScopeSpans(spans)));
    return message.build();
  }

  private static Span otlp(ByteString traceId, Sample span) {
    long start = nanos(span.start());
    Span.Builder otlp =
        Span.newBuilder()
            .setTraceId(traceId)
            .setSpanId(bytes(span.id()))
            .setName(span.operation())
            .setKind(Span.SpanKind.SPAN_KIND_INTERNAL)
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + span.duration().toNanos());
    if (span.parent() != 0) {
      otlp.setParentSpanId(bytes(span.parent()));
    }
    span.attributes().forEach((key, value) -> otlp.addAttributes(text(key, value)));
    return otlp.build();
  }

  private static long nanos(Instant instant) {
    return Duration.between(Instant.EPOCH, instant).toNanos();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static ByteString bytes(UUID id) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
  }

  private static ByteString bytes(long id) {
    return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(id).flip());
  }
}
