package io.tracestore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation runs; nothing is concluded from times. */
@SuppressWarnings("try") // an interrupt may pass
class WorksTest {
  private static final int EVENTS = 500;
  private static final int CALLS = 3;

  static Stream<Subject> subjects() {
    return Stream.of("mem:?maxTraces=100", "sqlite:", "chronicle:?maxTraces=20000")
        .flatMap(WorksTest::ofStore);
  }

  private static Stream<Subject> ofStore(String store) {
    Stream<Subject> plain =
        Stream.of(
                "storeTrace",
                "storeTraces",
                "storeEvent",
                "writerWrite",
                "getTraceHot",
                "getTraceCold",
                "getEvents",
                "openCursor",
                "eventMetrics",
                "actorGraph",
                "open")
            .map(operation -> Subject.of(operation, store, EVENTS));
    Stream<Subject> variants =
        Stream.of(
            Subject.of("queryTraces", store, EVENTS).variant("ACTOR"),
            Subject.of("mixed", store, EVENTS).variant("50"));
    Stream<Subject> baselines =
        Stream.of("storeTrace", "storeTraces", "getTraceCold")
            .map(operation -> Subject.of(operation, store, EVENTS).ofBaseline());
    return Stream.of(plain, variants, baselines).flatMap(subjects -> subjects);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void everyOperationRunsAndWhatItWroteIsThere(Subject subject) throws Exception {
    try (Work work = Works.open(subject, true)) {
      for (int piece = 0; piece < 2; piece++) {
        int calls = Math.min(CALLS, work.mostCalls());
        work.prepare(calls);
        for (int number = 0; number < calls; number++) {
          assertThat(work.call(number)).isNotNull();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStoreThatShallHaveRoomStartsOverBeforeItIsFull(boolean baseline) throws Exception {
    Subject room = Subject.of("storeTrace", "mem:?maxTraces=100", EVENTS).variant(Works.ROOM);
    try (Work work = Works.open(baseline ? room.ofBaseline() : room, true)) {
      for (int piece = 0; piece < 5; piece++) {
        work.prepare(40);
        for (int number = 0; number < 40; number++) {
          assertThat(work.call(number)).isNotNull();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Filter.class)
  void everyFilterFindsSomethingInASmallStore(Filter filter) throws Exception {
    Subject query = Subject.of("queryTraces", "mem:", 10_000).variant(filter.name());
    try (Work work = Works.open(query, true)) {
      work.prepare(1);
      assertThat(work.call(0)).asInstanceOf(InstanceOfAssertFactories.LIST).isNotEmpty();
    }
  }

  @Test
  void anUnknownOperationIsRefused() {
    assertThatThrownBy(() -> Works.open(Subject.of("guess", "mem:", EVENTS), true))
        .hasMessage("no operation guess");
  }

  @Test
  void aSubjectGoesToAProcessAndBack() {
    Subject subject = Subject.of("queryTraces", "mem:", EVENTS).variant("FLOW").threads(4);
    assertThat(Subject.ofArguments(subject.ofBaseline().toArguments()))
        .isEqualTo(subject.ofBaseline());
  }

  @Test
  void aProcessWritesRoundsAndSamplesOfBothSubjects() throws Exception {
    Subject hot = Subject.of("getTraceHot", "mem:", EVENTS);
    JsonValue measured = Fork.measure(List.of(hot, hot), 2);
    assertThat(((JsonValue.JsonArray) measured).elements())
        .hasSize(2)
        .allSatisfy(side -> {
          Map<String, JsonValue> members = ((JsonValue.JsonObject) side).members();
          assertThat(members).containsKeys("steady", "micros", "means", "bytes");
          assertThat(members.get("seconds"))
              .isInstanceOfSatisfying(
                  JsonValue.JsonArray.class, rounds -> assertThat(rounds.elements()).hasSize(2));
        });
  }
}
