package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.StateDiff.DiffType;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TimeZone;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A file in exactly the shape that serde_json writes is understood, and written the same again. */
class ReflowFilesTest {
  private static final EventId FIRST = EventId.of("00000000-0000-0000-0000-000000000001");
  private static final EventId SECOND = EventId.of("00000000-0000-0000-0000-000000000002");
  private static final PerformanceMetrics ZEROS = PerformanceMetrics.of(0, 0, 0, 0, 0);
  private static final EventId THIRD = EventId.of("00000000-0000-0000-0000-000000000003");

  @Test
  void everyFieldOfAFileOfTheFirstGenerationIsRead() {
    assertThat(ReflowJson.readTrace(fileOfTheFirstGeneration())).isEqualTo(firstGeneration());
  }

  @Test
  void everyFieldOfAFileOfTodayIsReadAndWhatIsNullWasNotMeasured() {
    assertThat(ReflowJson.readTrace(file())).isEqualTo(expected());
  }

  @Test
  void fieldsOfTodayThatAreMissingHaveTheirDefaults() {
    String metrics = "\"performance_metrics\":{}";
    String event =
        ReflowJson.write(expected().events().getFirst())
            .replaceFirst("\"performance_metrics\":\\{[^}]*}", Matcher.quoteReplacement(metrics));

    assertThat(event).contains(metrics);
    assertThat(ReflowJson.readEvent(event)).isEqualTo(expected().events().getFirst());
  }

  @Test
  void theWrittenFileIsTheOriginalWithoutItsSpaces() {
    String compact =
        Arrays.stream(file().split("\n"))
            .map(line -> line.strip().replaceFirst("^(\"[a-zA-Z_]+\"): ", "$1:"))
            .collect(Collectors.joining());

    assertThat(ReflowJson.write(expected())).isEqualTo(compact);
  }

  @Test
  void otherLocalesAndTimeZonesChangeNothing() {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    String written = ReflowJson.write(expected());
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));

      assertThat(ReflowJson.write(expected())).isEqualTo(written);
      assertThat(ReflowJson.readTrace(written)).isEqualTo(expected());
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      assertThat(ReflowJson.readTrace(file())).isEqualTo(expected());
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  static FlowTrace firstGeneration() {
    return trace(List.of(first(ZEROS), second(UnaryOperator.identity()), third(null, 0L)));
  }

  /** The trace of today's file. */
  static FlowTrace expected() {
    return trace(
        List.of(
            first(PerformanceMetrics.NONE),
            second(message -> message.withEncoding("zstd", 1, OptionalLong.of(4))),
            third(
                new MessageSnapshot(
                    "Object",
                    2,
                    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                    null),
                null)));
  }

  private static FlowTrace trace(List<TraceEvent> events) {
    return FlowTrace.builder("etl/nightly \"\u03b2\" \uD83D\uDE00")
        .traceId(TraceId.of("0197a2b4-6c1e-7d3a-9f00-8b1c2d3e4f50"))
        .executionId(ExecutionId.of("f47ac10b-58cc-4372-a567-0e02b2c3d479"))
        .version(
            new FlowVersion(
                1,
                4294967295L,
                0,
                "9fceb02d0ae598e95dc970b74767f19372d61af8",
                Instant.parse("2025-01-31T00:00:00Z")))
        .startTime(Instant.parse("2025-02-01T12:34:56.789Z"))
        .status(
            ExecutionStatus.failed(
                "actor 'loader' panicked at src/main.rs:10\n\tno such table\u0000"))
        .events(events)
        .metadata(
            TraceMetadata.builder()
                .sessionId("")
                .environment("production")
                .hostname("worker-1")
                .processId(4294967295L)
                .threadId("ThreadId(7)")
                .tag("region", "eu")
                .tag("tenant", "\u0130stanbul")
                .build())
        .build();
  }

  private static TraceEvent first(PerformanceMetrics metrics) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, "loader")
        .eventId(FIRST)
        .timestamp(Instant.parse("2025-02-01T12:34:56.789000001Z"))
        .data(TraceEventData.builder().performanceMetrics(metrics).build())
        .causality(CausalityInfo.root(FIRST))
        .build();
  }

  private static TraceEvent second(UnaryOperator<MessageSnapshot> detailed) {
    return TraceEvent.builder(TraceEventType.dataFlow("writer", "in"), "loader")
        .eventId(SECOND)
        .timestamp(Instant.parse("2025-02-01T12:34:57Z"))
        .data(
            TraceEventData.builder()
                .port("out")
                .message(
                    detailed.apply(
                        new MessageSnapshot(
                            "Bytes",
                            Long.MAX_VALUE,
                            "crc32:00000000",
                            Bytes.of((byte) 0, (byte) 127, (byte) -128, (byte) -1))))
                .stateDiff(new StateDiff(Bytes.EMPTY, Bytes.of((byte) 1), DiffType.MEMORY_ONLY))
                .error("")
                .performanceMetrics(
                    PerformanceMetrics.of(1_500_000, 1_048_576, Float.MAX_VALUE, 7, 1e21))
                .attribute("decimal", 0.1)
                .attribute("large", new JsonNumber("18446744073709551615"))
                .attribute("list", Arrays.asList(null, true, "x"))
                .attribute("minus_zero", -0.0)
                .attribute("object", Map.of("a", 1, "b", 1.0))
                .build())
        .causality(new CausalityInfo(FIRST, FIRST, List.of(FIRST), "b7ad6b7169203331"))
        .build();
  }

  private static TraceEvent third(@Nullable MessageSnapshot message, @Nullable Long memory) {
    PerformanceMetrics.Builder metrics =
        PerformanceMetrics.builder()
            .executionTimeNs(1)
            .cpuUsagePercent(0.1f)
            .queueDepth(0)
            .throughputMsgsPerSec(1234567890123456.8);
    if (memory != null) {
      metrics.memoryUsageBytes(memory);
    }
    return TraceEvent.builder(TraceEventType.custom("checkpoint"), "")
        .eventId(THIRD)
        .timestamp(Instant.parse("2025-02-01T12:34:57.000001Z"))
        .data(
            TraceEventData.builder()
                .stateDiff(new StateDiff(null, Bytes.EMPTY, DiffType.FULL))
                .message(message)
                .performanceMetrics(metrics.build())
                .attributes(Map.<String, JsonValue>of())
                .build())
        .causality(
            new CausalityInfo(null, THIRD, List.of(), "3d813cbb-47fb-32ba-91df-831e1593ac29"))
        .build();
  }

  static String file() {
    return file("reflow-today.json");
  }

  static String fileOfTheFirstGeneration() {
    return file("reflow-first-generation.json");
  }

  private static String file(String name) {
    try (InputStream in = ReflowFilesTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
