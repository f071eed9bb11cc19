package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A value that no store could return is refused when it is built, and the error names its field.
 */
class ValidationTest {
  private static final String LONE = "ab\ud83d";
  private static final String LONE_SHOWN = " has an unpaired surrogate at index 2: \\ud83d";
  private static final Instant TOO_EARLY = EpochNanos.MIN.minusNanos(1);
  private static final Instant TOO_LATE = EpochNanos.MAX.plusNanos(1);
  private static final String BOUNDS =
      " must be between 1677-09-21T00:12:43.145224192Z and 2262-04-11T23:47:16.854775807Z: ";
  private static final EventId EVENT_ID = EventId.random();

  static Stream<Arguments> textFields() {
    return Stream.of(
        field("flowId", text -> FlowTrace.builder(text).build()),
        field("version.gitHash", text -> new FlowVersion(1, 0, 0, text, Instant.EPOCH)),
        field("status.error", ExecutionStatus::failed),
        field("metadata.userId", text -> TraceMetadata.builder().userId(text).build()),
        field("metadata.sessionId", text -> TraceMetadata.builder().sessionId(text).build()),
        field("metadata.environment", text -> TraceMetadata.builder().environment(text).build()),
        field("metadata.hostname", text -> TraceMetadata.builder().hostname(text).build()),
        field("metadata.threadId", text -> TraceMetadata.builder().threadId(text).build()),
        field("metadata.tags key", text -> TraceMetadata.builder().tag(text, "v").build()),
        field("metadata.tags 'k'", text -> TraceMetadata.builder().tag("k", text).build()),
        field("actorId", text -> TraceEvent.builder(TraceEventType.ACTOR_CREATED, text).build()),
        field("eventType.toActor", text -> TraceEventType.dataFlow(text, "in")),
        field("eventType.toPort", text -> TraceEventType.dataFlow("b", text)),
        field("eventType.name", TraceEventType::custom),
        field("causality.spanId", text -> new CausalityInfo(null, EVENT_ID, List.of(), text)),
        field("data.port", text -> TraceEventData.builder().port(text).build()),
        field("data.error", text -> TraceEventData.builder().error(text).build()),
        field(
            "data.customAttributes key",
            text -> TraceEventData.builder().attribute(text, 1).build()),
        field(
            "data.customAttributes 'k': string",
            text -> TraceEventData.builder().attribute("k", text).build()),
        field("message.messageType", text -> new MessageSnapshot(text, 0, "", Bytes.EMPTY)),
        field("message.contentCodec", text -> message(text, 0, OptionalLong.empty())),
        field("message.checksum", text -> new MessageSnapshot("", 0, text, Bytes.EMPTY)),
        field("string", JsonValue::of),
        field("object key", text -> JsonValue.object(Map.of(text, 1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("textFields")
  void text_with_an_unpaired_surrogate_is_refused_by_name(String name, TextField field) {
    assertThatThrownBy(() -> field.build(LONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + LONE_SHOWN);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("textFields")
  void text_longer_than_the_maximum_is_refused_by_name(String name, TextField field) {
    assertThatThrownBy(() -> field.build("x".repeat(FlowTrace.MAX_TEXT_LENGTH + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + " is longer than 16777216 characters: 16777217");
  }

  static Stream<Arguments> unpaired() {
    return Stream.of(
        arguments("\ud83d", 0, "\\ud83d"),
        arguments("\ude00", 0, "\\ude00"),
        arguments("\ude00\ud83d", 0, "\\ude00"),
        arguments("\ud83d\ud83d\ude00", 0, "\\ud83d"),
        arguments("\ud83d\ude00\ude00", 2, "\\ude00"),
        arguments("a\ud83db", 1, "\\ud83d"));
  }

  @ParameterizedTest
  @MethodSource("unpaired")
  void an_unpaired_surrogate_is_found_wherever_it_stands(String text, int index, String shown) {
    assertThatThrownBy(() -> JsonValue.of(text))
        .hasMessage("string has an unpaired surrogate at index %s: %s", index, shown);
  }

  @Test
  void any_other_text_is_kept_as_it_is() {
    String text = "\u0000\uffff\ufeff\ud83d\ude00 e\u0301 \r\n";

    assertThat(FlowTrace.builder(text).build().flowId()).isEqualTo(text);
  }

  @Test
  void text_of_the_maximal_length_is_taken() {
    String text = "x".repeat(FlowTrace.MAX_TEXT_LENGTH);

    assertThat(ExecutionStatus.failed(text)).isEqualTo(new ExecutionStatus.Failed(text));
  }

  static Stream<Arguments> instantFields() {
    return Stream.of(
        arguments("startTime", (InstantField) at -> trace().startTime(at).build()),
        arguments("endTime", (InstantField) at -> trace().endTime(at).build()),
        arguments("timestamp", (InstantField) at -> event().timestamp(at).build()),
        arguments("version.timestamp", (InstantField) at -> new FlowVersion(1, 0, 0, null, at)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("instantFields")
  void an_instant_before_the_earliest_is_refused_by_name(String name, InstantField field) {
    assertThatThrownBy(() -> field.build(TOO_EARLY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + BOUNDS + "1677-09-21T00:12:43.145224191Z");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("instantFields")
  void an_instant_after_the_latest_is_refused_by_name(String name, InstantField field) {
    assertThatThrownBy(() -> field.build(TOO_LATE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + BOUNDS + "2262-04-11T23:47:16.854775808Z");
  }

  @Test
  void the_earliest_and_the_latest_instant_are_taken() {
    FlowTrace trace = trace().startTime(EpochNanos.MIN).endTime(EpochNanos.MAX).build();

    assertThat(trace.startTime()).isEqualTo("1677-09-21T00:12:43.145224192Z");
    assertThat(trace.endTime()).isEqualTo("2262-04-11T23:47:16.854775807Z");
  }

  @Test
  void a_trace_may_end_before_it_starts_as_clocks_do() {
    Instant start = Instant.parse("2024-01-01T00:00:00Z");

    assertThat(trace().startTime(start).endTime(start.minusNanos(1)).build().endTime())
        .isEqualTo("2023-12-31T23:59:59.999999999Z");
  }

  static Stream<Arguments> numberFields() {
    String u32 = " must be between 0 and 4294967295: ";
    String negative = " must not be negative: -1";
    return Stream.of(
        number("version.major" + u32 + "-1", () -> FlowVersion.of(-1, 0, 0)),
        number("version.minor" + u32 + "-1", () -> FlowVersion.of(0, -1, 0)),
        number("version.patch" + u32 + "-1", () -> FlowVersion.of(0, 0, -1)),
        number("version.patch" + u32 + "4294967296", () -> FlowVersion.of(0, 0, 1L << 32)),
        number("metadata.processId" + u32 + "-1", () -> processId(-1)),
        number("metadata.processId" + u32 + "4294967296", () -> processId(1L << 32)),
        number("message.sizeBytes" + negative, () -> new MessageSnapshot("", -1, "", Bytes.EMPTY)),
        number("message.storedBytes" + negative, () -> message("none", 0, OptionalLong.of(-1))),
        number(
            "message.contentFormatVersion" + u32 + "4294967296",
            () -> message("none", 1L << 32, OptionalLong.empty())),
        number("performanceMetrics.executionTimeNs" + negative, () -> metrics(-1, 0, 0, 0, 0)),
        number("performanceMetrics.memoryUsageBytes" + negative, () -> metrics(0, -1, 0, 0, 0)),
        number("performanceMetrics.queueDepth" + negative, () -> metrics(0, 0, 0, -1, 0)),
        number(
            "performanceMetrics.cpuUsagePercent must be finite: NaN",
            () -> metrics(0, 0, Float.NaN, 0, 0)),
        number(
            "performanceMetrics.cpuUsagePercent must be finite: Infinity",
            () -> metrics(0, 0, Float.POSITIVE_INFINITY, 0, 0)),
        number(
            "performanceMetrics.throughputMsgsPerSec must be finite: NaN",
            () -> metrics(0, 0, 0, 0, Double.NaN)),
        number(
            "performanceMetrics.throughputMsgsPerSec must be finite: -Infinity",
            () -> metrics(0, 0, 0, 0, Double.NEGATIVE_INFINITY)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("numberFields")
  void a_number_out_of_its_range_is_refused_by_name(String message, ThrowingCallable build) {
    assertThatThrownBy(build).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void the_largest_unsigned_32_bit_numbers_are_taken() {
    assertThat(FlowVersion.of(4294967295L, 4294967295L, 4294967295L).major())
        .isEqualTo(4294967295L);
    assertThat(processId(4294967295L).processId()).isEqualTo(4294967295L);
  }

  @Test
  void what_was_not_measured_is_absent_and_no_zero() {
    PerformanceMetrics timed = PerformanceMetrics.ofExecutionTimeNs(0);

    assertThat(timed.executionTimeNs()).hasValue(0);
    assertThat(timed.queueDepth()).isEmpty();
    assertThat(timed).isNotEqualTo(PerformanceMetrics.NONE);
    assertThat(PerformanceMetrics.builder().build()).isSameAs(PerformanceMetrics.NONE);
    assertThat(TraceEventData.EMPTY.performanceMetrics()).isSameAs(PerformanceMetrics.NONE);
  }

  @Test
  void metrics_are_changed_one_by_one_through_their_builder() {
    PerformanceMetrics metrics = metrics(1, 2, 3, 4, 5);

    assertThat(metrics.toBuilder().build()).isEqualTo(metrics);
    assertThat(metrics.toBuilder().executionTime(Duration.ofMillis(7)).build())
        .isEqualTo(metrics(7_000_000, 2, 3, 4, 5));
  }

  @Test
  void content_that_was_not_recorded_is_not_empty_content() {
    MessageSnapshot without = MessageSnapshot.withoutContent("order", 0);

    assertThat(without.serializedData()).isNull();
    assertThat(without.contentLength()).isZero();
    assertThat(without).isNotEqualTo(MessageSnapshot.of("order", Bytes.EMPTY));
  }

  @Test
  void the_sign_of_a_zero_is_kept() {
    assertThat(metrics(0, 0, -0.0f, 0, -0.0)).isNotEqualTo(metrics(0, 0, 0, 0, 0));
  }

  @SuppressWarnings("NullAway") // null on purpose
  static Stream<Arguments> nulls() {
    FlowTrace trace = trace().build();
    TraceEvent event = event().build();
    Map<String, String> nullTag = new HashMap<>();
    nullTag.put("k", null);
    Map<String, String> nullKeys = new HashMap<>(Map.of("a", "b"));
    nullKeys.put(null, "v");
    List<TraceEvent> nullEvent = new ArrayList<>(Arrays.asList(event, null));
    return Stream.of(
        number("flowId", () -> FlowTrace.builder(null).build()),
        number("flowId", () -> FlowTrace.builder().build()),
        number("version", () -> trace.toBuilder().version(null).build()),
        number("status", () -> trace.toBuilder().status(null).build()),
        number("metadata", () -> trace.toBuilder().metadata(null).build()),
        number("events", () -> trace.withEvents(null)),
        number("events has a null element", () -> trace.withEvents(nullEvent)),
        number("version.timestamp", () -> new FlowVersion(0, 0, 0, null, null)),
        number("eventType", () -> TraceEvent.builder().actorId("a").build()),
        number("actorId", () -> TraceEvent.builder(TraceEventType.ACTOR_CREATED, null).build()),
        number("data", () -> event.toBuilder().data(null).build()),
        number(
            "data.performanceMetrics",
            () -> TraceEventData.builder().performanceMetrics(null).build()),
        number("message.contentCodec", () -> message(null, 0, OptionalLong.empty())),
        number("message.storedBytes", () -> message("none", 0, null)),
        number("stateDiff.after", () -> new StateDiff(null, null, StateDiff.DiffType.FULL)),
        number("stateDiff.diffType", () -> new StateDiff(null, Bytes.EMPTY, null)),
        number("causality.rootCauseEventId", () -> new CausalityInfo(null, null, List.of(), "")),
        number("causality.dependencyChain", () -> new CausalityInfo(null, EVENT_ID, null, "")),
        number("metadata.tags 'k' is null", () -> TraceMetadata.builder().tags(nullTag).build()),
        number("metadata.tags key", () -> TraceMetadata.builder().tags(nullKeys).build()),
        number("status.error", () -> ExecutionStatus.failed(null)),
        number("literal", () -> new JsonValue.JsonNumber(null)),
        number("value", () -> new TraceId(null)),
        number("value", () -> new EventId(null)),
        number("value", () -> new ExecutionId(null)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nulls")
  void null_is_refused_by_name(String message, ThrowingCallable build) {
    assertThatThrownBy(build).isInstanceOf(NullPointerException.class).hasMessage(message);
  }

  private static Arguments field(String name, TextField field) {
    return arguments(name, field);
  }

  private static Arguments number(String message, ThrowingCallable build) {
    return arguments(message, build);
  }

  private static FlowTrace.Builder trace() {
    return FlowTrace.builder("etl");
  }

  private static TraceEvent.Builder event() {
    return TraceEvent.builder(TraceEventType.ACTOR_CREATED, "a");
  }

  private static TraceMetadata processId(long processId) {
    return TraceMetadata.builder().processId(processId).build();
  }

  private static PerformanceMetrics metrics(
      long time, long memory, float cpu, long depth, double throughput) {
    return PerformanceMetrics.of(time, memory, cpu, depth, throughput);
  }

  private static MessageSnapshot message(String codec, long version, OptionalLong storedBytes) {
    return new MessageSnapshot("", 0, "", Bytes.EMPTY, codec, version, storedBytes);
  }

  @FunctionalInterface
  interface TextField {
    Object build(String text);
  }

  @FunctionalInterface
  interface InstantField {
    Object build(Instant instant);
  }
}
