package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TermsTest {
  @Test
  void aKeyAndAValueOfATagDoNotMix() {
    TraceQuery one = TraceQuery.builder().tag("a", "b=c").build();
    TraceQuery other = TraceQuery.builder().tag("a=b", "c").build();
    assertThat(Terms.of(one)).doesNotContainAnyElementsOf(Terms.of(other));
  }

  @Test
  void longTextsHaveShortTerms() {
    assertThat(Terms.flow("x".repeat(65))).hasSize(66).isNotEqualTo(Terms.flow("x".repeat(66)));
  }

  @Test
  void theTermOfALongActorIsBoundedOnlyForAName() {
    String actor = "x".repeat(65);
    assertThat(Terms.actorOf(Terms.actor(actor))).isEqualTo(actor);
    assertThat(Terms.bounded(Terms.actor(actor))).startsWith("a#").hasSize(66);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1000})
  void otherTermsAreNamesAsTheyAre(int length) {
    String term = Terms.flow("x".repeat(length));
    assertThat(Terms.bounded(term)).isEqualTo(term);
  }

  @Test
  void eachTermOfEventsIsCounted() {
    TraceEvent started = TraceEvent.builder(TraceEventType.ACTOR_STARTED, "a").build();
    TraceEvent sent = TraceEvent.builder(TraceEventType.MESSAGE_SENT, "a").build();
    assertThat(Terms.ofEvents(List.of(started, sent)))
        .isEqualTo(Map.of("a:a", 2, "y:ActorStarted", 1, "y:MessageSent", 1));
  }

  @Property
  void aTraceOfAtLeastTheDurationIsInOneOfItsIndexes(
      @ForAll @LongRange(min = 0, max = 1L << 62) long lasted,
      @ForAll @LongRange(min = 0, max = 1L << 62) long shortest) {
    FlowTrace trace =
        FlowTrace.builder("flow")
            .startTime(Instant.EPOCH)
            .endTime(Instant.EPOCH.plusNanos(lasted))
            .build();
    Duration duration = Duration.ofNanos(shortest);
    boolean matches = TraceQuery.builder().minDuration(duration).build().matches(trace);
    List<String> indexes = Terms.durationsFrom(duration);
    assertThat(!matches || Terms.ofHeader(trace).stream().anyMatch(indexes::contains)).isTrue();
  }
}
