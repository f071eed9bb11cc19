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
  private static final StoreFacts OTHER = new StoreFacts("other:", "other", Set.of());
  private static final Pattern ALL = Pattern.compile("");

  private static List<String> titles(StoreFacts store, Effort effort, String only) {
    return Plan.of(List.of(store), effort, Pattern.compile(only)).stream()
        .map(Cell::title)
        .toList();
  }

  @Test
  void aQuickRunOfAllEmbeddedStoresIsPlannedForThreeMinutes() {
    List<Cell> cells = Plan.of(List.of(MEM, SQLITE, CHRONICLE), Effort.QUICK, ALL);
    assertThat(Effort.QUICK.ofCell().multipliedBy(cells.size()).toSeconds())
        .isLessThanOrEqualTo(180);
  }

  @Test
  void aStoreIsMeasuredBesideItsPeers() {
    assertThat(titles(SQLITE, Effort.QUICK, "beside"))
        .containsExactly(
            "sqlite: storeTrace, 100k events beside prepared inserts by hand",
            "sqlite: storeTraces, 100k events beside prepared inserts by hand",
            "sqlite: storeTrace, 16 threads, 100k events beside storeTraces",
            "sqlite: getTraceCold, 100k events beside select and decode by hand");
  }

  @Test
  void aStoreInMemoryIsWrittenWithRoomAndFull() {
    assertThat(titles(MEM, Effort.QUICK, "storeTrace( room)?, 100k"))
        .containsExactly(
            "mem: storeTrace, 100k events beside Zipkin's InMemoryStorage",
            "mem: storeTrace room, 100k events beside Zipkin's InMemoryStorage");
  }

  @Test
  void aStoreWithoutAKnownPeerIsMeasuredAlone() {
    assertThat(titles(OTHER, Effort.QUICK, "storeTrace,"))
        .contains("other: storeTrace, 100k events");
  }

  @Test
  void aLargeStoreIsMeasuredBesideASmallOne() {
    assertThat(titles(SQLITE, Effort.FULL, "getTraceCold, 1M"))
        .containsExactly("sqlite: getTraceCold, 1M events beside 100k events");
  }

  @Test
  void quickAndFullRunsMeasureTheSameInTheSameWay() {
    assertThat(titles(SQLITE, Effort.FULL, "")).containsAll(titles(SQLITE, Effort.QUICK, ""));
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
        .extracting(cell -> cell.subject().events())
        .containsOnly(100_000);
  }

  @Test
  void aStoreThatHoldsFewerEventsThanTheSmallestSizeIsNotMeasured() {
    Effort large = Effort.QUICK.withSizes(List.of(1_000_000));
    assertThat(Plan.of(List.of(MEM, SQLITE), large, ALL))
        .extracting(cell -> cell.subject().store())
        .containsOnly("sqlite:");
  }

  @Test
  void onlyWhatIsAskedForIsMeasured() {
    assertThat(titles(SQLITE, Effort.QUICK, "sqlite: storeTraces"))
        .containsExactly("sqlite: storeTraces, 100k events beside prepared inserts by hand");
  }
}
