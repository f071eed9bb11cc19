package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.StorageMetrics.Distribution;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class DistributionRecorderTest {
  private final DistributionRecorder recorder = new DistributionRecorder();

  @Test
  void nothingRecordedIsNone() {
    assertThat(recorder.snapshot()).isEqualTo(Distribution.NONE);
  }

  @Test
  void percentilesAreThoseOfTheHistogram() {
    for (int i = 1; i <= 100; i++) {
      recorder.record(i * 100L);
    }
    // 5,000 lies between 4,864 and 5,119, 9,500 between 9,216 and 9,727.
    assertThat(recorder.snapshot())
        .isEqualTo(new Distribution(100, 505_000, 10_000, 5_119, 9_727, 10_000));
  }

  @Test
  void aClockThatGoesBackCountsAsZero() {
    recorder.record(-5);
    assertThat(recorder.snapshot()).isEqualTo(new Distribution(1, 0, 0, 0, 0, 0));
  }

  @Test
  void recordsOfManyThreadsAreCountedExactly() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1_000; i++) {
        long value = i;
        threads.execute(() -> recorder.record(value));
      }
    }
    Distribution all = recorder.snapshot();
    assertThat(all.count()).isEqualTo(1_000);
    assertThat(all.total()).isEqualTo(499_500);
    assertThat(all.max()).isEqualTo(999);
  }
}
