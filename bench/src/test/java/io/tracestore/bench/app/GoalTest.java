package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoalTest {
  private static final StoreFacts MEM = new StoreFacts("mem:", "mem", Set.of());
  private static final StoreFacts SQLITE = new StoreFacts("sqlite:", "jdbc:sqlite", Set.of());

  private static Goal.Row goal(StoreFacts store, String name, JmhEntry... entries) {
    Results results = new Results(JmhEntry.measurements(entries));
    return Goal.of(List.of(store), results).stream()
        .filter(row -> row.goal().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRateIsComparedWithThatOfTheLeastWork() {
    assertThat(
            goal(
                MEM,
                "writing / Zipkin's writing",
                JmhEntry.sample("storeTrace", 10.0).of("mem:", 10_000),
                JmhEntry.baseline("storeTrace", 60.0).of("mem:", 10_000)))
        .extracting(Goal.Row::texts)
        .isEqualTo(List.of("mem:", "writing / Zipkin's writing", "at least 5x", "6x", "met"));
  }

  @Test
  void writersAreComparedWithOne() {
    assertThat(
            goal(
                SQLITE,
                "16 writers / one writer",
                JmhEntry.sample("storeTrace", 100.0).of("sqlite:", 10_000),
                JmhEntry.sample("storeTrace", 400.0).of("sqlite:", 10_000).threads(16)))
        .extracting(Goal.Row::measured, Goal.Row::outcome)
        .containsExactly(4.0, Goal.Outcome.MISSED);
  }

  @Test
  void aLargeStoreIsComparedWithASmallOne() {
    assertThat(
            goal(
                SQLITE,
                "p50 of getTraceCold at 5M events / at 50k",
                JmhEntry.sample("getTraceCold", 10.0).of("sqlite:", 50_000),
                JmhEntry.sample("getTraceCold", 12.0).of("sqlite:", 5_000_000)))
        .extracting(Goal.Row::measured, Goal.Row::outcome)
        .containsExactly(1.2, Goal.Outcome.MET);
  }

  @Test
  void aGoalThatWasNotMeasuredIsNeitherMetNorMissed() {
    assertThat(
            goal(
                MEM,
                "writing / Zipkin's writing",
                JmhEntry.sample("storeTrace", 10.0).of("mem:", 10_000)))
        .extracting(Goal.Row::outcome)
        .isEqualTo(Goal.Outcome.NOT_MEASURED);
  }

  static List<Goal> goals() {
    return Goal.ALL;
  }

  @ParameterizedTest
  @MethodSource("goals")
  void theDocumentListsEveryGoalWithWhatIsWanted(Goal goal) throws IOException {
    String wanted = (goal.atMost() ? "at most " : "at least ") + Numbers.ratio(goal.wanted());
    assertThat(Files.readString(Path.of("..", "docs", "performance.md")))
        .contains("| `%s:` | %s | %s |".formatted(goal.scheme(), goal.name(), wanted));
  }
}
