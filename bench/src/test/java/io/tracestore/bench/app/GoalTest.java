package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoalTest {
  private static final StoreFacts MEM = new StoreFacts("mem:", "mem", Set.of());
  private static final StoreFacts SQLITE = new StoreFacts("sqlite:", "jdbc:sqlite", Set.of());
  private static final String ZIPKIN = "Zipkin's InMemoryStorage";

  private static Goal.Row goal(StoreFacts store, String name, JmhEntry... entries) {
    Results results = new Results(JmhEntry.measurements(entries));
    return Goal.of(List.of(store), results).stream()
        .filter(row -> row.goal().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JmhEntry storeTrace(Double... ratios) {
    return JmhEntry.throughput("storeTrace", 100.0).of("mem:", 100_000).ratio(ZIPKIN, ratios);
  }

  private static Goal.Row writing(Double... ratios) {
    return goal(MEM, "storeTrace / " + ZIPKIN, storeTrace(ratios));
  }

  @Test
  void aGoalIsMetIfTheWholeIntervalIsAboveIt() {
    assertThat(writing(5.1, 5.2, 5.3, 5.4, 5.5, 5.6).texts())
        .containsExactly(
            "mem:", "storeTrace / " + ZIPKIN, "at least 5x", "5.35x (5.1x to 5.6x)", "met");
  }

  @Test
  void aGoalIsMissedIfTheWholeIntervalIsBelowIt() {
    assertThat(writing(4.4, 4.5, 4.6, 4.7, 4.8, 4.9).outcome()).isEqualTo(Goal.Outcome.MISSED);
  }

  @Test
  void aGoalWithinTheIntervalIsUndecided() {
    assertThat(writing(4.9, 5.0, 5.1, 5.2, 5.3, 5.4).outcome()).isEqualTo(Goal.Outcome.UNDECIDED);
  }

  @Test
  void aRatioThatVariesMuchIsNoNumber() {
    assertThat(writing(5.0, 6.0, 7.0, 9.0, 12.0, 20.0).texts()).endsWith("too noisy", "too noisy");
  }

  @Test
  void aRatioOfRoundsThatNeverAgreedIsNoNumber() {
    assertThat(
            goal(
                MEM,
                "storeTrace / " + ZIPKIN,
                JmhEntry.throughput("storeTrace", 100.0)
                    .of("mem:", 100_000)
                    .unsteadyRatio(ZIPKIN, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0)))
        .extracting(Goal.Row::outcome)
        .isEqualTo(Goal.Outcome.TOO_NOISY);
  }

  @Test
  void tooFewRoundsAreNoNumber() {
    assertThat(writing(6.0, 6.0, 6.0).outcome()).isEqualTo(Goal.Outcome.TOO_NOISY);
  }

  @Test
  void theRatioToAnotherPeerIsNotTaken() {
    assertThat(
            goal(
                MEM,
                "storeTrace, 16 threads / storeTrace",
                JmhEntry.throughput("storeTrace", 100.0)
                    .of("mem:", 100_000)
                    .threads(16)
                    .ratio("storeTraces", 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)))
        .extracting(Goal.Row::outcome)
        .isEqualTo(Goal.Outcome.NOT_MEASURED);
  }

  @Test
  void aTimeIsTurnedSoThatMoreIsBetter() {
    // 40 sums in a second take 25 ms each.
    Double[] rates = Collections.nCopies(6, 40.0).toArray(Double[]::new);
    assertThat(
            goal(
                MEM,
                "eventMetrics at 100k events / 30 ms",
                JmhEntry.throughput("eventMetrics", rates).of("mem:", 100_000)))
        .extracting(row -> row.measured().orElseThrow().interval().median(), Goal.Row::outcome)
        .containsExactly(1.2, Goal.Outcome.MET);
  }

  @Test
  void aLargeStoreIsComparedWithASmallOne() {
    Double[] ratios = Collections.nCopies(6, 0.9).toArray(Double[]::new);
    assertThat(
            goal(
                SQLITE,
                "getTraceCold at 10M events / 100k events",
                JmhEntry.throughput("getTraceCold", 100.0)
                    .of("sqlite:", 10_000_000)
                    .ratio("100k events", ratios)))
        .extracting(Goal.Row::outcome)
        .isEqualTo(Goal.Outcome.MET);
  }

  @Test
  void aGoalThatWasNotMeasuredIsNeitherMetNorMissed() {
    assertThat(
            goal(
                MEM,
                "storeTrace / " + ZIPKIN,
                JmhEntry.sample("storeTrace", 10.0).of("mem:", 100_000)))
        .extracting(Goal.Row::outcome)
        .isEqualTo(Goal.Outcome.NOT_MEASURED);
  }

  static List<Goal> goals() {
    return Goal.ALL;
  }

  @ParameterizedTest
  @MethodSource("goals")
  void theDocumentListsEveryGoalWithWhatIsWanted(Goal goal) throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "performance.md")))
        .contains(
            "| `%s:` | `%s` | %s |"
                .formatted(goal.scheme(), goal.name(), Numbers.ratio(goal.wanted())));
  }

  /** The goal of a size is measured if that size is asked for. */
  @ParameterizedTest
  @MethodSource("goals")
  void thePlanMeasuresEveryGoal(Goal goal) {
    StoreFacts store = new StoreFacts(goal.scheme() + ":", goal.scheme(), Set.of());
    Effort effort = Effort.QUICK.withSizes(List.of(100_000, 10_000_000));
    List<Cell> cells = Plan.of(List.of(store), effort, Pattern.compile(""));
    assertThat(cells)
        .anySatisfy(cell -> {
          assertThat(cell.subject().title()).isEqualTo(goal.title());
          assertThat(cell.subject().events())
              .isEqualTo(goal.events() == 0 ? cell.subject().events() : goal.events());
          assertThat(cell.peer()).isEqualTo(goal.wantedMicros() > 0 ? "" : goal.peer());
        });
  }
}
