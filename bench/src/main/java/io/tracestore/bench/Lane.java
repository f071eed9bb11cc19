package io.tracestore.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One side of a measurement: it repeats its work in rounds that are long enough for the clock.
 *
 * <p>A round is made of pieces. The inputs of a piece are prepared, then all its calls are made;
 * only the calls are timed. How many calls make a piece is adapted until {@link #fix}.
 */
@SuppressWarnings("try") // an interrupt may pass
final class Lane implements AutoCloseable {
  private static final long ROUND_NANOS = 25_000_000;

  /** Threads begin and end at different times, which must not matter. */
  private static final long ROUND_NANOS_OF_THREADS = 100_000_000;

  /**
   * The JIT compiles what is called often: fewer operations are no warm-up, unless they are slow.
   */
  private static final long WARM_OPERATIONS = 5_000;

  private static final long WARM_NANOS = 2_000_000_000;
  private static final int MOST_SAMPLES = 20_000;
  private static final int GROWTH = 8;

  private final Work work;
  private final int threads;
  private final LongSupplier clock;
  private final ExecutorService pool;

  /** The last result; somebody could read it, so no call can be optimised away. */
  private final AtomicReference<@Nullable Object> result = new AtomicReference<>();

  private final List<Double> times = new ArrayList<>();
  private final List<Double> samples = new ArrayList<>();
  private final List<Double> sampledMeans = new ArrayList<>();
  private int calls;
  private boolean fixed;
  private long nanos;
  private long operations;
  private long bytes;

  /**
   * Rounds of {@code work}.
   *
   * @param threads how many threads call at once
   * @param clock in nanoseconds
   */
  Lane(Work work, int threads, LongSupplier clock) {
    this.work = work;
    this.threads = threads;
    this.clock = clock;
    this.calls = threads;
    this.pool = Executors.newFixedThreadPool(threads);
  }

  private long roundNanos() {
    return threads > 1 ? ROUND_NANOS_OF_THREADS : ROUND_NANOS;
  }

  /** Makes one round; returns the seconds of an operation. */
  double round() throws Exception {
    long spent = 0;
    long made = 0;
    while (spent < roundNanos()) {
      work.prepare(calls);
      long allocated = allocatedBytes();
      long piece = run(new long[0]);
      bytes += allocatedBytes() - allocated;
      spent += piece;
      made += calls;
      adapt(piece);
    }
    long done = made * work.operations();
    nanos += spent;
    operations += done;
    double seconds = spent * 1e-9 / done;
    times.add(seconds);
    return seconds;
  }

  /** Keeps the number of calls of a piece from here on, and forgets the rounds so far. */
  void fix() {
    fixed = true;
    times.clear();
    operations = 0;
    nanos = 0;
    bytes = 0;
  }

  private void adapt(long piece) {
    if (!fixed) {
      double wanted = (double) calls * roundNanos() / Math.max(1, piece);
      double most = Math.min((double) threads * work.mostCalls(), (double) calls * GROWTH);
      calls = (int) Math.max(threads, Math.min(most, wanted));
    }
  }

  /** Whether the JIT has seen enough calls. */
  boolean isWarm() {
    return operations >= WARM_OPERATIONS || nanos >= WARM_NANOS;
  }

  /** Makes one round in which each call is timed by itself. */
  void sample() throws Exception {
    long spent = 0;
    double sum = 0;
    int count = 0;
    while (spent < roundNanos() && samples.size() < MOST_SAMPLES) {
      work.prepare(calls);
      long[] taken = new long[calls];
      spent += run(taken);
      for (long one : taken) {
        double micros = one * 1e-3 / work.operations();
        samples.add(micros);
        sum += micros;
        count++;
      }
    }
    if (count > 0) {
      sampledMeans.add(sum / count);
    }
  }

  /**
   * Makes the prepared calls; the nanoseconds of all, and of each in {@code taken} if it has room.
   */
  private long run(long[] taken) throws Exception {
    return threads == 1 ? runHere(taken) : runThreads(taken);
  }

  private long runHere(long[] taken) throws Exception {
    long start = clock.getAsLong();
    for (int number = 0; number < calls; number++) {
      callOne(number, taken);
    }
    return clock.getAsLong() - start;
  }

  private long runThreads(long[] taken) throws Exception {
    AtomicInteger next = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      running.add(
          pool.submit(() -> {
            ready.countDown();
            go.await();
            for (int number = next.getAndIncrement();
                number < calls;
                number = next.getAndIncrement()) {
              callOne(number, taken);
            }
            return null;
          }));
    }
    ready.await();
    long start = clock.getAsLong();
    go.countDown();
    for (Future<?> one : running) {
      await(one);
    }
    return clock.getAsLong() - start;
  }

  private static void await(Future<?> running) throws InterruptedException {
    try {
      running.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private void callOne(int number, long[] taken) throws Exception {
    if (taken.length == 0) {
      result.setOpaque(work.call(number));
      return;
    }
    long start = clock.getAsLong();
    result.setOpaque(work.call(number));
    taken[number] = clock.getAsLong() - start;
  }

  private static long allocatedBytes() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
        ? threads.getTotalThreadAllocatedBytes()
        : 0;
  }

  /** The nanoseconds of all rounds since the last {@link #fix}. */
  long nanos() {
    return nanos;
  }

  /** The seconds of an operation in each round. */
  List<Double> times() {
    return List.copyOf(times);
  }

  /** The microseconds of an operation in each sampled call. */
  List<Double> samples() {
    return List.copyOf(samples);
  }

  /** The mean of each sampled round. */
  List<Double> sampledMeans() {
    return List.copyOf(sampledMeans);
  }

  /** The bytes that all threads of the process allocated for each operation, inputs aside. */
  double bytesPerOperation() {
    return (double) bytes / operations;
  }

  double bytesPerEvent() {
    return work.bytesPerEvent();
  }

  @Override
  public void close() throws Exception {
    pool.shutdownNow();
    work.close();
  }
}
