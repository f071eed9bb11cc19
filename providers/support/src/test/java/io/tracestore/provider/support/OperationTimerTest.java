package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StorageMetrics.Operations;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A timer counts every call that ended, however it did. */
class OperationTimerTest {
  private final OperationTimer timer = new OperationTimer();

  @Test
  void a_new_timer_has_counted_nothing() {
    assertThat(timer.snapshot()).isEqualTo(Operations.NONE);
  }

  @Test
  void the_result_of_a_call_is_returned() {
    assertThat(timer.<String>time(() -> "x")).isEqualTo("x");
    assertThat(timer.snapshot().count()).isEqualTo(1);
    assertThat(timer.snapshot().errors()).isZero();
  }

  @Test
  void a_call_that_throws_counts_as_an_error() {
    assertThatThrownBy(() ->
            timer.time(() -> {
              throw new IllegalStateException("boom");
            }))
        .hasMessage("boom");
    assertThat(timer.snapshot().count()).isEqualTo(1);
    assertThat(timer.snapshot().errors()).isEqualTo(1);
    assertThat(timer.snapshot().errorsByKind()).isEqualTo(Map.of("IllegalStateException", 1L));
  }

  @Test
  void the_longest_call_is_no_longer_than_all_and_no_shorter_than_the_average() {
    for (int i = 0; i < 10; i++) {
      timer.time(() -> "x");
    }
    Operations all = timer.snapshot();

    assertThat(all.maxNanos()).isBetween(all.totalNanos() / all.count(), all.totalNanos());
  }

  @Test
  void calls_of_many_threads_are_all_counted() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1_000; i++) {
        threads.execute(() -> timer.time(() -> "x"));
      }
    }

    assertThat(timer.snapshot().count()).isEqualTo(1_000);
  }
}
