package io.tracestore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceQuery.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A query says which traces it wants and refuses what no store could answer. */
class TraceQueryTest {
  private static final Instant START = Instant.parse("2024-05-01T12:00:00.000000500Z");
  private static final FlowTrace TRACE =
      FlowTrace.builder("etl")
          .startTime(START)
          .endTime(START.plusMillis(1500))
          .status(ExecutionStatus.failed("boom"))
          .metadata(
              TraceMetadata.builder()
                  .environment("prod")
                  .userId("ann")
                  .sessionId("s1")
                  .tag("region", "eu")
                  .tag("tier", "gold")
                  .build())
          .event(TraceEvent.builder(TraceEventType.ACTOR_STARTED, "Loader-1").build())
          .event(TraceEvent.builder(TraceEventType.dataFlow("b", "in"), "writer").build())
          .event(TraceEvent.builder(TraceEventType.custom("x"), "writer").build())
          .build();

  static Stream<Arguments> matching() {
    return Stream.of(
        query(q -> {}),
        query(q -> q.flowId("etl")),
        query(q -> q.executionId(TRACE.executionId())),
        query(q -> q.startedFrom(START)),
        query(q -> q.startedTo(START)),
        query(q -> q.startedBetween(START, START)),
        query(q -> q.startedBetween(EpochNanos.MIN, EpochNanos.MAX)),
        query(q -> q.status(ExecutionStatus.Kind.FAILED)),
        query(q -> q.status(ExecutionStatus.failed("boom"))),
        query(q -> q.failedWith("boom")),
        query(q -> q.actor("writer")),
        query(q -> q.actorContains("oader")),
        query(q -> q.actorContains("")),
        query(q -> q.eventType(TraceEventType.ACTOR_STARTED)),
        query(q -> q.eventType("DataFlow")),
        query(q -> q.eventType("Custom(x)")),
        query(q -> q.tag("region", "eu")),
        query(q -> q.tag("region", "eu").tag("tier", "gold")),
        query(q -> q.minDuration(Duration.ofMillis(1500))),
        query(q -> q.minDuration(Duration.ZERO)),
        query(q -> q.environment("prod")),
        query(q -> q.userId("ann")),
        query(q -> q.sessionId("s1")),
        query(q -> q.actor("writer").actorContains("Loader").flowId("etl")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("matching")
  void a_trace_matches(TraceQuery query) {
    assertThat(query.matches(TRACE)).isTrue();
  }

  static Stream<Arguments> notMatching() {
    return Stream.of(
        query(q -> q.flowId("ETL")),
        query(q -> q.flowId("")),
        query(q -> q.executionId(ExecutionId.random())),
        query(q -> q.startedFrom(START.plusNanos(1))),
        query(q -> q.startedTo(START.minusNanos(1))),
        query(q -> q.status(ExecutionStatus.Kind.COMPLETED)),
        query(q -> q.status(ExecutionStatus.failed("Boom"))),
        query(q -> q.failedWith("")),
        query(q -> q.actor("Writer")),
        query(q -> q.actor("Loader")),
        query(q -> q.actorContains("LOADER")),
        query(q -> q.actorContains("%")),
        query(q -> q.eventType(TraceEventType.ACTOR_FAILED)),
        query(q -> q.eventType("Custom(y)")),
        query(q -> q.tag("region", "us")),
        query(q -> q.tag("region", "eu").tag("tier", "silver")),
        query(q -> q.tag("Region", "eu")),
        query(q -> q.minDuration(Duration.ofMillis(1500).plusNanos(1))),
        query(q -> q.environment("")),
        query(q -> q.userId("bob")),
        query(q -> q.sessionId("")),
        query(q -> q.flowId("etl").userId("bob")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("notMatching")
  void a_trace_does_not_match(TraceQuery query) {
    assertThat(query.matches(TRACE)).isFalse();
  }

  @Test
  void a_trace_without_an_end_or_that_ended_early_has_no_duration() {
    TraceQuery any = TraceQuery.builder().minDuration(Duration.ZERO).build();

    assertThat(any.matches(TRACE.toBuilder().endTime(null).build())).isFalse();
    assertThat(any.matches(TRACE.toBuilder().endTime(START.minusNanos(1)).build())).isFalse();
    assertThat(any.matches(TRACE.toBuilder().endTime(START).build())).isTrue();
  }

  @Test
  void a_trace_without_an_end_or_that_ended_early_is_not_short_either() {
    TraceQuery any = TraceQuery.builder().maxDuration(Duration.ofDays(1)).build();

    assertThat(any.matches(TRACE.toBuilder().endTime(null).build())).isFalse();
    assertThat(any.matches(TRACE.toBuilder().endTime(START.minusNanos(1)).build())).isFalse();
    assertThat(any.matches(TRACE.toBuilder().endTime(START.plusSeconds(86_400)).build())).isTrue();
    assertThat(any.matches(TRACE.toBuilder().endTime(START.plusSeconds(86_401)).build())).isFalse();
  }

  @Test
  void numbers_of_attributes_are_compared_by_value_and_never_with_texts() {
    FlowTrace trace = withAttribute(JsonValue.of(1.0));

    assertThat(TraceQuery.builder().attribute("key", 1).build().matches(trace)).isTrue();
    assertThat(TraceQuery.builder().attribute("key", "1").build().matches(trace)).isFalse();
    assertThat(TraceQuery.builder().attribute("key", true).build().matches(trace)).isFalse();
    assertThat(TraceQuery.builder().attribute("Key", 1).build().matches(trace)).isFalse();
  }

  @Test
  void a_key_is_there_whatever_its_value_is() {
    FlowTrace trace = withAttribute(JsonValue.NULL);

    assertThat(TraceQuery.builder().hasAttribute("key").build().matches(trace)).isTrue();
    assertThat(TraceQuery.builder().hasAttribute("other").build().matches(trace)).isFalse();
  }

  private static FlowTrace withAttribute(JsonValue value) {
    return FlowTrace.builder("etl")
        .event(
            TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor")
                .data(TraceEventData.builder().attribute("key", value).build())
                .build())
        .build();
  }

  @Test
  void the_longest_trace_has_its_duration_too() {
    FlowTrace longest = TRACE.toBuilder().startTime(EpochNanos.MIN).endTime(EpochNanos.MAX).build();

    assertThat(
            TraceQuery.builder()
                .minDuration(Duration.ofNanos(Long.MAX_VALUE))
                .build()
                .matches(longest))
        .isTrue();
  }

  @Test
  void a_filter_on_users_leaves_out_traces_without_one() {
    FlowTrace nobody = FlowTrace.builder("etl").build();

    assertThat(TraceQuery.builder().userId("").build().matches(nobody)).isFalse();
    assertThat(TraceQuery.builder().sessionId("").build().matches(nobody)).isFalse();
    assertThat(TraceQuery.builder().actorContains("").build().matches(nobody)).isFalse();
  }

  @Test
  void limit_offset_and_position_do_not_matter_to_matches() {
    TraceQuery query = TraceQuery.builder().limit(1).offset(7).after(Position.of(TRACE)).build();

    assertThat(query.matches(TRACE)).isTrue();
  }

  static Stream<Arguments> invalid() {
    String bounds =
        " must be between 1677-09-21T00:12:43.145224192Z and 2262-04-11T23:47:16.854775807Z: ";
    return Stream.of(
        refused("limit must be positive: 0", q -> q.limit(0)),
        refused("limit must be positive: -3", q -> q.limit(-3)),
        refused("offset must not be negative: -1", q -> q.offset(-1)),
        refused(
            "startedFrom must not be after startedTo: 1970-01-01T00:00:00.000000001Z,"
                + " 1970-01-01T00:00:00Z",
            q -> q.startedBetween(Instant.EPOCH.plusNanos(1), Instant.EPOCH)),
        refused(
            "startedFrom" + bounds + "1677-09-21T00:12:43.145224191Z",
            q -> q.startedFrom(EpochNanos.MIN.minusNanos(1))),
        refused(
            "startedTo" + bounds + "2262-04-11T23:47:16.854775808Z",
            q -> q.startedTo(EpochNanos.MAX.plusNanos(1))),
        refused(
            "failedWith does not go with status COMPLETED",
            q -> q.failedWith("x").status(ExecutionStatus.Kind.COMPLETED)),
        refused(
            "unknown event type: 'actorFailed'; an own kind is written Custom(name)",
            q -> q.eventType("actorFailed")),
        refused(
            "minDuration must be between 0 and 292 years: PT-0.000000001S",
            q -> q.minDuration(Duration.ofNanos(-1))),
        refused(
            "minDuration must be between 0 and 292 years: PT2562047H47M16.854775808S",
            q -> q.minDuration(Duration.ofNanos(Long.MAX_VALUE).plusNanos(1))),
        refused(
            "minDuration must not be more than maxDuration: PT2S, PT1S",
            q -> q.minDuration(Duration.ofSeconds(2)).maxDuration(Duration.ofSeconds(1))),
        refused(
            "attributes 'key' must be a text, a number or a boolean",
            q -> q.attribute("key", JsonValue.NULL)),
        refused("attributeKeys has an unpaired surrogate", q -> q.hasAttribute("\ud83d")),
        refused("port has an unpaired surrogate", q -> q.port("\ud83d")),
        refused("flowId has an unpaired surrogate", q -> q.flowId("\ud83d")),
        refused("failedWith has an unpaired surrogate", q -> q.failedWith("\ud83d")),
        refused("actor has an unpaired surrogate", q -> q.actor("\ud83d")),
        refused("actorContains has an unpaired surrogate", q -> q.actorContains("\ude00")),
        refused("eventType has an unpaired surrogate", q -> q.eventType("Custom(\ude00)")),
        refused("environment has an unpaired surrogate", q -> q.environment("\ud83d")),
        refused("userId has an unpaired surrogate", q -> q.userId("\ud83d")),
        refused("sessionId has an unpaired surrogate", q -> q.sessionId("\ud83d")),
        refused("tags key has an unpaired surrogate", q -> q.tag("\ud83d", "")),
        refused("tags 'k' has an unpaired surrogate", q -> q.tag("k", "\ud83d")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalid")
  void a_value_that_makes_no_sense_is_refused_by_name(
      String message, Consumer<TraceQuery.Builder> set) {
    TraceQuery.Builder builder = TraceQuery.builder();
    set.accept(builder);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  @SuppressWarnings("NullAway") // null on purpose
  void a_null_tag_is_refused_by_name() {
    assertThatThrownBy(() -> TraceQuery.builder().tag("k", null).build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("tags 'k' is null");
    assertThatThrownBy(() -> TraceQuery.builder().tag(null, "v").build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("tags key");
  }

  @Test
  void a_position_is_an_instant_that_a_trace_can_have() {
    assertThatThrownBy(() -> new Position(Instant.MAX, TraceId.random()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("after.startTime must be between ");
  }

  @Test
  void a_query_without_filters_wants_everything_with_events() {
    assertThat(TraceQuery.ALL)
        .hasAllNullFieldsOrPropertiesExcept(
            "tags", "attributes", "attributeKeys", "hasError", "offset", "withEvents");
    assertThat(TraceQuery.ALL.tags()).isEmpty();
    assertThat(TraceQuery.ALL.filtersByReading()).isFalse();
    assertThat(TraceQuery.ALL.offset()).isZero();
    assertThat(TraceQuery.ALL.withEvents()).isTrue();
    assertThat(TraceQuery.ALL.limitOrDefault()).isEqualTo(100);
    assertThat(TraceQuery.builder().limit(7).build().limitOrDefault()).isEqualTo(7);
  }

  @Test
  void a_builder_started_from_a_query_builds_an_equal_one() {
    TraceQuery query =
        TraceQuery.builder()
            .flowId("f")
            .executionId(ExecutionId.random())
            .startedBetween(START, START)
            .status(ExecutionStatus.failed("x"))
            .actor("a")
            .actorContains("b")
            .eventType("DataFlow")
            .tag("k", "v")
            .minDuration(Duration.ofSeconds(1))
            .environment("e")
            .userId("u")
            .sessionId("s")
            .limit(5)
            .offset(6)
            .after(Position.of(TRACE))
            .withEvents(false)
            .build();

    assertThat(query.toBuilder().build()).isEqualTo(query);
  }

  @Test
  void only_filters_on_actors_and_types_need_the_events() {
    assertThat(TraceQuery.ALL.filtersEvents()).isFalse();
    assertThat(TraceQuery.builder().flowId("f").tag("a", "b").build().filtersEvents()).isFalse();
    assertThat(TraceQuery.builder().actor("a").build().filtersEvents()).isTrue();
    assertThat(TraceQuery.builder().actorContains("a").build().filtersEvents()).isTrue();
    assertThat(TraceQuery.builder().eventType("DataFlow").build().filtersEvents()).isTrue();
  }

  @Test
  void the_next_page_begins_behind_the_last_trace_and_forgets_the_offset() {
    TraceQuery first = TraceQuery.builder().flowId("etl").limit(20).offset(40).build();

    assertThat(first.after(TRACE))
        .isEqualTo(TraceQuery.builder().flowId("etl").limit(20).after(Position.of(TRACE)).build());
  }

  @Test
  void a_builder_may_be_used_again() {
    TraceQuery.Builder builder = TraceQuery.builder().tag("a", "b");
    TraceQuery query = builder.build();
    builder.tag("c", "d");

    assertThat(query.tags()).containsExactly(Map.entry("a", "b"));
  }

  @Test
  void a_position_is_before_older_traces_and_at_its_time_before_greater_ids() {
    FlowTrace middle = at(START, "80000000-0000-0000-0000-000000000000");
    Position position = Position.of(middle);

    assertThat(position.isBefore(middle)).isFalse();
    assertThat(position.isBefore(at(START, "80000000-0000-0000-0000-000000000001"))).isTrue();
    assertThat(position.isBefore(at(START, "7fffffff-ffff-ffff-ffff-ffffffffffff"))).isFalse();
    assertThat(position.isBefore(at(START.minusNanos(1), "00000000-0000-0000-0000-000000000000")))
        .isTrue();
    assertThat(position.isBefore(at(START.plusNanos(1), "ffffffff-ffff-ffff-ffff-ffffffffffff")))
        .isFalse();
  }

  @Property
  void a_position_agrees_with_the_order_of_queries(
      @ForAll boolean later, @ForAll long high, @ForAll long low, @ForAll long otherHigh) {
    FlowTrace one = at(START, new UUID(high, low).toString());
    FlowTrace other = at(later ? START.plusNanos(1) : START, new UUID(otherHigh, low).toString());

    assertThat(Position.of(one).isBefore(other))
        .isEqualTo(FlowTrace.NEWEST_FIRST.compare(one, other) < 0);
  }

  private static FlowTrace at(Instant start, String id) {
    return FlowTrace.builder("etl").traceId(TraceId.of(id)).startTime(start).build();
  }

  private static Arguments query(Consumer<TraceQuery.Builder> set) {
    TraceQuery.Builder builder = TraceQuery.builder();
    set.accept(builder);
    return arguments(builder.build());
  }

  private static Arguments refused(String message, Consumer<TraceQuery.Builder> set) {
    return arguments(message, set);
  }

  @Test
  void moreTagsThanAnEngineCanAskForAreRefused() {
    TraceQuery.Builder builder = TraceQuery.builder();
    for (int n = 0; n < TraceQuery.MAX_TAGS; n++) {
      builder.tag("tag " + n, "");
    }
    assertThat(builder.build().tags()).hasSize(100);

    assertThatThrownBy(() -> builder.tag("one more", "").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tags must be at most 100: 101");
  }
}
