package io.tracestore.provider.support.index;

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

class TermNamesTest {
  @Test
  void aKeyAndAValueOfATagDoNotMix() {
    assertThat(TermNames.of(Field.TAG, new IndexTerms.Tag("a", "b=c")))
        .isNotEqualTo(TermNames.of(Field.TAG, new IndexTerms.Tag("a=b", "c")));
  }

  @Test
  void longTextsHaveShortTerms() {
    assertThat(TermNames.of(Field.FLOW, "x".repeat(65)))
        .hasSize(66)
        .isNotEqualTo(TermNames.of(Field.FLOW, "x".repeat(66)));
  }

  @Test
  void theNameOfALongActorHasItWhole() {
    String actor = "x".repeat(65);
    assertThat(TermNames.of(Field.ACTOR, actor)).isEqualTo("a:" + actor);
  }

  @Test
  void theTextOfATermIsInItsNameIfItIsShort() {
    assertThat(TermNames.textOf(TermNames.of(Field.FLOW, "a:b"))).contains("a:b");
    assertThat(TermNames.textOf(TermNames.of(Field.FLOW, "x".repeat(65)))).isEmpty();
  }

  @Test
  void aNameIsOfOneField() {
    String hashed = TermNames.of(Field.FLOW, "x".repeat(65));
    assertThat(TermNames.isOf(Field.FLOW, hashed)).isTrue();
    assertThat(TermNames.isOf(Field.ENVIRONMENT, hashed)).isFalse();
  }

  @Test
  void eachTermOfEventsIsCounted() {
    TraceEvent started = TraceEvent.builder(TraceEventType.ACTOR_STARTED, "a").build();
    TraceEvent sent = TraceEvent.builder(TraceEventType.MESSAGE_SENT, "a").build();
    assertThat(TermNames.ofEvents(List.of(started, sent)))
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
    List<String> indexes = TermNames.durationsFrom(duration);
    assertThat(!matches || TermNames.ofHeader(trace).stream().anyMatch(indexes::contains)).isTrue();
  }
}
