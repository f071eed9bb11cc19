package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The {@link TraceWriter} of every store: one thread that makes batches and stores them. */
final class QueueingTraceWriter implements TraceWriter {
  /** So many traces get their events at once: stores put concurrent writes together. */
  private static final int CONCURRENT_WRITES = 64;

  private final TraceStore store;
  private final WriterOptions options;
  private final WriteQueue queue;
  private final Thread worker;
  private final Semaphore places = new Semaphore(CONCURRENT_WRITES);

  /** Counted down when a close ran out of time. */
  private final CountDownLatch abort = new CountDownLatch(1);

  private final LongAdder written = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder retries = new LongAdder();

  QueueingTraceWriter(TraceStore store, WriterOptions options) {
    this.store = Objects.requireNonNull(store, "store");
    this.options = Objects.requireNonNull(options, "options");
    this.queue = new WriteQueue(store.toString(), options);
    this.worker =
        Thread.ofPlatform().daemon().name("tracestore-async-writer " + store).unstarted(this::work);
  }

  QueueingTraceWriter start() {
    worker.start();
    return this;
  }

  @Override
  public void write(FlowTrace trace) {
    write(WriteItem.of(trace));
  }

  @Override
  public void write(TraceId traceId, TraceEvent event) {
    Objects.requireNonNull(traceId, "traceId");
    write(WriteItem.of(traceId, event));
  }

  private void write(WriteItem item) {
    if (!queue.add(item)) {
      dropped.increment();
      tell(
          item,
          new StoreCapacityException(
              "the queue of the writer of %s is full: queueBytes is %d"
                  .formatted(store, options.queueBytes()),
              null));
    }
  }

  @Override
  public void flush() {
    queue.flush();
  }

  @Override
  public WriterMetrics metrics() {
    return new WriterMetrics(
        queue.items(),
        queue.bytes(),
        written.sum(),
        lost.sum(),
        dropped.sum(),
        batches.sum(),
        retries.sum());
  }

  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    long deadline = System.nanoTime() + options.closeTimeout().toNanos();
    while (worker.isAlive()) {
      try {
        long left = deadline - System.nanoTime();
        if (abort.getCount() == 0) {
          worker.join();
        } else if (left <= 0) {
          abort.countDown();
          worker.interrupt();
        } else {
          TimeUnit.NANOSECONDS.timedJoin(worker, left);
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    for (List<WriteItem> items = queue.take(); !items.isEmpty(); items = queue.take()) {
      List<WriteItem> batch = items;
      try {
        store(batch);
      } catch (RuntimeException | Error e) {
        // The thread goes on whatever happens: writers may be waiting for room.
        TraceStoreException failure = unexpected(e);
        batch.forEach(item -> lose(item, failure));
      } finally {
        queue.settled(batch);
      }
    }
  }

  private TraceStoreException unexpected(Throwable failure) {
    return new TraceStoreException("writing to " + store + " failed: " + failure, failure);
  }

  /** What is of different traces may be stored in any order: so most of it fits one batch. */
  private void store(List<WriteItem> items) {
    List<WriteBatch> batches = new ArrayList<>(List.of(new WriteBatch()));
    Map<TraceId, Integer> lastOf = new HashMap<>();
    for (WriteItem item : items) {
      int number = lastOf.getOrDefault(item.traceId(), 0);
      if (!batches.get(number).add(item)) {
        number++;
        if (number == batches.size()) {
          batches.add(new WriteBatch());
        }
        batches.get(number).add(item);
      }
      lastOf.put(item.traceId(), number);
    }
    batches.forEach(this::store);
  }

  private void store(WriteBatch batch) {
    batches.increment();
    storeTraces(batch.traces());
    if (batch.events().size() == 1) {
      batch.events().forEach(this::storeEvents);
    } else {
      storeEventsAtOnce(batch.events());
    }
  }

  private void storeTraces(List<FlowTrace> traces) {
    List<FlowTrace> left = new ArrayList<>(traces);
    TraceStoreException failure =
        untilDone(() -> {
          if (!left.isEmpty()) {
            storeLeft(left);
          }
        });
    if (failure != null) {
      left.forEach(trace -> lose(WriteItem.of(trace), failure));
    }
  }

  /** Takes out of {@code left} what was stored, and what never will be. */
  private void storeLeft(List<FlowTrace> left) {
    try {
      store.storeTraces(left);
      written.add(left.size());
      left.clear();
    } catch (BatchStoreException e) {
      List<FlowTrace> again = new ArrayList<>();
      for (BatchStoreException.Failure failure : e.failures()) {
        FlowTrace trace = left.get(failure.index());
        if (failure.cause().isRetryable()) {
          again.add(trace);
        } else {
          lose(WriteItem.of(trace), failure.cause());
        }
      }
      written.add(left.size() - (long) e.failures().size());
      left.clear();
      left.addAll(again);
      if (!left.isEmpty()) {
        throw e.failures().stream()
            .map(BatchStoreException.Failure::cause)
            .filter(TraceStoreException::isRetryable)
            .findFirst()
            .orElse(e);
      }
    }
  }

  private void storeEventsAtOnce(Map<TraceId, List<TraceEvent>> events) {
    List<Thread> threads = new ArrayList<>();
    try {
      events.forEach((traceId, list) -> {
        acquirePlace(threads);
        threads.add(
            Thread.startVirtualThread(() -> {
              try {
                storeEvents(traceId, list);
              } finally {
                places.release();
              }
            }));
      });
    } finally {
      threads.forEach(QueueingTraceWriter::join);
    }
  }

  private void acquirePlace(List<Thread> threads) {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt); // a close ran out of time
      places.acquireUninterruptibly();
    }
  }

  private static void join(Thread thread) {
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        thread.interrupt(); // a close ran out of time
      }
    }
  }

  private void storeEvents(TraceId traceId, List<TraceEvent> events) {
    TraceStoreException failure = untilDone(() -> store.storeEvents(traceId, events));
    if (failure == null) {
      written.add(events.size());
    } else {
      lost.add(events.size());
      tell(() -> options.listener().eventsNotWritten(traceId, List.copyOf(events), failure));
    }
  }

  /** Tries until it succeeds or is hopeless; then why, else null. */
  private @Nullable TraceStoreException untilDone(Runnable attempt) {
    long start = System.nanoTime();
    for (int failed = 0; ; failed++) {
      if (abort.getCount() == 0) {
        return new StoreTimeoutException(
            "not written to %s when its writer was closed: closeTimeout is %s"
                .formatted(store, options.closeTimeout()),
            null);
      }
      try {
        attempt.run();
        return null;
      } catch (TraceStoreException e) {
        long left = options.retryFor().toNanos() - (System.nanoTime() - start);
        if (!e.isRetryable() || left <= 0) {
          return e;
        }
        waitAfter(failed, left);
        retries.increment();
      } catch (RuntimeException | Error e) {
        return unexpected(e);
      }
    }
  }

  /** Half of the wait is random, so that many writers do not all come back at once. */
  private void waitAfter(int failed, long mostNanos) {
    long first = options.firstBackoff().toNanos();
    long max = options.maxBackoff().toNanos();
    int doublings = Math.min(failed, Long.SIZE - 2);
    long wait = first <= max >> doublings ? first << doublings : max;
    wait -= ThreadLocalRandom.current().nextLong(wait / 2 + 1);
    try {
      abort.await(Math.min(wait, mostNanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // a close ran out of time; the next look at abort says so
    }
  }

  private void lose(WriteItem item, TraceStoreException cause) {
    lost.increment();
    tell(item, cause);
  }

  private void tell(WriteItem item, TraceStoreException cause) {
    tell(() -> item.giveTo(options.listener(), cause));
  }

  private static void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }
}
