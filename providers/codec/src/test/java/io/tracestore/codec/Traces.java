package io.tracestore.codec;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;
import org.jspecify.annotations.Nullable;

/** All that a trace can hold, for properties. */
public class Traces extends DomainContextBase {
  @Provide
  Arbitrary<FlowTrace> traces() {
    return Combinators.combine(
            uuids().map(TraceId::new),
            texts(),
            uuids().map(ExecutionId::new),
            versions(),
            instants(),
            instants().injectNull(0.3),
            statuses(),
            metadata())
        .as((id, flow, execution, version, start, end, status, metadata) ->
            new FlowTrace(id, flow, execution, version, start, end, status, List.of(), metadata))
        .flatMap(header ->
            events()
                .list()
                .ofMaxSize(6)
                .uniqueElements(TraceEvent::eventId)
                .map(header::withEvents));
  }

  @Provide
  Arbitrary<TraceEvent> events() {
    return eventIds()
        .flatMap(id ->
            Combinators.combine(instants(), eventTypes(), texts(), data(), causality(id))
                .as((at, type, actor, data, why) ->
                    new TraceEvent(id, at, type, actor, data, why)));
  }

  @Provide
  Arbitrary<JsonValue> values() {
    return values(3);
  }

  @Provide
  Arbitrary<Instant> instants() {
    return Arbitraries.longs().map(EpochNanos::toInstant);
  }

  static Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "",
            "\u0000",
            "null",
            "a\"b\\c/d\n\r\t\b\f",
            "\uFFFD",
            "\uFEFF",
            "\uFFFF",
            "\u2028",
            "\u0130\u0131Ii",
            "\uD83D\uDE00 e\u0301 \u05D0",
            "0123456789abcdef",
            "0123456789ABCDEF",
            "0123456789abcdef0123456789abcdef",
            "01234567-89ab-cdef-0123-456789abcdef"),
        Arbitraries.strings().ascii().ofMaxLength(20),
        Arbitraries.strings().ofMaxLength(12).filter(Traces::isWellFormed),
        Arbitraries.strings().ofMinLength(60).ofMaxLength(140).filter(Traces::isWellFormed));
  }

  private static boolean isWellFormed(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  private static Arbitrary<UUID> uuids() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
  }

  private static Arbitrary<EventId> eventIds() {
    // A few ids are common, so that events refer to each other.
    return Arbitraries.oneOf(uuids(), Arbitraries.longs().between(1, 8).map(n -> new UUID(0, n)))
        .map(EventId::new);
  }

  private Arbitrary<FlowVersion> versions() {
    Arbitrary<Long> u32 = Arbitraries.longs().between(0, 0xFFFF_FFFFL);
    return Combinators.combine(u32, u32, u32, texts().injectNull(0.3), instants())
        .as(FlowVersion::new);
  }

  private static Arbitrary<ExecutionStatus> statuses() {
    return Combinators.combine(Arbitraries.of(ExecutionStatus.Kind.class), texts())
        .as(ExecutionStatus::of);
  }

  private static Arbitrary<TraceEventType> eventTypes() {
    return Arbitraries.oneOf(
        Arbitraries.of(TraceEventType.Plain.class).map(plain -> plain),
        Combinators.combine(texts(), texts()).as(TraceEventType.DataFlow::new),
        texts().map(TraceEventType.Custom::new));
  }

  private Arbitrary<TraceEventData> data() {
    return Combinators.combine(
            texts().injectNull(0.5),
            messages().injectNull(0.6),
            diffs().injectNull(0.6),
            texts().injectNull(0.6),
            metrics(),
            Arbitraries.maps(texts(), values(2)).ofMaxSize(5))
        .as(TraceEventData::new);
  }

  private static Arbitrary<Bytes> bytes() {
    return Arbitraries.oneOf(
        Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Bytes::of),
        Arbitraries.integers().between(700, 3000).map(n -> Bytes.of(new byte[n])));
  }

  private static Arbitrary<MessageSnapshot> messages() {
    Arbitrary<Long> sizes = Arbitraries.longs().between(0, Long.MAX_VALUE);
    Arbitrary<String> codecs =
        Arbitraries.oneOf(Arbitraries.of(MessageSnapshot.NO_CODEC, "zstd"), texts());
    Arbitrary<OptionalLong> stored =
        sizes.injectNull(0.5).map(n -> n == null ? OptionalLong.empty() : OptionalLong.of(n));
    return Combinators.combine(
            texts(),
            sizes,
            texts(),
            bytes().injectNull(0.3),
            codecs,
            Arbitraries.longs().between(0, 0xFFFF_FFFFL),
            stored)
        .as(MessageSnapshot::new);
  }

  private static Arbitrary<StateDiff> diffs() {
    return Combinators.combine(
            bytes().injectNull(0.3), bytes(), Arbitraries.of(StateDiff.DiffType.class))
        .as(StateDiff::new);
  }

  private static Arbitrary<PerformanceMetrics> metrics() {
    Arbitrary<Long> u63 =
        Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, Long.MAX_VALUE));
    Arbitrary<Float> floats =
        Arbitraries.oneOf(
            Arbitraries.of(0f, -0f),
            Arbitraries.integers().map(Float::intBitsToFloat).filter(Float::isFinite));
    Arbitrary<Double> doubles = Arbitraries.oneOf(Arbitraries.just(0.0), doubles());
    return Combinators.combine(
            u63.injectNull(0.4),
            u63.injectNull(0.4),
            floats.injectNull(0.4),
            u63.injectNull(0.4),
            doubles.injectNull(0.4))
        .as((time, memory, cpu, depth, rate) -> {
          PerformanceMetrics.Builder metrics = PerformanceMetrics.builder();
          ifThere(time, metrics::executionTimeNs);
          ifThere(memory, metrics::memoryUsageBytes);
          ifThere(cpu, metrics::cpuUsagePercent);
          ifThere(depth, metrics::queueDepth);
          ifThere(rate, metrics::throughputMsgsPerSec);
          return metrics.build();
        });
  }

  private static <T> void ifThere(@Nullable T value, Consumer<T> use) {
    if (value != null) {
      use.accept(value);
    }
  }

  static Arbitrary<Double> doubles() {
    return Arbitraries.oneOf(
        Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite),
        Arbitraries.of(-0.0, 1e308, 1e21, 1e16, 1e-5, Double.MIN_VALUE, 0.1, 100.0));
  }

  private static Arbitrary<CausalityInfo> causality(EventId self) {
    Arbitrary<EventId> ids = Arbitraries.oneOf(eventIds(), Arbitraries.just(self));
    return Combinators.combine(ids.injectNull(0.3), ids, ids.list().ofMaxSize(4), texts())
        .as((parent, root, chain, span) ->
            new CausalityInfo(
                parent, parent != null && root.equals(self) ? parent : root, chain, span));
  }

  private static Arbitrary<TraceMetadata> metadata() {
    return Combinators.combine(
            texts().injectNull(0.3),
            texts().injectNull(0.3),
            texts(),
            texts(),
            Arbitraries.longs().between(0, 0xFFFF_FFFFL),
            texts(),
            Arbitraries.maps(texts(), texts()).ofMaxSize(4))
        .as(TraceMetadata::new);
  }

  private static Arbitrary<JsonValue> values(int depth) {
    Arbitrary<JsonValue> scalars =
        Arbitraries.oneOf(
            Arbitraries.of(JsonValue.NULL, JsonValue.of(true), JsonValue.of(false)),
            texts().map(JsonString::new),
            numbers());
    if (depth == 0) {
      return scalars;
    }
    return Arbitraries.oneOf(
        scalars,
        scalars,
        values(depth - 1).list().ofMaxSize(4).map(JsonArray::new),
        Arbitraries.maps(texts(), values(depth - 1)).ofMaxSize(4).map(JsonObject::new));
  }

  private static Arbitrary<JsonNumber> numbers() {
    return Arbitraries.oneOf(
            Arbitraries.longs().map(Object::toString),
            Arbitraries.bigIntegers()
                .between(BigInteger.TWO.pow(200).negate(), BigInteger.TWO.pow(200))
                .map(Object::toString),
            doubles().map(Object::toString),
            Arbitraries.of(
                "-0",
                "0",
                "-1",
                "18446744073709551615",
                "999999999999999999",
                "1000000000000000000",
                "-9223372036854775808",
                "1e400",
                "-1.5E-400",
                "3.141592653589793238462643383279502884197"))
        .map(JsonNumber::new);
  }
}
