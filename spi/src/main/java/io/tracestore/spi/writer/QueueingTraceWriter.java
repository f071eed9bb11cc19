package io.tracestore.spi.writer;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterMetrics;
import io.tracestore.spi.WriterOptions;
import io.tracestore.spi.internal.Guarded;
import io.tracestore.spi.internal.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link TraceWriter} of every store: one thread that makes batches and stores them. Each item
 * is settled once, by the first of two: the thread, or a close that gives up waiting for it.
 */
public final class QueueingTraceWriter implements TraceWriter {
  /**
   * The largest number of traces whose events are stored at the same time. Stores combine
   * concurrent writes into one transaction.
   */
  private static final int CONCURRENT_WRITES = 64;

  /** How long a close whose time is over waits for the store to react to the interrupt. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** The kind of thread that calls the listener. */
  private enum Caller {
    WRITER,
    APPLICATION
  }

  /**
   * A listener is called, maybe inside of another writer's.
   *
   * @param outer the one that it is called in; null if in none
   */
  private record Telling(QueueingTraceWriter writer, Caller caller, @Nullable Telling outer) {}

  private static final ThreadLocal<@Nullable Telling> TELLING = new ThreadLocal<>();

  private final TraceStore store;
  private final WriterOptions options;
  private final WriteQueue queue;
  private final Thread worker;
  private final Semaphore places = new Semaphore(CONCURRENT_WRITES);

  /** Counted down when a close ran out of time. */
  private final CountDownLatch abort = new CountDownLatch(1);

  /** Taken from the queue last. */
  private volatile List<WriteItem> underWay = List.of();

  private final LongAdder written = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final RetryPolicy retries;

  public QueueingTraceWriter(TraceStore store, WriterOptions options) {
    this.store = Objects.requireNonNull(store, "store");
    this.options = Objects.requireNonNull(options, "options");
    this.queue = new WriteQueue(store.toString(), options);
    this.retries =
        new RetryPolicy(options.retryFor(), options.firstBackoff(), options.maxBackoff());
    this.worker =
        Thread.ofPlatform().daemon().name("tracestore-async-writer " + store).unstarted(this::work);
  }

  public QueueingTraceWriter start() {
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
    boolean fromListener = listenerCalledBy() != null;
    boolean mayWait = !fromListener && options.overflow() == WriterOptions.Overflow.BLOCK;
    if (queue.add(item, mayWait)) {
      return;
    }
    StoreCapacityException full =
        new StoreCapacityException(
            "the queue of the writer of %s is full: queueBytes is %d"
                .formatted(store, options.queueBytes()),
            null);
    if (fromListener) {
      throw full; // to wait would be to wait for itself, and to tell it would never end
    }
    if (item.settle()) {
      dropped.increment();
      tell(Caller.APPLICATION, listener -> item.giveTo(listener, full));
    }
  }

  @Override
  public void flush() {
    if (listenerCalledBy() == Caller.WRITER) {
      throw new TraceStoreException(
          "the writer of %s cannot be flushed by its own listener, which it waits for"
              .formatted(store),
          null);
    }
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
        retried.sum());
  }

  @Override
  public void close() {
    queue.close();
    if (listenerCalledBy() == Caller.WRITER) {
      return; // the thread ends by itself once this listener has returned
    }
    boolean interrupted = awaitWorker(options.closeTimeout());
    if (worker.isAlive()) {
      abort.countDown();
      worker.interrupt();
      interrupted |= awaitWorker(GRACE);
    }
    if (worker.isAlive()) {
      // The store ignores interrupts: the outcome of its call is not known.
      giveUp(notInTime());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for the writer's thread to end. An interrupt does not shorten the wait; returns whether
   * there was one.
   */
  private boolean awaitWorker(Duration limit) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos();
        left > 0 && worker.isAlive();
        left = deadline - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(worker, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }

  /** Hands to the listener all that was taken and is not settled. */
  private void giveUp(TraceStoreException cause) {
    underWay.forEach(item -> lose(item, cause));
    queue.drain().forEach(item -> lose(item, cause));
  }

  private void work() {
    try {
      for (List<WriteItem> items = queue.take(); !items.isEmpty(); items = queue.take()) {
        underWay = items;
        storeAll(items);
      }
    } catch (Throwable e) {
      // No known failure leads here; after an unknown one, no caller may wait for this thread.
      TraceStoreException cause =
          new TraceStoreException("the writer of %s ended: %s".formatted(store, e), e);
      queue.end(cause);
      giveUp(cause);
      Guarded.report(e);
    }
  }

  private void storeAll(List<WriteItem> items) {
    try {
      store(items);
    } catch (Throwable e) {
      // The thread survives every failure: callers may be waiting for room in the queue.
      TraceStoreException failure = unexpected(e);
      items.forEach(item -> lose(item, failure));
    } finally {
      queue.settled(items);
    }
  }

  private TraceStoreException unexpected(Throwable failure) {
    return new TraceStoreException("writing to " + store + " failed: " + failure, failure);
  }

  private StoreTimeoutException notInTime() {
    return new StoreTimeoutException(
        "not written to %s when its writer was closed: closeTimeout is %s"
            .formatted(store, options.closeTimeout()),
        null);
  }

  /**
   * Stores the items in as few batches as possible. Items of different traces may be stored in any
   * order, so most of them fit into one batch.
   */
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

  private void storeTraces(List<WriteItem> items) {
    List<WriteItem> left = new ArrayList<>(items);
    List<WriteItem> notRefused = new ArrayList<>(items);
    TraceStoreException failure =
        untilDone(() -> {
          if (!left.isEmpty()) {
            storeLeft(left, notRefused);
          }
        });
    if (failure != null) {
      left.forEach(item -> lose(item, failure));
    }
  }

  /**
   * Removes from {@code left} the items that were stored, and those that never can be.
   *
   * @param notRefused what is left and what was stored, in order; what never will be is taken out
   */
  private void storeLeft(List<WriteItem> left, List<WriteItem> notRefused) {
    try {
      boolean noneStored = left.size() == notRefused.size();
      store.storeTraces(noneStored ? traces(left) : underLater(left, notRefused));
      left.forEach(this::stored);
      left.clear();
    } catch (BatchStoreException e) {
      Map<Integer, TraceStoreException> causes = new HashMap<>();
      e.failures().forEach(failure -> causes.put(failure.index(), failure.cause()));
      List<WriteItem> again = new ArrayList<>();
      Set<WriteItem> refused = new HashSet<>();
      for (int i = 0; i < left.size(); i++) {
        WriteItem item = left.get(i);
        TraceStoreException cause = causes.get(i);
        if (cause == null) {
          stored(item);
        } else if (cause.isRetryable()) {
          again.add(item);
        } else {
          refused.add(item);
          lose(item, cause);
        }
      }
      left.clear();
      left.addAll(again);
      notRefused.removeAll(refused);
      if (!left.isEmpty()) {
        throw e.failures().stream()
            .map(BatchStoreException.Failure::cause)
            .filter(TraceStoreException::isRetryable)
            .findFirst()
            .orElse(e);
      }
    }
  }

  private static List<FlowTrace> traces(List<WriteItem> items) {
    return items.stream().map(WriteItem::trace).filter(Objects::nonNull).toList();
  }

  /** The traces that are left, each so that it does not undo a later one that was stored. */
  private static List<FlowTrace> underLater(List<WriteItem> left, List<WriteItem> notRefused) {
    Map<TraceId, List<WriteItem>> versions = new HashMap<>();
    notRefused.forEach(
        item -> versions.computeIfAbsent(item.traceId(), id -> new ArrayList<>()).add(item));
    List<FlowTrace> traces = new ArrayList<>();
    for (WriteItem item : left) {
      List<WriteItem> all = versions.getOrDefault(item.traceId(), List.of());
      List<FlowTrace> later = traces(all.subList(all.indexOf(item) + 1, all.size()));
      traces.add(TraceVersions.under(Objects.requireNonNull(item.trace()), later));
    }
    return traces;
  }

  private void stored(WriteItem item) {
    if (item.settle()) {
      written.increment();
    }
  }

  private void storeEventsAtOnce(Map<TraceId, List<WriteItem>> events) {
    List<Thread> threads = new ArrayList<>();
    try {
      events.forEach((traceId, items) -> {
        acquirePlace(threads);
        try {
          threads.add(
              Thread.startVirtualThread(() -> {
                try {
                  storeEvents(traceId, items);
                } finally {
                  places.release();
                }
              }));
        } catch (Throwable e) {
          places.release(); // it did not start
          throw e;
        }
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

  /** All at once; if the store refuses that, one by one, so that it keeps what it can. */
  private void storeEvents(TraceId traceId, List<WriteItem> items) {
    TraceStoreException failure = untilDone(() -> store.storeEvents(traceId, events(items)));
    if (failure == null) {
      items.forEach(this::stored);
    } else if (items.size() > 1 && isRefusal(failure)) {
      items.forEach(item -> storeEvents(traceId, List.of(item)));
    } else {
      List<WriteItem> unsettled = items.stream().filter(WriteItem::settle).toList();
      if (!unsettled.isEmpty()) {
        lost.add(unsettled.size());
        List<TraceEvent> events = events(unsettled);
        tell(Caller.WRITER, listener -> listener.eventsNotWritten(traceId, events, failure));
      }
    }
  }

  private boolean isRefusal(TraceStoreException failure) {
    return abort.getCount() > 0
        && !failure.isRetryable()
        && !(failure instanceof StoreClosedException);
  }

  private static List<TraceEvent> events(List<WriteItem> items) {
    return items.stream().map(WriteItem::event).filter(Objects::nonNull).toList();
  }

  /**
   * Tries until it succeeds or cannot succeed any more. Returns null, or the reason of the failure.
   */
  private @Nullable TraceStoreException untilDone(Runnable attempt) {
    RetryPolicy.Attempts attempts = retries.start();
    while (true) {
      if (abort.getCount() == 0) {
        return notInTime();
      }
      try {
        attempt.run();
        return null;
      } catch (TraceStoreException e) {
        if (!e.isRetryable() || !attempts.isTimeLeft()) {
          return e;
        }
        pause(attempts);
        retried.increment();
      } catch (Throwable e) {
        return unexpected(e);
      }
    }
  }

  private void pause(RetryPolicy.Attempts attempts) {
    try {
      attempts.pause(abort);
    } catch (InterruptedException e) {
      // a close ran out of time; the next look at abort says so
    }
  }

  private void lose(WriteItem item, TraceStoreException cause) {
    if (item.settle()) {
      lost.increment();
      tell(Caller.WRITER, listener -> item.giveTo(listener, cause));
    }
  }

  /**
   * The listener may throw anything and call this writer; it does not see interrupts of a close.
   */
  private void tell(Caller caller, Consumer<WriterListener> call) {
    boolean interrupted = caller == Caller.WRITER && Thread.interrupted();
    Telling outer = TELLING.get();
    TELLING.set(new Telling(this, caller, outer));
    try {
      Guarded.run(() -> call.accept(options.listener()));
    } finally {
      if (outer == null) {
        TELLING.remove();
      } else {
        TELLING.set(outer);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The kind of thread that called this writer's listener, if this thread is inside that call;
   * otherwise null.
   */
  private @Nullable Caller listenerCalledBy() {
    Caller caller = null;
    for (Telling telling = TELLING.get(); telling != null; telling = telling.outer()) {
      if (telling.writer() == this && caller != Caller.WRITER) {
        caller = telling.caller();
      }
    }
    return caller;
  }
}
