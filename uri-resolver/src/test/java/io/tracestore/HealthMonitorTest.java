package io.tracestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.HealthStatus.State;
import io.tracestore.spi.Health;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A monitor tells of changes, and of nothing else; a check that hangs is not joined by others. */
@Timeout(60)
class HealthMonitorTest {
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Patient patient = new Patient();
  private final TraceStore store =
      (TraceStore)
          Proxy.newProxyInstance(
              HealthMonitorTest.class.getClassLoader(), new Class<?>[] {TraceStore.class}, patient);
  private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();

  private record Change(@Nullable State before, HealthStatus now) {}

  /** Answers for a store that is as well as a test says. */
  private static final class Patient implements InvocationHandler {
    final AtomicInteger checks = new AtomicInteger();
    volatile Check check = warnings -> {};

    interface Check {
      void run(List<String> warnings);
    }

    @Override
    public Object invoke(Object store, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (method.isDefault()) {
        return InvocationHandler.invokeDefault(store, method, arguments);
      }
      return switch (method.getName()) {
        case "healthCheck" -> checkHealth();
        case "toString" -> "patient";
        default -> throw new UnsupportedOperationException(method.getName());
      };
    }

    private Health checkHealth() {
      checks.incrementAndGet();
      List<String> warnings = new ArrayList<>();
      check.run(warnings);
      return new Health(Duration.ZERO, "fine", warnings);
    }

    void awaitMoreChecks(int more) {
      int goal = checks.get() + more;
      while (checks.get() < goal) {
        Thread.onSpinWait();
      }
    }
  }

  private void note(@Nullable HealthStatus before, HealthStatus now) {
    changes.add(new Change(before == null ? null : before.state(), now));
  }

  @Test
  void theFirstCheckIsAChangeAndFurtherOnesOnlyIfTheyDiffer() throws InterruptedException {
    try (HealthMonitor monitor = HealthMonitor.start(store, SHORT, LONG, this::note)) {
      Change first = changes.take();
      assertThat(first.before()).isNull();
      assertThat(first.now().state()).isEqualTo(State.HEALTHY);
      patient.awaitMoreChecks(3);
      assertThat(changes).isEmpty();

      patient.check = warnings -> warnings.add("little room");
      Change warning = changes.take();
      assertThat(warning.before()).isEqualTo(State.HEALTHY);
      assertThat(warning.now().state()).isEqualTo(State.WARNING);

      patient.check =
          warnings -> {
            throw new StoreUnavailableException("away", null);
          };
      Change failed = changes.take();
      assertThat(failed.now().state()).isEqualTo(State.UNHEALTHY);
      assertThat(failed.now().failure()).hasMessage("away");
      patient.awaitMoreChecks(3);
      assertThat(monitor.status().orElseThrow().since()).isEqualTo(failed.now().since());

      patient.check = warnings -> {};
      Change again = changes.take();
      assertThat(again.before()).isEqualTo(State.UNHEALTHY);
      assertThat(again.now().state()).isEqualTo(State.HEALTHY);
      assertThat(changes).isEmpty();
    }
  }

  @Test
  void aCheckThatHangsIsUnhealthyAndNotJoinedByOthers() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    patient.check = warnings -> awaitUninterrupted(goOn);
    try (HealthMonitor monitor = HealthMonitor.start(store, SHORT, SHORT, this::note)) {
      Change hanging = changes.take();
      assertThat(hanging.now().failure()).isInstanceOf(StoreTimeoutException.class);
      HealthStatus seen = hanging.now();
      while (monitor.status().orElseThrow().checkedAt().equals(seen.checkedAt())) {
        Thread.onSpinWait();
      }
      assertThat(patient.checks).hasValue(1);
      patient.check = warnings -> {};
      goOn.countDown();
      while (changes.isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(changes.take().before()).isEqualTo(State.UNHEALTHY);
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {AssertionError.class, LinkageError.class, StackOverflowError.class})
  void whateverAListenerOrAStoreThrowsTheChecksGoOn(Class<? extends Error> kind) throws Exception {
    Error failure = kind.getDeclaredConstructor().newInstance();
    BlockingQueue<State> seen = new LinkedBlockingQueue<>();
    try (HealthMonitor monitor =
        HealthMonitor.start(
            store,
            SHORT,
            LONG,
            (before, now) -> {
              seen.add(now.state());
              throw failure;
            })) {
      assertThat(seen.take()).isEqualTo(State.HEALTHY);
      patient.check =
          warnings -> {
            throw failure;
          };
      assertThat(seen.take()).isEqualTo(State.UNHEALTHY);
      assertThat(monitor.status().orElseThrow().failure()).hasCause(failure);
      patient.check = warnings -> {};
      assertThat(seen.take()).isEqualTo(State.HEALTHY);
    }
  }

  @Test
  void aListenerThatFailsDoesNotEndTheChecks() {
    try (HealthMonitor monitor =
        HealthMonitor.start(
            store,
            SHORT,
            LONG,
            (before, now) -> {
              throw new IllegalStateException("on purpose");
            })) {
      patient.awaitMoreChecks(3);
      assertThat(monitor.status()).isPresent();
    }
  }

  @Test
  void aListenerMayCloseTheMonitor() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    HealthMonitor[] monitor = new HealthMonitor[1];
    monitor[0] =
        HealthMonitor.start(
            store,
            SHORT,
            LONG,
            (before, now) -> {
              awaitUninterrupted(started);
              monitor[0].close();
              closed.countDown();
            });
    started.countDown();
    closed.await();
    monitor[0].close();
    assertThat(patient.checks).hasValue(1);
  }

  @Test
  void aCheckMayHaveALimit() {
    assertThat(store.healthCheck(LONG)).extracting(Health::detail).isEqualTo("fine");
    CountDownLatch never = new CountDownLatch(1);
    patient.check =
        warnings -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw TraceStoreException.interrupted("hanging", e);
          }
        };
    assertThatThrownBy(() -> store.healthCheck(SHORT))
        .isInstanceOf(StoreTimeoutException.class)
        .hasMessage("%s: the health check did not end within 1 ms", store);
    patient.check =
        warnings -> {
          throw new StoreUnavailableException("away", null);
        };
    assertThatThrownBy(() -> store.healthCheck(LONG)).hasMessage("away");
  }

  @Test
  void timesThatMakeNoSenseAreRefusedByName() {
    assertThatThrownBy(() -> HealthMonitor.start(store, Duration.ZERO, LONG, this::note))
        .hasMessage("interval must be positive and at most 365 days: PT0S");
    assertThatThrownBy(() -> HealthMonitor.start(store, LONG, Duration.ofDays(366), this::note))
        .hasMessageStartingWith("limit must be positive and at most 365 days");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
