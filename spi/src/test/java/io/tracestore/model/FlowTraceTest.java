package io.tracestore.model;

import static io.tracestore.model.TraceEventType.ACTOR_CREATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A trace holds its events in one order, each once, and starts from plain defaults. */
class FlowTraceTest {
  private static final Instant NOON = Instant.parse("2024-05-01T12:00:00Z");

  @Test
  void events_are_ordered_by_time_and_then_by_id_as_unsigned_bytes() {
    TraceEvent later = event("00000000-0000-0000-0000-000000000000", NOON.plusNanos(1));
    TraceEvent high = event("80000000-0000-0000-0000-000000000000", NOON);
    TraceEvent low = event("7fffffff-ffff-ffff-ffff-ffffffffffff", NOON);

    assertThat(trace(later, high, low).events()).containsExactly(low, high, later);
  }

  @Property
  void events_have_one_order_whatever_order_they_were_given_in(
      @ForAll @Size(max = 40) List<Byte> offsets, @ForAll long seed) {
    List<TraceEvent> events = new ArrayList<>();
    offsets.forEach(offset ->
        events.add(event(new UUID(seed, events.size()).toString(), NOON.plusNanos(offset))));
    List<TraceEvent> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, new Random(seed));
    events.sort(Comparator.comparing(TraceEvent::timestamp).thenComparing(TraceEvent::eventId));

    assertThat(FlowTrace.builder("etl").events(shuffled).build().events()).isEqualTo(events);
  }

  @Test
  void two_events_with_one_id_are_refused_also_at_different_times() {
    String id = "00000000-0000-7000-8000-000000000001";
    TraceEvent first = event(id, NOON);
    TraceEvent between = event("00000000-0000-7000-8000-000000000002", NOON);
    TraceEvent second = event(id, NOON.plusSeconds(1));

    assertThatThrownBy(() -> trace(first, between, second))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("events has two with id " + id);
    assertThatThrownBy(() -> trace(first, first))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("events has two with id " + id);
  }

  @Test
  void a_trace_does_not_change_with_the_list_it_was_made_from() {
    List<TraceEvent> events = new ArrayList<>(List.of(event()));
    FlowTrace trace = FlowTrace.builder("etl").build().withEvents(events);
    events.clear();

    assertThat(trace.events()).hasSize(1);
    assertThatThrownBy(() -> trace.events().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void traces_are_ordered_newest_first_and_then_by_id() {
    FlowTrace newest = at(NOON.plusNanos(1), "ffffffff-0000-0000-0000-000000000000");
    FlowTrace low = at(NOON, "7fffffff-0000-0000-0000-000000000000");
    FlowTrace high = at(NOON, "80000000-0000-0000-0000-000000000000");
    List<FlowTrace> traces = new ArrayList<>(List.of(high, newest, low));

    traces.sort(FlowTrace.NEWEST_FIRST);

    assertThat(traces).containsExactly(newest, low, high);
  }

  @Test
  void a_version_of_a_trace_has_its_flow_execution_and_start() {
    FlowTrace trace = FlowTrace.builder("etl").build();
    FlowTrace changed =
        trace.toBuilder()
            .status(ExecutionStatus.completed())
            .endTime(NOON)
            .version(FlowVersion.of(9, 9, 9))
            .event(event())
            .build();

    assertThat(changed.hasIdentityOf(trace)).isTrue();
    assertThat(trace.toBuilder().traceId(TraceId.random()).build().hasIdentityOf(trace)).isFalse();
    assertThat(trace.toBuilder().flowId("x").build().hasIdentityOf(trace)).isFalse();
    assertThat(trace.toBuilder().executionId(ExecutionId.random()).build().hasIdentityOf(trace))
        .isFalse();
    assertThat(trace.toBuilder().startTime(NOON).build().hasIdentityOf(trace)).isFalse();
  }

  @Test
  void a_built_trace_has_a_new_id_starts_now_and_is_pending() {
    Instant before = Instant.now();
    FlowTrace trace = FlowTrace.builder("etl").build();

    assertThat(trace.startTime()).isBetween(before, Instant.now());
    assertThat(trace)
        .isEqualTo(
            new FlowTrace(
                trace.traceId(),
                "etl",
                trace.executionId(),
                new FlowVersion(0, 0, 0, null, Instant.EPOCH),
                trace.startTime(),
                null,
                ExecutionStatus.pending(),
                List.of(),
                new TraceMetadata(null, null, "", "", 0, "", Map.of())));
    assertThat(FlowTrace.builder("etl").build().traceId()).isGreaterThan(trace.traceId());
  }

  @Test
  void a_built_event_has_a_new_id_is_now_and_is_its_own_root_cause() {
    Instant before = Instant.now();
    TraceEvent event = TraceEvent.builder(ACTOR_CREATED, "a").build();

    assertThat(event.timestamp()).isBetween(before, Instant.now());
    assertThat(event)
        .isEqualTo(
            new TraceEvent(
                event.eventId(),
                event.timestamp(),
                ACTOR_CREATED,
                "a",
                new TraceEventData(null, null, null, null, PerformanceMetrics.NONE, Map.of()),
                new CausalityInfo(null, event.eventId(), List.of(), "")));
  }

  @Test
  void a_builder_started_from_a_value_builds_an_equal_one() {
    TraceEvent event =
        TraceEvent.builder(TraceEventType.dataFlow("b", "in"), "a")
            .timestamp(NOON)
            .data(TraceEventData.builder().port("out").error("").attribute("n", 1).build())
            .causality(new CausalityInfo(EventId.random(), EventId.random(), List.of(), "span"))
            .build();
    FlowTrace trace =
        FlowTrace.builder("etl")
            .version(new FlowVersion(1, 2, 3, "abc", NOON))
            .startTime(NOON)
            .endTime(NOON)
            .status(ExecutionStatus.failed("boom"))
            .metadata(TraceMetadata.builder().userId("u").tag("k", "v").build())
            .event(event)
            .build();

    assertThat(event.toBuilder().build()).isEqualTo(event);
    assertThat(trace.toBuilder().build()).isEqualTo(trace);
  }

  @Test
  void tags_and_attributes_iterate_in_the_order_of_their_names() {
    TraceMetadata metadata =
        TraceMetadata.builder().tag("b", "1").tag("a", "2").tag("b", "3").build();
    TraceEventData data = TraceEventData.builder().attribute("z", 1).attribute("y", 2).build();

    assertThat(metadata.tags()).containsExactly(Map.entry("a", "2"), Map.entry("b", "3"));
    assertThat(data.customAttributes().keySet()).containsExactly("y", "z");
  }

  @Test
  void a_builder_may_be_used_again() {
    TraceMetadata.Builder builder = TraceMetadata.builder().tag("a", "1");
    TraceMetadata first = builder.build();
    builder.tag("b", "2");

    assertThat(first.tags()).containsExactly(Map.entry("a", "1"));
  }

  private static FlowTrace trace(TraceEvent... events) {
    return FlowTrace.builder("etl").events(List.of(events)).build();
  }

  private static FlowTrace at(Instant start, String id) {
    return FlowTrace.builder("etl").traceId(TraceId.of(id)).startTime(start).build();
  }

  private static TraceEvent event() {
    return TraceEvent.builder(ACTOR_CREATED, "a").build();
  }

  private static TraceEvent event(String id, Instant timestamp) {
    return event().toBuilder().eventId(EventId.of(id)).timestamp(timestamp).build();
  }
}
