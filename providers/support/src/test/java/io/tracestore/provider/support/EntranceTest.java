package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreClosedException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A close waits for the calls that were let in, and lets no further one in. */
class EntranceTest {
  private final Entrance entrance = new Entrance(() -> new StoreClosedException("test:"));

  @Test
  void aCallIsLetInAndReturnsItsResult() {
    assertThat(entrance.pass(() -> 7)).isEqualTo(7);
  }

  @Test
  void afterTheCloseACallIsRefused() {
    entrance.close();
    assertThatThrownBy(() -> entrance.pass(() -> 7)).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void theCloseWaitsForACallThatIsInside() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    Thread caller =
        Thread.ofVirtual()
            .start(() ->
                entrance.pass(() -> {
                  inside.countDown();
                  done.set(awaited(leave));
                  return true;
                }));
    inside.await();
    AtomicBoolean doneWhenClosed = new AtomicBoolean();
    Thread closer =
        Thread.ofVirtual()
            .start(() -> {
              entrance.close();
              doneWhenClosed.set(done.get());
            });
    leave.countDown();
    caller.join();
    closer.join();
    assertThat(doneWhenClosed).isTrue();
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
