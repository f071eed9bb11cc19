package io.tracestore.server.reflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboxTest {
  @Test
  void a_subscriber_that_reads_too_slowly_is_told_how_many_notifications_it_missed()
      throws Exception {
    CountDownLatch reads = new CountDownLatch(1);
    BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    Outbox outbox =
        new Outbox(
            message -> {
              awaitUninterruptibly(reads);
              sent.add(message);
            },
            new Traffic(new SimpleMeterRegistry()));

    outbox.offer("first");
    for (int i = 0; i < Outbox.MAX_MESSAGES + 7; i++) {
      outbox.offer("more");
    }
    reads.countDown();

    assertThat(sent.poll(120, TimeUnit.SECONDS)).isEqualTo("first");
    int more = 0;
    String last = sent.poll(120, TimeUnit.SECONDS);
    while ("more".equals(last)) {
      more++;
      last = sent.poll(120, TimeUnit.SECONDS);
    }
    // Whether the first had left the queue when the last was offered is the scheduler's choice.
    int dropped = Outbox.MAX_MESSAGES + 7 - more;
    assertThat(dropped).isBetween(7, 8);
    assertThat(last)
        .isEqualTo(
            "{\"Error\":{\"message\":\"%d notifications were left out: this connection reads too slowly\",\"code\":\"InternalError\"}}"
                .formatted(dropped));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
