package io.tracestore.provider.support.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A close waits for the running calls and refuses further ones. */
class CallGuardTest {
  private final CallGuard guard = CallGuard.waiting("test:");
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @Test
  void aCallReturnsItsResult() {
    assertThat(guard.call(() -> 7)).isEqualTo(7);
  }

  @Test
  void afterTheCloseACallIsRefusedWithTheNameOfTheStore() {
    guard.close();
    assertThatThrownBy(() -> guard.call(() -> 7))
        .isInstanceOf(StoreClosedException.class)
        .hasMessage("the store is closed: test:");
  }

  @Test
  void afterTheCloseTheCheckRefusesToo() {
    guard.ensureOpen();
    guard.close();
    assertThatThrownBy(guard::ensureOpen).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void aCloseWaitsForARunningCall() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    Thread caller =
        start(() -> {
          await(goOn);
          done.set(true);
        });
    AtomicBoolean doneWhenClosed = new AtomicBoolean();
    Thread closer = startClose(() -> doneWhenClosed.set(done.get()));
    awaitClosed();
    goOn.countDown();
    caller.join();
    closer.join();
    assertThat(doneWhenClosed).isTrue();
  }

  @Test
  void aRefusingGuardClosesDuringACallAndRefusesTheNext() {
    CallGuard refusing = CallGuard.refusing("test:");
    Integer result =
        refusing.call(() -> {
          refusing.close();
          return 7;
        });
    assertThat(result).isEqualTo(7);
    assertThatThrownBy(() -> refusing.call(() -> 7)).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void aCloseWaitsForACallThatFails() throws InterruptedException {
    Thread caller =
        start(() -> {
          await(goOn);
          throw new IllegalStateException("of the engine");
        });
    Thread closer = startClose(() -> {});
    awaitClosed();
    goOn.countDown();
    caller.join();
    closer.join();
  }

  @Test
  void anInterruptDoesNotEndTheWaitOfAClose() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    Thread caller =
        start(() -> {
          await(goOn);
          done.set(true);
        });
    AtomicBoolean doneWhenClosed = new AtomicBoolean();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    Thread closer =
        startClose(() -> {
          doneWhenClosed.set(done.get());
          stillInterrupted.set(Thread.currentThread().isInterrupted());
        });
    awaitClosed();
    closer.interrupt();
    goOn.countDown();
    caller.join();
    closer.join();
    assertThat(doneWhenClosed).isTrue();
    assertThat(stillInterrupted).isTrue();
  }

  @Test
  void aCallWithinACallIsLetIn() {
    assertThat(guard.call(() -> guard.call(() -> 7))).isEqualTo(7);
    guard.close();
  }

  @Test
  void aCallWithinACallIsRefusedOnceTheCloseBegan() throws InterruptedException {
    Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
    Thread caller =
        start(() -> {
          await(goOn);
          try {
            guard.call(() -> 7);
          } catch (StoreClosedException e) {
            refused.add(e);
          }
        });
    Thread closer = startClose(() -> {});
    awaitClosed();
    goOn.countDown();
    caller.join();
    closer.join();
    assertThat(refused).hasSize(1);
  }

  @Test
  void noCallRunsAfterTheCloseReturned() throws InterruptedException {
    for (int round = 0; round < 50; round++) {
      CallGuard one = CallGuard.waiting("test:");
      AtomicBoolean released = new AtomicBoolean();
      Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
      CountDownLatch calling = new CountDownLatch(8);
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        callers.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    while (true) {
                      boolean late = one.call(released::get);
                      assertThat(late).isFalse();
                      calling.countDown();
                    }
                  } catch (StoreClosedException | AssertionError e) {
                    thrown.add(e);
                  }
                }));
      }
      calling.await();
      one.close();
      released.set(true);
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(thrown).hasSize(8).hasOnlyElementsOfType(StoreClosedException.class);
    }
  }

  /** Starts a call and returns once it is running. */
  private Thread start(Runnable work) throws InterruptedException {
    Thread caller =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((thread, failure) -> {})
            .start(() ->
                guard.call(() -> {
                  inside.countDown();
                  work.run();
                  return true;
                }));
    inside.await();
    return caller;
  }

  private Thread startClose(Runnable afterwards) {
    return Thread.ofPlatform()
        .start(() -> {
          guard.close();
          afterwards.run();
        });
  }

  /** Waits until the close has begun. */
  private void awaitClosed() {
    try {
      while (true) {
        guard.ensureOpen();
        Thread.onSpinWait();
      }
    } catch (StoreClosedException e) {
      // It has.
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
