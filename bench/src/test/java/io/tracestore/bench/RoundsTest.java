package io.tracestore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With a clock that only the works advance. */
@SuppressWarnings("try") // an interrupt may pass
class RoundsTest {
  /** So that a round is one call. */
  private static final double ROUND_MILLIS = 25;

  private static final int OPERATIONS = 1_000;

  private final AtomicLong clock = new AtomicLong();
  private final List<String> prepared = new ArrayList<>();

  /** Calls that take a known time. */
  private final class FakeWork implements Work {
    private final String name;
    private final IntToDoubleFunction millis;
    private final Set<Integer> numbers = Collections.synchronizedSet(new HashSet<>());
    private int calls;
    private int ready;

    FakeWork(String name, IntToDoubleFunction millis) {
      this.name = name;
      this.millis = millis;
    }

    @Override
    public void prepare(int count) {
      prepared.add(name);
      clock.addAndGet(1_000_000_000);
      numbers.clear();
      ready = count;
    }

    @Override
    public synchronized String call(int number) {
      assertThat(numbers.add(number)).as("a number of its own").isTrue();
      assertThat(number).isLessThan(ready);
      clock.addAndGet(Math.round(millis.applyAsDouble(calls++) * 1e6));
      return name;
    }

    @Override
    public int operations() {
      return OPERATIONS;
    }

    @Override
    public int mostCalls() {
      return 100;
    }

    @Override
    public void close() {}
  }

  private FakeWork steady(String name) {
    return new FakeWork(name, call -> ROUND_MILLIS);
  }

  private Lane lane(Work work) {
    return new Lane(work, 1, clock::get);
  }

  @Test
  void preparingIsNotTimed() throws Exception {
    try (Lane lane = lane(steady("ours"))) {
      new Rounds(List.of(lane)).measure(3);
      assertThat(lane.times()).hasSize(3).containsOnly(ROUND_MILLIS * 1e-3 / OPERATIONS);
    }
  }

  @Test
  void everySecondRoundBeginsWithTheOtherLane() throws Exception {
    try (Lane ours = lane(steady("ours"));
        Lane theirs = lane(steady("theirs"))) {
      new Rounds(List.of(ours, theirs)).measure(1);
    }
    assertThat(prepared.subList(0, 8))
        .containsExactly("ours", "theirs", "theirs", "ours", "ours", "theirs", "theirs", "ours");
  }

  @Test
  void whatAgreesAtOnceIsWarmAfterTwoWindows() throws Exception {
    try (Lane ours = lane(steady("ours"));
        Lane theirs = lane(steady("theirs"))) {
      Rounds rounds = new Rounds(List.of(ours, theirs));
      rounds.measure(0);
      assertThat(rounds.isSteady()).isTrue();
    }
    int sampled = 10;
    assertThat(prepared).hasSize(2 * (2 * 5 + sampled));
  }

  @Test
  void roundsCountOnceTheirRatioDoesNotChangeAnyMore() throws Exception {
    int changing = 40;
    FakeWork slowAtFirst =
        new FakeWork("ours", call -> ROUND_MILLIS * Math.pow(1.03, Math.max(0, changing - call)));
    try (Lane ours = lane(slowAtFirst);
        Lane theirs = lane(steady("theirs"))) {
      Rounds rounds = new Rounds(List.of(ours, theirs));
      rounds.measure(5);
      assertThat(rounds.isSteady()).isTrue();
      assertThat(ours.times())
          .allSatisfy(seconds ->
              assertThat(seconds)
                  .isCloseTo(ROUND_MILLIS * 1e-3 / OPERATIONS, within(0.05e-3 * 25 / OPERATIONS)));
    }
  }

  @Test
  void aRatioThatChangesForEverIsNotSteady() throws Exception {
    FakeWork slower = new FakeWork("ours", call -> ROUND_MILLIS * Math.pow(1.03, call));
    try (Lane ours = lane(slower);
        Lane theirs = lane(steady("theirs"))) {
      Rounds rounds = new Rounds(List.of(ours, theirs));
      rounds.measure(1);
      assertThat(rounds.isSteady()).isFalse();
    }
  }

  @Test
  void aRoundOfShortCallsIsLongEnoughForTheClock() throws Exception {
    try (Lane lane = lane(new FakeWork("ours", call -> 0.1))) {
      double seconds = lane.round();
      assertThat(seconds).isCloseTo(0.1e-3 / OPERATIONS, within(1e-12));
      assertThat(lane.nanos()).isGreaterThanOrEqualTo(25_000_000);
    }
  }

  @Test
  void everyInputIsUsedOnceByAnyNumberOfThreads() throws Exception {
    FakeWork work = new FakeWork("ours", call -> 1);
    try (Lane lane = new Lane(work, 4, clock::get)) {
      double unused = lane.round();
      assertThat(work.numbers)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, work.ready).boxed().toList());
    }
  }

  @Test
  void sampledCallsAreTimedOneByOne() throws Exception {
    FakeWork work = new FakeWork("ours", call -> call % 2 == 0 ? 10 : 30);
    try (Lane lane = lane(work)) {
      lane.sample();
      assertThat(lane.samples()).containsExactly(10.0, 30.0);
      assertThat(lane.sampledMeans()).containsExactly(20.0);
    }
  }
}
