package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.Capability;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecommendationTest {
  private static final double GIGA = 1e9;
  private static final StoreFacts MEM = new StoreFacts("mem:", "mem", Set.of(Capability.EVICTING));
  private static final StoreFacts SQLITE =
      new StoreFacts(
          "sqlite:",
          "sqlite",
          Set.of(Capability.PERSISTENT, Capability.DURABLE, Capability.SHARED, Capability.ATOMIC));
  private static final StoreFacts POSTGRES =
      new StoreFacts(
          "postgresql:",
          "postgresql",
          Set.of(Capability.PERSISTENT, Capability.DURABLE, Capability.SHARED, Capability.ATOMIC));

  private static final Results RESULTS =
      new Results(
          JmhEntry.measurements(
              JmhEntry.sample("storeTrace", 5.0).of("mem:", 10_000),
              JmhEntry.sample("storeTrace", 16.0).of("mem:", 10_000).threads(16),
              JmhEntry.sample("getTraceCold", 1.0).of("mem:", 10_000),
              JmhEntry.sample("eventMetrics", 1000.0).of("mem:", 10_000),
              JmhEntry.open(10, 1000).of("mem:", 10_000),
              JmhEntry.sample("storeTrace", 100.0).of("sqlite:", 10_000),
              JmhEntry.sample("storeTrace", 3200.0).of("sqlite:", 10_000).threads(16),
              JmhEntry.sample("getTraceCold", 20.0).of("sqlite:", 10_000),
              JmhEntry.sample("eventMetrics", 9000.0).of("sqlite:", 10_000),
              JmhEntry.open(10, 300).of("sqlite:", 10_000),
              JmhEntry.sample("storeTrace", 400.0).of("postgresql:", 10_000),
              JmhEntry.sample("storeTrace", 800.0).of("postgresql:", 10_000).threads(16),
              JmhEntry.sample("getTraceCold", 90.0).of("postgresql:", 10_000),
              JmhEntry.sample("eventMetrics", 3000.0).of("postgresql:", 10_000),
              JmhEntry.open(10, 500).of("postgresql:", 10_000)));

  private static Recommendation recommend(String need) {
    return Recommendation.of(
        Need.parse(need), List.of(MEM, SQLITE, POSTGRES), RESULTS, 16 * GIGA, 500 * GIGA);
  }

  private static String best(String need) {
    return recommend(need).best().orElseThrow().store();
  }

  private static Recommendation.Verdict of(String store, String need) {
    return recommend(need).verdicts().stream()
        .filter(verdict -> verdict.store().equals(store))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutNeedsTheFastestStoreIsRecommended() {
    assertThat(best("")).isEqualTo("mem:");
  }

  @Test
  void theBestInEverythingScoresOne() {
    assertThat(of("mem:", "").score()).isEqualTo(1);
  }

  @Test
  void aStoreThatIsNotDurableIsExcludedIfDurabilityIsNeeded() {
    assertThat(of("mem:", "durable").reasons())
        .containsExactly(
            "as opened, it does not promise that a write survives the end of the process",
            "it drops old data by design");
  }

  @Test
  void aSingleDurableWriterGetsTheFile() {
    assertThat(best("durable")).isEqualTo("sqlite:");
  }

  @Test
  void manyWritersGetTheStoreThatIsFastestWithMany() {
    assertThat(best("durable,concurrency=16")).isEqualTo("postgresql:");
  }

  @Test
  void moreWritersThanWereMeasuredAreSaid() {
    assertThat(of("postgresql:", "concurrency=50").reasons())
        .contains("measured with 16 writers, not with 50");
  }

  @Test
  void sumsOverEventsCountWhereAnalyticsAreNeeded() {
    double without = of("postgresql:", "durable").score();
    assertThat(of("postgresql:", "durable,analytics").score()).isGreaterThan(without);
  }

  @Test
  void aStoreWhoseDataDoNotFitIntoMemoryIsExcluded() {
    assertThat(of("mem:", "events=1e8").reasons())
        .containsExactly(
            "100M events take 100 GB of memory, more than a quarter of this machine's 16 GB");
  }

  @Test
  void aFileThatGetsUnwieldyIsOut() {
    assertThat(of("sqlite:", "events=1e9").reasons())
        .containsExactly("1G events make a file of 300 GB, too unwieldy to copy and to repair");
  }

  @Test
  void noStoreMayFit() {
    Recommendation alone =
        Recommendation.of(Need.parse("durable"), List.of(MEM), RESULTS, 16 * GIGA, 500 * GIGA);
    assertThat(alone.best()).isEmpty();
  }
}
