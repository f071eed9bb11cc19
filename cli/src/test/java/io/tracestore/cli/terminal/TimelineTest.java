package io.tracestore.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Timelines of 60 columns, over 100 milliseconds. */
class TimelineTest {
  private static final Instant START = Instant.parse("2026-01-05T08:00:00Z");

  private final List<TraceEvent> events = new ArrayList<>();

  private EventId add(
      int millis, TraceEventType type, String actor, @Nullable EventId cause, String span) {
    return add(millis, type, actor, cause, span, TraceEventData.EMPTY);
  }

  private EventId add(
      int millis,
      TraceEventType type,
      String actor,
      @Nullable EventId cause,
      String span,
      TraceEventData data) {
    EventId id = new EventId(new UUID(0, events.size() + 1));
    EventId root = events.isEmpty() ? id : events.getFirst().eventId();
    events.add(
        new TraceEvent(
            id,
            START.plusMillis(millis),
            type,
            actor,
            data,
            new CausalityInfo(cause, root, List.of(), span)));
    return id;
  }

  private List<String> draw(int maxRows) {
    FlowTrace trace =
        FlowTrace.builder("flow")
            .startTime(START)
            .endTime(START.plusMillis(100))
            .events(events)
            .build();
    return Timeline.draw(trace, 60, maxRows, Style.PLAIN);
  }

  private List<String> rows() {
    List<String> lines = draw(100);
    return lines.subList(1, lines.size());
  }

  @Test
  void workIsDrawnFromItsStartToItsEndBelowWhatCausedIt() {
    EventId a = add(0, TraceEventType.ACTOR_STARTED, "a", null, "1");
    EventId b = add(50, TraceEventType.ACTOR_STARTED, "b", a, "2");
    add(75, TraceEventType.ACTOR_COMPLETED, "b", b, "2");
    add(100, TraceEventType.ACTOR_COMPLETED, "a", a, "1");

    assertThat(draw(100))
        .containsExactly(
            "                         0                50ms        100ms",
            "a                  100ms ██████████████████████████████████",
            "└ b                 25ms                  █████████");
  }

  @Test
  void aFailureIsMarkedAndItsErrorStandsBelow() {
    EventId a = add(0, TraceEventType.ACTOR_STARTED, "a", null, "1");
    add(
        100,
        TraceEventType.ACTOR_FAILED,
        "a",
        a,
        "1",
        TraceEventData.builder().error("disk\nfull").build());

    assertThat(rows()).element(0).asString().startsWith("✗ a ");
    assertThat(rows()).element(1).asString().isEqualTo("    disk␊full");
  }

  @Test
  void aFlowOfDataAndTheWorkOfItsReceiverAreOneLine() {
    EventId a = add(0, TraceEventType.ACTOR_STARTED, "a", null, "1");
    EventId sent = add(10, TraceEventType.dataFlow("b", "in"), "a", a, "1");
    EventId b = add(20, TraceEventType.ACTOR_STARTED, "b", sent, "2");
    add(90, TraceEventType.ACTOR_COMPLETED, "b", b, "2");

    assertThat(rows()).hasSize(2).element(1).asString().startsWith("└ ⇢ b ");
  }

  @Test
  void aFlowOfDataToWhomNothingIsKnownOfHasALine() {
    EventId a = add(0, TraceEventType.ACTOR_STARTED, "a", null, "1");
    add(10, TraceEventType.dataFlow("queue", "in"), "a", a, "1");

    assertThat(rows()).hasSize(2).element(1).asString().startsWith("└ ⇢ queue in");
  }

  @Test
  void messagesAndStatesAreSignsOnTheBar() {
    EventId a = add(0, TraceEventType.ACTOR_STARTED, "a", null, "1");
    add(0, TraceEventType.MESSAGE_RECEIVED, "a", a, "1");
    add(50, TraceEventType.STATE_CHANGED, "a", a, "1");
    add(60, TraceEventType.MESSAGE_SENT, "a", a, "1");
    add(100, TraceEventType.ACTOR_COMPLETED, "a", a, "1");

    assertThat(rows())
        .containsExactly("a                  100ms «████████████████◆██»█████████████");
  }

  @Test
  void workThatDidNotEndSaysSo() {
    add(0, TraceEventType.ACTOR_STARTED, "a", null, "1");

    assertThat(rows()).containsExactly("a                      … ▌");
  }

  @Test
  void endsAreFoundByActorWhereNothingElseTells() {
    add(0, TraceEventType.ACTOR_STARTED, "a", null, "");
    add(10, TraceEventType.ACTOR_STARTED, "b", null, "");
    add(50, TraceEventType.ACTOR_COMPLETED, "a", null, "");
    add(100, TraceEventType.ACTOR_COMPLETED, "b", null, "");

    assertThat(rows())
        .containsExactly(
            "a                   50ms ██████████████████",
            "b                   90ms    ███████████████████████████████");
  }

  @Test
  void eventsThatCauseEachOtherAreDrawnOnce() {
    EventId second = new EventId(new UUID(0, 2));
    EventId first = add(0, TraceEventType.ACTOR_STARTED, "a", second, "1");
    add(10, TraceEventType.ACTOR_STARTED, "b", first, "2");

    assertThat(rows()).hasSize(2);
  }

  @Test
  void namesCannotSteerTheTerminal() {
    add(0, TraceEventType.ACTOR_STARTED, "a\u001b[2J", null, "1");

    assertThat(rows()).element(0).asString().startsWith("a␛[2J");
  }

  @Test
  void noLineIsWiderThanItMayBe() {
    EventId cause = null;
    for (int i = 0; i < 40; i++) {
      cause = add(i, TraceEventType.ACTOR_STARTED, "漢字-actor-" + i, cause, "" + i);
    }

    assertThat(draw(100)).hasSize(41).allMatch(line -> Text.width(line) <= 60);
  }

  @Test
  void linesBeyondTheLimitAreCounted() {
    for (int i = 0; i < 10; i++) {
      add(i, TraceEventType.ACTOR_STARTED, "a" + i, null, "" + i);
    }

    assertThat(draw(4)).hasSize(6).last().isEqualTo("... and 6 more; --all shows them");
  }
}
