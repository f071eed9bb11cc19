package io.tracestore.compat;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Tuple;
import net.jqwik.api.sessions.JqwikSession;
import org.jspecify.annotations.Nullable;

/**
 * Traces from the whole space of valid values, the ugly part of it included, as jqwik's arbitraries
 * (which shrink) and as samples of a seed. Stateless, so safe for many threads.
 */
public final class TraceGenerator {
  private static final int MAX_EVENTS = 8;
  private static final int MAX_RANDOM_BYTES = 64;
  private static final int GENERATION_SIZE = 1000;
  private static final long MAX_U32 = 0xFFFF_FFFFL;

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a",
          "A",
          " both ends ",
          "\0",
          "before\0after",
          "\u0001\u001f\u007f\u0080\u009f",
          "line\nfeed\r\n\ttab",
          "\u2028\u2029\u0085",
          "\\ \\n \\u0000 \\\\",
          "\"quoted\" 'single' `back`",
          "%_*?.[a-z]^$(){}|+\\Q\\E",
          "{{}}${env:HOME}%s%n%41+&=#;",
          "null",
          "'; DROP TABLE traces; --",
          "\\' OR 1=1 -- ",
          "{0} {x:String} ? ?? :name $1 /* -- #",
          "\u00e9 and e\u0301",
          "I i \u0130 \u0131 \u00df \u1e9e",
          "\u05e9\u05dc\u05d5\u05dd \u202e\u0645\u0631\u062d\u0628\u0627\u202c",
          "\ufeff\ufffd\ufffe\uffff",
          "\ud7ff\ue000",
          "\ud800\udc00\udbff\udfff",
          "\ud83d\ude00",
          "\ud83d\udc69\u200d\ud83d\ude80\ud83c\uddf3\ud83c\uddf5",
          "1e21",
          "long ".repeat(2000));

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "0.0",
          "-0.0",
          "1",
          "1.0",
          "-1",
          "0.1",
          "9007199254740993",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775809",
          "18446744073709551615",
          "18446744073709551616",
          "9".repeat(300),
          "-" + "7".repeat(999),
          "0." + "3".repeat(300),
          "123456789012345678901234567890.123456789",
          "1e21",
          "1E-400",
          "1e308",
          "1e400",
          "1.7976931348623157E308",
          "4.9E-324",
          "-1e-999999",
          "1e16",
          "1e-7");

  private static final List<Double> DOUBLES =
      List.of(
          0.0,
          -0.0,
          1.0,
          -1.5,
          0.1,
          1e21,
          1e308,
          Double.MIN_VALUE,
          -Double.MIN_VALUE,
          Double.MIN_NORMAL,
          Double.MAX_VALUE,
          -Double.MAX_VALUE,
          (double) Float.MIN_VALUE,
          Math.PI);

  private static final List<Long> LONGS =
      List.of(0L, 1L, 127L, 128L, 255L, 65_536L, MAX_U32, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE);

  private static final List<Instant> INSTANTS =
      List.of(
          Instant.EPOCH,
          Instant.EPOCH.plusNanos(1),
          Instant.EPOCH.minusNanos(1),
          Instant.parse("1969-12-31T23:59:59Z"),
          Instant.parse("2026-03-29T01:30:00.999999999Z"),
          Instant.parse("2026-03-29T01:30:00.999Z"),
          EpochNanos.MIN,
          EpochNanos.MIN.plusNanos(1),
          EpochNanos.MAX,
          EpochNanos.MAX.minusNanos(1));

  private static final List<UUID> UUIDS =
      List.of(
          new UUID(0, 0),
          new UUID(0, 1),
          new UUID(0, Long.MIN_VALUE),
          new UUID(1, 0),
          new UUID(Long.MAX_VALUE, -1),
          new UUID(Long.MIN_VALUE, 0),
          new UUID(-1, Long.MAX_VALUE),
          new UUID(-1, -1),
          UUID.fromString("5c0a7c3e-3b54-4d5e-8f6a-0123456789ab"),
          UUID.fromString("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
          UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057"));

  private TraceGenerator() {}

  /** Texts that stores have been seen to alter. */
  public static List<String> trapTexts() {
    return TEXTS;
  }

  /** Literals of numbers in custom attributes that stores have been seen to alter. */
  public static List<String> trapNumbers() {
    return NUMBERS;
  }

  /** Finite doubles that stores have been seen to alter. */
  public static List<Double> trapDoubles() {
    return DOUBLES;
  }

  /** Longs, not negative, that stores have been seen to alter. */
  public static List<Long> trapLongs() {
    return LONGS;
  }

  /** Instants, first and last included, that stores have been seen to alter. */
  public static List<Instant> trapInstants() {
    return INSTANTS;
  }

  /** UUIDs that are ordered wrongly when halves are compared as signed numbers. */
  public static List<UUID> trapUuids() {
    return UUIDS;
  }

  /** All 256 bytes. */
  public static Bytes allBytes() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    return Bytes.of(all);
  }

  /** {@code count} traces, no two of one id, the same ones for the same seed. */
  public static List<FlowTrace> sample(long seed, int count) {
    List<FlowTrace> sample = new ArrayList<>();
    Set<TraceId> ids = new HashSet<>();
    JqwikSession.run(() -> {
      RandomGenerator<FlowTrace> generator = traces().generator(GENERATION_SIZE);
      Random random = new Random(seed);
      while (sample.size() < count) {
        FlowTrace trace = generator.next(random).value();
        if (ids.add(trace.traceId())) {
          sample.add(trace);
        }
      }
    });
    return List.copyOf(sample);
  }

  /** Any trace of few events. */
  public static Arbitrary<FlowTrace> traces() {
    return Combinators.combine(
            uuids().map(TraceId::new),
            texts(),
            uuids().map(ExecutionId::new),
            versions(),
            instants(),
            instants().injectNull(0.3),
            Combinators.combine(statuses(), metadata()).as(Ending::new),
            events().list().ofMaxSize(MAX_EVENTS).uniqueElements(TraceEvent::eventId))
        .as((id, flow, execution, version, start, end, ending, events) ->
            new FlowTrace(
                id,
                flow,
                execution,
                version,
                start,
                end,
                ending.status(),
                events,
                ending.metadata()));
  }

  /** Two parts in one, as jqwik combines eight at most. */
  private record Ending(ExecutionStatus status, TraceMetadata metadata) {}

  /** Any event. */
  public static Arbitrary<TraceEvent> events() {
    return Combinators.combine(
            uuids().map(EventId::new), instants(), types(), texts(), data(), causalities())
        .as(TraceEvent::new);
  }

  /** Any text: traps and random ones, of letters as well as of anything that is valid. */
  public static Arbitrary<String> texts() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.of(TEXTS)),
        Tuple.of(2, Arbitraries.strings().alpha().ofMaxLength(12)),
        Tuple.of(1, Arbitraries.strings().withCharRange('\0', '\ud7ff').ofMaxLength(12)));
  }

  /** Any instant that a trace can hold, often the same ones. */
  public static Arbitrary<Instant> instants() {
    return Arbitraries.oneOf(
        Arbitraries.of(INSTANTS), Arbitraries.longs().map(EpochNanos::toInstant));
  }

  /** Any UUID: traps and random ones of versions 4 and 7. */
  public static Arbitrary<UUID> uuids() {
    Arbitrary<Long> bits = Arbitraries.longs().withDistribution(uniform());
    Arbitrary<UUID> random =
        Combinators.combine(bits, bits, Arbitraries.of(4L, 7L))
            .as((high, low, version) ->
                new UUID(
                    (high & ~0xF000L) | (version << 12),
                    (low & 0x3FFF_FFFF_FFFF_FFFFL) | Long.MIN_VALUE));
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.of(UUIDS)), net.jqwik.api.Tuple.of(5, random));
  }

  private static RandomDistribution uniform() {
    return RandomDistribution.uniform();
  }

  /** Any JSON value of small depth. */
  public static Arbitrary<JsonValue> jsonValues() {
    Arbitrary<JsonValue> leaves =
        Arbitraries.oneOf(
            Arbitraries.of(NUMBERS).map(JsonValue.JsonNumber::new),
            Arbitraries.doubles().map(JsonValue::of),
            Arbitraries.longs().map(JsonValue::of),
            texts().map(JsonValue::of),
            Arbitraries.of(JsonValue.NULL, JsonValue.of(true), JsonValue.of(false)));
    return Arbitraries.recursive(() -> leaves, TraceGenerator::nested, 0, 3);
  }

  private static Arbitrary<JsonValue> nested(Arbitrary<JsonValue> inner) {
    return Arbitraries.oneOf(
        inner,
        inner.list().ofMaxSize(3).map(JsonValue.JsonArray::new),
        Arbitraries.maps(texts(), inner).ofMaxSize(3).map(JsonValue.JsonObject::new));
  }

  private static Arbitrary<FlowVersion> versions() {
    Arbitrary<Long> number = Arbitraries.longs().between(0, MAX_U32);
    return Combinators.combine(number, number, number, texts().injectNull(0.5), instants())
        .as(FlowVersion::new);
  }

  private static Arbitrary<ExecutionStatus> statuses() {
    return Combinators.combine(Arbitraries.of(ExecutionStatus.Kind.class), texts())
        .as(ExecutionStatus::of);
  }

  private static Arbitrary<TraceMetadata> metadata() {
    return Combinators.combine(
            texts().injectNull(0.3),
            texts().injectNull(0.3),
            texts(),
            texts(),
            Arbitraries.longs().between(0, MAX_U32),
            texts(),
            Arbitraries.maps(texts(), texts()).ofMaxSize(3))
        .as(TraceMetadata::new);
  }

  private static Arbitrary<TraceEventType> types() {
    return Arbitraries.oneOf(
        Arbitraries.of(TraceEventType.Plain.class),
        Combinators.combine(texts(), texts()).as(TraceEventType::dataFlow),
        texts().map(TraceEventType::custom));
  }

  private static Arbitrary<TraceEventData> data() {
    Arbitrary<Map<String, JsonValue>> attributes =
        Arbitraries.maps(texts(), jsonValues()).ofMaxSize(3);
    return Combinators.combine(
            texts().injectNull(0.5),
            messages().injectNull(0.5),
            stateDiffs().injectNull(0.5),
            texts().injectNull(0.5),
            metrics(notNegative()),
            attributes)
        .as(TraceEventData::new);
  }

  private static Arbitrary<MessageSnapshot> messages() {
    Arbitrary<OptionalLong> stored =
        notNegative()
            .injectNull(0.5)
            .map(bytes -> bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes));
    return Combinators.combine(
            texts(),
            notNegative(),
            texts(),
            bytes().injectNull(0.3),
            Arbitraries.oneOf(Arbitraries.of(MessageSnapshot.NO_CODEC, "zstd"), texts()),
            Arbitraries.of(0L, 1L, 0xFFFF_FFFFL),
            stored)
        .as(MessageSnapshot::new);
  }

  private static Arbitrary<StateDiff> stateDiffs() {
    return Combinators.combine(
            bytes().injectNull(0.3), bytes(), Arbitraries.of(StateDiff.DiffType.class))
        .as(StateDiff::new);
  }

  /**
   * Metrics of which any may be absent.
   *
   * @param longs the values of those that are whole numbers
   */
  static Arbitrary<PerformanceMetrics> metrics(Arbitrary<Long> longs) {
    Arbitrary<Double> doubles = Arbitraries.oneOf(Arbitraries.of(DOUBLES), Arbitraries.doubles());
    return Combinators.combine(
            longs.injectNull(0.4),
            longs.injectNull(0.4),
            Arbitraries.oneOf(Arbitraries.of(0f, -0f), Arbitraries.floats()).injectNull(0.4),
            longs.injectNull(0.4),
            doubles.injectNull(0.4))
        .as((time, memory, cpu, depth, rate) -> {
          PerformanceMetrics.Builder metrics = PerformanceMetrics.builder();
          ifPresent(time, metrics::executionTimeNs);
          ifPresent(memory, metrics::memoryUsageBytes);
          ifPresent(cpu, metrics::cpuUsagePercent);
          ifPresent(depth, metrics::queueDepth);
          ifPresent(rate, metrics::throughputMsgsPerSec);
          return metrics.build();
        });
  }

  private static <T> void ifPresent(@Nullable T value, Consumer<T> use) {
    if (value != null) {
      use.accept(value);
    }
  }

  private static Arbitrary<CausalityInfo> causalities() {
    Arbitrary<EventId> ids = uuids().map(EventId::new);
    return Combinators.combine(ids.injectNull(0.3), ids, ids.list().ofMaxSize(3), texts())
        .as(CausalityInfo::new);
  }

  private static Arbitrary<Long> notNegative() {
    return Arbitraries.oneOf(Arbitraries.of(LONGS), Arbitraries.longs().between(0, Long.MAX_VALUE));
  }

  private static Arbitrary<Bytes> bytes() {
    return Arbitraries.oneOf(
        Arbitraries.of(Bytes.EMPTY, allBytes(), Bytes.of((byte) 0), Bytes.of((byte) 0x80)),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(MAX_RANDOM_BYTES).map(Bytes::of));
  }
}
