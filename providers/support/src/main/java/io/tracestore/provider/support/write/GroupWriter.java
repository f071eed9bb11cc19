package io.tracestore.provider.support.write;

import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: writes of many callers share transactions. Safe for many threads, virtual ones
 * included.
 *
 * <p><b>Batches.</b> While one batch is being written, further requests queue. The next batch takes
 * them all, up to a bound of weight, in the order in which they were queued. No write is reported
 * as stored before its transaction is committed.
 *
 * <p><b>Threads.</b> A caller that finds nobody writing and nothing queued writes in its own
 * thread. Everything else is written by one daemon thread, which starts when it is first needed. A
 * virtual thread never writes itself: an interrupt would close the socket below it, and native code
 * would block its carrier.
 *
 * <p><b>Waiting for callers.</b> If the last transaction held one request, the next starts
 * immediately. If it held several, the writer first waits for the same callers to return: at most a
 * quarter of that transaction's duration, and at most 20 ms. Without the wait, the first of them
 * would get a transaction of its own, and all others would wait for it.
 *
 * <p><b>Back-pressure.</b> The queue is bounded by weight; a caller blocks while it is full.
 *
 * <p><b>Failures.</b> If the sink fails for a reason that is not {@linkplain
 * TraceStoreException#isRetryable() retryable}, the batch is halved until the bad write is alone,
 * so that it does not fail the others. After a retryable failure every write of the batch is
 * refused.
 *
 * @param <W> one write
 */
public final class GroupWriter<W> implements AutoCloseable {
  /** The wait for the last transaction's callers is at most its duration divided by this. */
  private static final int WAIT_FRACTION = 4;

  /** The longest wait for them: one slow transaction says little about the next. */
  private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final String name;
  private final WriteSink<W> sink;
  private final Function<Throwable, TraceStoreException> errors;
  private final ToLongFunction<W> weigher;
  private final long maxWeight;
  private final LongUnaryOperator patience;
  private final LongAdder commits = new LongAdder();
  private final LongAdder committedWrites = new LongAdder();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition space = lock.newCondition();
  private final Condition rest = lock.newCondition();

  // The lock guards the fields below.
  private final Queue<Request<W>> queue = new ArrayDeque<>();
  private long queuedWeight;
  private boolean writing;
  private boolean closed;
  private @Nullable Thread thread;

  /** The queue length for which the writer is woken. */
  private int awaited = 1;

  /** The number of requests in the last transaction; 0 if it failed. */
  private int lastRequests;

  private long lastNanos;

  /** Writes that were queued together, and the future of their outcomes. */
  private record Request<W>(
      List<W> writes, long weight, CompletableFuture<List<WriteOutcome>> outcomes) {}

  /**
   * A writer that has no thread yet.
   *
   * @param name the name of the store in errors and of the thread
   * @param sink the engine
   * @param errors turns what the sink throws into the error of one caller; called once for each
   *     caller. Whatever it throws itself is caught
   * @param weigher about how many bytes a write holds; not negative
   * @param maxWeight the weight that may be queued, and so the greatest weight of a batch; a
   *     request that is heavier is queued once the queue is empty
   */
  public GroupWriter(
      String name,
      WriteSink<W> sink,
      Function<Throwable, TraceStoreException> errors,
      ToLongFunction<W> weigher,
      long maxWeight) {
    this(name, sink, errors, weigher, maxWeight, GroupWriter::patience);
  }

  /**
   * The same with another patience.
   *
   * @param patience how long callers are waited for, given how long the last transaction took
   */
  GroupWriter(
      String name,
      WriteSink<W> sink,
      Function<Throwable, TraceStoreException> errors,
      ToLongFunction<W> weigher,
      long maxWeight,
      LongUnaryOperator patience) {
    this.name = Objects.requireNonNull(name, "name");
    this.sink = Objects.requireNonNull(sink, "sink");
    this.errors = Objects.requireNonNull(errors, "errors");
    this.weigher = Objects.requireNonNull(weigher, "weigher");
    if (maxWeight <= 0) {
      throw new IllegalArgumentException("maxWeight must be positive: " + maxWeight);
    }
    this.maxWeight = maxWeight;
    this.patience = patience;
  }

  /** How long callers are waited for after a transaction that took {@code lastNanos}. */
  static long patience(long lastNanos) {
    return Math.min(lastNanos / WAIT_FRACTION, MAX_WAIT_NANOS);
  }

  /**
   * Writes and waits until the outcome is known.
   *
   * @throws StoreClosedException after {@link #close()}
   * @throws TraceStoreException if the thread was interrupted; the write may still be done then
   */
  public WriteOutcome write(W write) {
    return write(List.of(write)).getFirst();
  }

  /**
   * Writes all in one batch and waits until the outcomes are known.
   *
   * @return the outcome of each write, in the order of {@code writes}
   * @throws StoreClosedException after {@link #close()}
   * @throws TraceStoreException if the thread was interrupted; the writes may still be done then
   */
  public List<WriteOutcome> write(List<W> writes) {
    Request<W> request = request(writes);
    if (!Thread.currentThread().isVirtual() && enterAlone()) {
      return writeHere(request);
    }
    enqueue(request);
    return new Submission(request.outcomes()).await();
  }

  /**
   * Queues writes that go into one batch, and waits only while the queue is full.
   *
   * @throws StoreClosedException after {@link #close()}
   * @throws TraceStoreException if the thread was interrupted; the writes will not be done then
   */
  public Submission submit(List<W> writes) {
    Request<W> request = request(writes);
    enqueue(request);
    return new Submission(request.outcomes());
  }

  /** Writes that were queued together. Safe for many threads. */
  public static final class Submission {
    private final CompletableFuture<List<WriteOutcome>> outcomes;

    private Submission(CompletableFuture<List<WriteOutcome>> outcomes) {
      this.outcomes = outcomes;
    }

    /**
     * Waits for the outcomes, one for each write in the order in which they were given.
     *
     * @throws TraceStoreException if the thread was interrupted; the writes may still be done then
     */
    public List<WriteOutcome> await() {
      try {
        return outcomes.get();
      } catch (InterruptedException e) {
        throw TraceStoreException.interrupted("waiting for a write that may still be done", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("outcomes are values", e); // never completed so
      }
    }
  }

  private Request<W> request(List<W> writes) {
    if (writes.isEmpty()) {
      throw new IllegalArgumentException("writes must not be empty");
    }
    List<W> copy = List.copyOf(writes);
    long weight = 0;
    for (W write : copy) {
      weight += weight(write);
    }
    return new Request<>(copy, weight, new CompletableFuture<>());
  }

  /** About how many bytes {@code write} holds. */
  long weight(W write) {
    long weight = weigher.applyAsLong(write);
    if (weight < 0) {
      throw new IllegalArgumentException("weight must not be negative: " + weight);
    }
    return weight;
  }

  private void lockToWrite() {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to write to " + name, e);
    }
  }

  /** Takes the right to write if nobody else writes or waits, or is expected to. */
  private boolean enterAlone() {
    lockToWrite();
    try {
      if (closed) {
        throw new StoreClosedException(name);
      }
      if (writing || !queue.isEmpty() || lastRequests > 1) {
        return false;
      }
      writing = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private List<WriteOutcome> writeHere(Request<W> request) {
    writeBatch(List.of(request));
    return request.outcomes().join();
  }

  private void enqueue(Request<W> request) {
    lockToWrite();
    try {
      while (!closed && queuedWeight > 0 && queuedWeight + request.weight() > maxWeight) {
        space.await();
      }
      if (closed) {
        throw new StoreClosedException(name);
      }
      startThread();
      queue.add(request);
      queuedWeight += request.weight();
      if (queue.size() >= awaited || queuedWeight >= maxWeight) {
        work.signal();
      }
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to write to " + name, e);
    } finally {
      lock.unlock();
    }
  }

  private void startThread() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("tracestore-writer " + name).start(this::run);
    }
  }

  private void run() {
    try {
      for (List<Request<W>> batch = take(); !batch.isEmpty(); batch = take()) {
        writeBatch(batch);
      }
    } finally {
      // Normally the queue is empty now. If the thread fails, no caller is left waiting.
      refuseFurther();
      lock.lock();
      try {
        queue.forEach(this::abandon);
        queue.clear();
        queuedWeight = 0;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Takes the next requests and the right to write; none once closed and drained. */
  private List<Request<W>> take() {
    lock.lock();
    try {
      while (writing || (queue.isEmpty() && !closed)) {
        work.awaitUninterruptibly();
      }
      waitForLastCallers();
      List<Request<W>> batch = List.copyOf(queue);
      queue.clear();
      queuedWeight = 0;
      writing = !batch.isEmpty();
      space.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void waitForLastCallers() {
    long left = patience.applyAsLong(lastNanos);
    try {
      awaited = lastRequests;
      while (queue.size() < lastRequests && queuedWeight < maxWeight && !closed && left > 0) {
        left = work.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      awaited = 1;
    }
  }

  /** Writes, passes the right to write on, and gives each request its outcomes. */
  private void writeBatch(List<Request<W>> requests) {
    int together = 0;
    long start = System.nanoTime();
    List<WriteOutcome> outcomes = List.of();
    try {
      List<W> writes =
          requests.size() == 1
              ? requests.getFirst().writes()
              : requests.stream().flatMap(request -> request.writes().stream()).toList();
      try {
        outcomes = commit(writes);
        together = requests.size();
      } catch (Throwable e) {
        outcomes = recover(writes, e);
      }
    } finally {
      leave(together, System.nanoTime() - start);
      settle(requests, outcomes);
    }
  }

  private List<WriteOutcome> commit(List<W> writes) throws Exception {
    List<WriteOutcome> outcomes = sink.write(writes);
    commits.increment();
    committedWrites.add(writes.size());
    if (outcomes.size() != writes.size()) {
      TraceStoreException wrong =
          new TraceStoreException(
              "%s: %d outcomes of %d writes".formatted(name, outcomes.size(), writes.size()), null);
      return refuse(writes, () -> wrong);
    }
    return outcomes;
  }

  /** Refuses the writes, or writes what can be written, after the batch failed. */
  private List<WriteOutcome> recover(List<W> writes, Throwable failure) {
    if (failure instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      return refuse(writes, () -> interrupted(failure));
    }
    TraceStoreException error = translate(failure);
    if (writes.size() == 1) {
      return List.of(WriteOutcome.refused(error));
    }
    if (error.isRetryable() || error instanceof StoreClosedException) {
      return refuse(writes, () -> translate(failure));
    }
    int half = writes.size() / 2;
    List<WriteOutcome> outcomes = new ArrayList<>(writes.size());
    outcomes.addAll(commitOrRecover(writes.subList(0, half)));
    outcomes.addAll(commitOrRecover(writes.subList(half, writes.size())));
    return outcomes;
  }

  private List<WriteOutcome> commitOrRecover(List<W> writes) {
    try {
      return commit(writes);
    } catch (Throwable e) {
      return recover(writes, e);
    }
  }

  private static List<WriteOutcome> refuse(List<?> writes, Supplier<TraceStoreException> reason) {
    return writes.stream().map(write -> WriteOutcome.refused(reason.get())).toList();
  }

  private TraceStoreException interrupted(Throwable failure) {
    InterruptedException cause = new InterruptedException();
    cause.initCause(failure);
    return TraceStoreException.interrupted("writing to " + name, cause);
  }

  /** Never throws: the writer outlives every failure of the engine. */
  private TraceStoreException translate(Throwable failure) {
    if (failure instanceof Exception) {
      try {
        return errors.apply(failure);
      } catch (RuntimeException | Error e) {
        failure.addSuppressed(e);
      }
    }
    return new TraceStoreException("writing to " + name + " failed: " + failure, failure);
  }

  private void settle(List<Request<W>> requests, List<WriteOutcome> outcomes) {
    int next = 0;
    for (Request<W> request : requests) {
      int end = next + request.writes().size();
      if (end <= outcomes.size()) {
        request.outcomes().complete(outcomes.subList(next, end));
      } else {
        abandon(request);
      }
      next = end;
    }
  }

  /** No caller is left waiting, even if this class fails. */
  private void abandon(Request<W> request) {
    request
        .outcomes()
        .complete(
            refuse(
                request.writes(),
                () ->
                    new TraceStoreException(
                        "the writer of " + name + " ended before the write was done", null)));
  }

  /** Passes the right to write on. */
  private void leave(int requests, long nanos) {
    lock.lock();
    try {
      writing = false;
      lastRequests = requests;
      lastNanos = requests == 0 ? 0 : nanos;
      work.signal();
      rest.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The length of the queue: {@code queuedWrites}, the number of requests, and {@code queuedBytes},
   * their weight.
   */
  public Map<String, Long> gauges() {
    lock.lock();
    try {
      return Map.of("queuedWrites", (long) queue.size(), "queuedBytes", queuedWeight);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Totals since the start: {@code commits}, the number of transactions, and {@code
   * committedWrites}, the number of writes in them.
   */
  public Map<String, Long> counters() {
    return Map.of("commits", commits.sum(), "committedWrites", committedWrites.sum());
  }

  /** Refuses new writes, waits until the accepted ones are done, and ends the thread. */
  @Override
  public void close() {
    Thread last = refuseFurther();
    boolean interrupted = false;
    while (last != null && last.isAlive()) {
      try {
        last.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    awaitLoneCaller();
  }

  private @Nullable Thread refuseFurther() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
      space.signalAll();
      return thread;
    } finally {
      lock.unlock();
    }
  }

  private void awaitLoneCaller() {
    lock.lock();
    try {
      while (writing) {
        rest.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
