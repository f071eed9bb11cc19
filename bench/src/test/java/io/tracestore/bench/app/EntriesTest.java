package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.bench.Subject;
import io.tracestore.model.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntriesTest {
  private static final Subject STORE = Subject.of("storeTrace", "mem:", 100_000);
  private static final Cell CELL = Cell.beside(STORE, STORE.ofBaseline(), "a peer");

  private static Map<String, Object> side(boolean steady, List<Double> seconds) {
    return Map.of(
        "steady",
        steady,
        "seconds",
        seconds,
        "micros",
        List.of(1.0, 2.0, 3.0),
        "means",
        List.of(2.0),
        "bytes",
        100.0);
  }

  private static JsonValue fork(boolean steady, List<Double> ours, List<Double> theirs) {
    return JsonValue.from(List.of(side(steady, ours), side(steady, theirs)));
  }

  private static Results results(JsonValue... forks) {
    return new Results(Measurement.ofJson(Entries.of(CELL, List.of(forks))));
  }

  private static Results.Figure store(JsonValue... forks) {
    return results(forks).find("mem:", "storeTrace", 100_000).orElseThrow();
  }

  @Test
  void theRatioIsOursOverTheirsOfEachPairOfRounds() {
    // Theirs takes twice as long, so ours is twice as fast.
    Ratio ratio = store(fork(true, List.of(1.0, 2.0), List.of(2.0, 4.0))).ratios().getFirst();
    assertThat(ratio).isEqualTo(new Ratio("a peer", List.of(2.0, 2.0), true));
  }

  @Test
  void roundsOfSeveralProcessesCountTogether() {
    Results.Figure figure =
        store(fork(true, List.of(1.0), List.of(2.0)), fork(true, List.of(1.0), List.of(3.0)));
    assertThat(figure.ratios().getFirst().samples()).containsExactly(2.0, 3.0);
  }

  @Test
  void oneUnsteadyProcessMakesTheRatioUnsteady() {
    Results.Figure figure =
        store(fork(true, List.of(1.0), List.of(2.0)), fork(false, List.of(1.0), List.of(2.0)));
    assertThat(figure.ratios().getFirst().steady()).isFalse();
  }

  /** Both become slower and faster together, as on a shared machine, and differ by chance. */
  @Test
  void theSameWorkOnAMachineThatChangesHasARatioWhoseIntervalHoldsOne() {
    Random random = new Random(3);
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int round = 0; round < 25; round++) {
      double machine = 1 + round % 7;
      ours.add(machine * (1 + 0.1 * random.nextGaussian()));
      theirs.add(machine * (1 + 0.1 * random.nextGaussian()));
    }
    Ratio ratio = store(fork(true, ours, theirs)).ratios().getFirst();
    assertThat(ratio.interval().low()).isLessThan(1);
    assertThat(ratio.interval().high()).isGreaterThan(1);
    assertThat(ratio.isNoisy()).isFalse();
  }

  @Test
  void ratesTimesAndAllocationsAreThoseOfTheProcesses() {
    Results.Figure figure = store(fork(true, List.of(0.5, 0.25, 0.125), List.of(1.0, 1.0, 1.0)));
    assertThat(figure.perSecond()).isEqualTo(4);
    assertThat(figure.micros(50)).isEqualTo(2);
    assertThat(figure.micros(100)).isEqualTo(3);
    assertThat(figure.bytesAllocated()).isEqualTo(100);
  }

  @Test
  void thePeerHasItsOwnFigure() {
    Results results = results(fork(true, List.of(1.0), List.of(0.5)));
    Results.Figure store = results.find("mem:", "storeTrace", 100_000).orElseThrow();
    assertThat(results.baseline(store).orElseThrow().perSecond()).isEqualTo(2);
  }
}
