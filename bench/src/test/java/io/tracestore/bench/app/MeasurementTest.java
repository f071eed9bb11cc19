package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
  private static Measurement only(JmhEntry entry) {
    List<Measurement> all = JmhEntry.measurements(entry);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void theSubjectIsWhatBothRunsHave() {
    Measurement measurement =
        only(
            JmhEntry.sample("queryTraces", 5.0)
                .of("sqlite:", 10_000)
                .param("filter", "ACTOR")
                .threads(4));
    assertThat(measurement.subject())
        .isEqualTo(new Measurement.Subject("Store", "queryTraces", "sqlite:", 10_000, 4, "ACTOR"));
  }

  @Test
  void samplesAreTheMeansOfIterations() {
    assertThat(only(JmhEntry.sample("storeTrace", 5.0, 7.0)).samples()).containsExactly(5.0, 7.0);
  }

  @Test
  void aTimeGivesTheRateOfThreadsThatCallAgainAtOnce() {
    assertThat(only(JmhEntry.sample("storeTrace", 50.0).threads(16)).perSecond())
        .isCloseTo(320_000, within(1e-6));
  }

  @Test
  void aThroughputIsItsOwnRate() {
    assertThat(only(JmhEntry.throughput("storeTrace", 900.0, 1100.0)).perSecond()).isEqualTo(1000);
  }

  @Test
  void bytesPerEventAreNotAddedUpOverIterations() {
    assertThat(only(JmhEntry.open(100, 250)).bytesPerEvent()).isEqualTo(250);
  }

  @Test
  void allocationIsThatOfTheProfiler() {
    assertThat(only(JmhEntry.sample("storeTrace", 5.0)).bytesAllocated()).isEqualTo(1234.5);
  }
}
