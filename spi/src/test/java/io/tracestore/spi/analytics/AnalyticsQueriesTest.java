package io.tracestore.spi.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.analytics.EventMetrics.DoubleSamples;
import io.tracestore.spi.analytics.EventMetrics.ExecutionTimes;
import io.tracestore.spi.analytics.EventMetrics.LongSamples;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnalyticsQueriesTest {
  private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATE = EARLY.plusSeconds(1);

  @Test
  void aBucketIsAMinuteUnlessSaidOtherwise() {
    assertThat(EventMetricsQuery.ALL)
        .isEqualTo(
            new EventMetricsQuery(null, null, Duration.ofMinutes(1), null, null, null, Set.of()));
  }

  @Test
  void theBuilderSetsEveryField() {
    assertThat(
            EventMetricsQuery.builder()
                .from(EARLY)
                .to(LATE)
                .bucket(Duration.ofHours(1))
                .flowId("flow")
                .actorId("actor")
                .eventType(TraceEventType.custom("x"))
                .metrics(PerformanceMetric.CPU_USAGE, PerformanceMetric.CPU_USAGE)
                .build())
        .isEqualTo(
            new EventMetricsQuery(
                EARLY,
                LATE,
                Duration.ofHours(1),
                "flow",
                "actor",
                "Custom(x)",
                Set.of(PerformanceMetric.CPU_USAGE)));
    assertThat(ActorGraphQuery.builder().from(EARLY).to(LATE).flowId("flow").build())
        .isEqualTo(new ActorGraphQuery(EARLY, LATE, "flow"));
  }

  @Test
  void theExecutionTimeIsAlwaysAskedFor() {
    assertThat(EventMetricsQuery.ALL.metrics()).containsExactly(PerformanceMetric.EXECUTION_TIME);
    assertThat(EventMetricsQuery.builder().metrics(PerformanceMetric.QUEUE_DEPTH).build().metrics())
        .containsExactly(PerformanceMetric.EXECUTION_TIME, PerformanceMetric.QUEUE_DEPTH);
  }

  @Test
  void samplesHaveValuesExactlyIfSomethingWasMeasured() {
    String message = "values must be present if, and only if, samples were measured: ";
    assertThatThrownBy(() -> LongSamples.of(0, 1, 1)).hasMessage(message + 0);
    assertThatThrownBy(() -> DoubleSamples.of(-1, 1, 1)).hasMessage(message + -1);
    assertThatThrownBy(() -> ExecutionTimes.of(0, 1, 1, 1, 1)).hasMessage(message + 0);
    assertThatThrownBy(() -> new LongSamples(1, OptionalDouble.of(1), OptionalLong.empty()))
        .hasMessage(message + 1);
    assertThatThrownBy(() -> new DoubleSamples(1, OptionalDouble.empty(), OptionalDouble.of(1)))
        .hasMessage(message + 1);
  }

  @Test
  void theFirstBucketMayBeginBeforeWhatATimestampHolds() {
    EventMetricsQuery query = EventMetricsQuery.ALL;
    long number = Math.floorDiv(Long.MIN_VALUE, query.bucket().toNanos());
    assertThat(query.startOf(number)).isEqualTo("1677-09-21T00:12:00Z");
  }

  @Test
  void senselessValuesAreRefusedByName() {
    assertThatThrownBy(() -> EventMetricsQuery.builder().bucket(Duration.ZERO).build())
        .hasMessage("bucket must be between 1 ns and 292 years: PT0S");
    assertThatThrownBy(() -> EventMetricsQuery.builder().from(LATE).to(EARLY).build())
        .hasMessage("from must not be after to: %s, %s", LATE, EARLY);
    assertThatThrownBy(() -> EventMetricsQuery.builder().eventType("Actor").build())
        .hasMessageStartingWith("unknown event type: 'Actor'");
    assertThatThrownBy(() -> EventMetricsQuery.builder().actorId("\uD800").build())
        .hasMessage("actorId has an unpaired surrogate");
    assertThatThrownBy(() -> ActorGraphQuery.builder().from(LATE).to(EARLY).build())
        .hasMessage("from must not be after to: %s, %s", LATE, EARLY);
    assertThatThrownBy(() -> ActorGraphQuery.builder().to(Instant.MAX).build())
        .hasMessageStartingWith("to must be between");
  }
}
