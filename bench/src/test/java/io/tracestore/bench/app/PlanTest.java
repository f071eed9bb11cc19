package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final StoreFacts MEM = new StoreFacts("mem:", "mem", Set.of());
  private static final StoreFacts SQLITE = new StoreFacts("sqlite:", "sqlite", Set.of());
  private static final StoreFacts CHRONICLE = new StoreFacts("chronicle:", "chronicle", Set.of());
  private static final Pattern ALL = Pattern.compile("");

  @Test
  void aQuickRunOfAllEmbeddedStoresMeasuresForLessThanAMinuteAndAHalf() {
    List<Cell> cells = Plan.of(List.of(MEM, SQLITE, CHRONICLE), Effort.QUICK, ALL);
    assertThat(Effort.QUICK.measuring().multipliedBy(cells.size()).toSeconds()).isLessThan(90);
  }

  @Test
  void everyStoreOfWhichTheLeastWorkIsKnownIsMeasuredBesideIt() {
    assertThat(Plan.of(List.of(MEM, SQLITE), Effort.QUICK, ALL))
        .filteredOn(Cell::baseline)
        .extracting(Cell::store)
        .contains("mem:", "sqlite:");
  }

  @Test
  void noCellIsPlannedTwice() {
    assertThat(Plan.of(List.of(MEM, SQLITE), Effort.FULL, ALL))
        .extracting(Cell::key)
        .doesNotHaveDuplicates();
  }

  @Test
  void aStoreInMemoryIsNotFilledBeyondItsBounds() {
    assertThat(Plan.of(List.of(MEM), Effort.FULL, ALL))
        .extracting(Cell::events)
        .containsOnly(10_000, 100_000);
  }

  @Test
  void aStoreThatHoldsFewerEventsThanTheSmallestSizeIsNotMeasured() {
    Effort large = Effort.QUICK.withSizes(List.of(1_000_000));
    assertThat(Plan.of(List.of(MEM, SQLITE), large, ALL))
        .extracting(Cell::store)
        .containsOnly("sqlite:");
  }

  @Test
  void onlyWhatIsAskedForIsMeasured() {
    assertThat(Plan.of(List.of(MEM, SQLITE), Effort.QUICK, Pattern.compile("sqlite: storeTraces")))
        .extracting(Cell::title)
        .containsExactly("sqlite: storeTraces, 10k events");
  }
}
