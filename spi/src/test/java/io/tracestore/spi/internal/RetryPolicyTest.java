package io.tracestore.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.RetryPolicy.Attempts;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // it overflows
  private final RetryPolicy policy =
      new RetryPolicy(Duration.ofNanos(100), Duration.ofNanos(8), Duration.ofNanos(40));

  @Test
  void thereIsTimeUntilTheDeadline() {
    Attempts attempts = policy.start(clock::get);

    clock.addAndGet(99);
    assertThat(attempts.isTimeLeft()).isTrue();
    clock.addAndGet(1);
    assertThat(attempts.isTimeLeft()).isFalse();
  }

  @Test
  void aDeadlineOfZeroAllowsNoFurtherAttempt() {
    assertThat(RetryPolicy.every(Duration.ofMillis(1), Duration.ZERO).start().isTimeLeft())
        .isFalse();
  }

  @Test
  void pausesDoubleUpToTheLongestAndHalfOfEachIsRandom() {
    Attempts attempts = policy.start(clock::get);

    for (long longest : new long[] {8, 16, 32, 40, 40, 40}) {
      assertThat(attempts.nextPauseNanos()).isBetween(longest / 2, longest);
    }
  }

  @Test
  void noPauseGoesOnAfterTheDeadline() {
    Attempts attempts = policy.start(clock::get);

    clock.addAndGet(99);
    assertThat(attempts.nextPauseNanos()).isEqualTo(1);
  }

  @Test
  void anEndThatComesEndsThePause() throws InterruptedException {
    Attempts attempts = RetryPolicy.every(Duration.ofHours(1), Duration.ofHours(2)).start();

    assertThat(attempts.pause(new CountDownLatch(0))).isTrue();
  }

  @Test
  void thereIsAPauseAfterTheDeadlineToo() {
    Attempts attempts = policy.start(clock::get);

    clock.addAndGet(500);
    assertThat(attempts.nextPauseNanos()).isBetween(4L, 8L);
  }

  @Test
  void anInterruptEndsThePauseAndKeepsTheFlag() {
    Attempts attempts = RetryPolicy.every(Duration.ofHours(1), Duration.ofHours(2)).start();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> attempts.pause("waiting for the server"))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("interrupted while waiting for the server");
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"-1, 1, 1", "1, -1, 1", "1, 2, 1"})
  void aPolicyThatCannotWorkIsRefused(long deadline, long first, long longest) {
    assertThatThrownBy(() ->
            new RetryPolicy(
                Duration.ofNanos(deadline), Duration.ofNanos(first), Duration.ofNanos(longest)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
