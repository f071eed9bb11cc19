package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SampleTracesTest {
  private static final List<FlowTrace> TRACES = SampleTraces.of(1).next(1000);

  @Test
  void theSameSeedMakesTheSameTraces() {
    assertThat(SampleTraces.of(1).next(1000)).isEqualTo(TRACES);
  }

  @Test
  void anotherSeedMakesOthers() {
    assertThat(SampleTraces.of(2).next()).isNotEqualTo(TRACES.getFirst());
  }

  @Test
  void tracesFollowEachOtherFromTheGivenStart() {
    Instant start = Instant.parse("2020-01-01T00:00:00Z");

    assertThat(SampleTraces.of(1, start).next(100))
        .isSortedAccordingTo(Comparator.comparing(FlowTrace::startTime))
        .allSatisfy(trace -> assertThat(trace.startTime()).isAfterOrEqualTo(start));
  }

  @Test
  void aTraceHasAboutTwentyEvents() {
    double average =
        TRACES.stream().mapToInt(trace -> trace.events().size()).average().orElseThrow();

    assertThat(average).isBetween(17.0, 25.0);
  }

  @Test
  void everyStatusButPendingAppears() {
    Set<ExecutionStatus.Kind> kinds =
        TRACES.stream().map(trace -> trace.status().kind()).collect(Collectors.toSet());

    assertThat(kinds)
        .containsExactlyInAnyOrder(
            ExecutionStatus.Kind.COMPLETED,
            ExecutionStatus.Kind.FAILED,
            ExecutionStatus.Kind.RUNNING,
            ExecutionStatus.Kind.CANCELLED);
  }

  @Test
  void mostTracesComplete() {
    assertThat(TRACES)
        .filteredOn(trace -> trace.status().kind() == ExecutionStatus.Kind.COMPLETED)
        .hasSizeBetween(900, 970);
  }

  @Test
  void aTraceThatFailedHasAnActorThatFailed() {
    assertThat(TRACES)
        .filteredOn(trace -> trace.status().kind() == ExecutionStatus.Kind.FAILED)
        .isNotEmpty()
        .allSatisfy(trace ->
            assertThat(trace.events())
                .anyMatch(e -> e.eventType().equals(TraceEventType.ACTOR_FAILED)));
  }

  @Test
  void causesAreEventsOfTheTrace() {
    assertThat(TRACES)
        .allSatisfy(trace -> {
          Set<Object> ids = new HashSet<>();
          trace.events().forEach(event -> ids.add(event.eventId()));
          for (TraceEvent event : trace.events()) {
            assertThat(ids).contains(event.causality().rootCauseEventId());
            assertThat(ids).containsAll(event.causality().dependencyChain());
          }
        });
  }
}
