package io.tracestore.provider.support;

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
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts the writes of many threads together: callers queue units of work and wait, one writer thread
 * takes all that are there and commits them as one transaction.
 *
 * <p>Safe for many threads, virtual ones included. The queue is bounded by weight; a caller blocks
 * while it is full. If the last transaction held one unit, the next starts immediately. If it held
 * several, the writer first waits for the same callers to return: at most a quarter of that
 * transaction's duration, and at most 20 ms. Units are applied in the order in which they were
 * queued. No unit is reported as done before its transaction is committed.
 *
 * <p>If a transaction fails for a reason that is not {@linkplain TraceStoreException#isRetryable()
 * retryable}, its units are tried again one by one, so that one bad unit does not fail the others.
 *
 * @param <C> what units work on, such as a connection
 */
public final class GroupCommit<C> implements AutoCloseable {
  /**
   * The transactions of an engine. Only the writer thread calls it.
   *
   * @param <C> what units work on
   */
  public interface Transactions<C> {
    /** Begins a transaction. If this throws, there is none. */
    C begin() throws Exception;

    /** Commits; if this throws, {@link #rollback} is called. */
    void commit(C context) throws Exception;

    /** Undoes everything since {@link #begin}. */
    void rollback(C context) throws Exception;

    /** The exception that a caller gets for a failure; a new one for each caller. */
    TraceStoreException translate(Exception failure);
  }

  /**
   * One piece of work, done in a transaction together with others; it may be applied again after
   * that was rolled back.
   *
   * @param <C> what it works on
   * @param <R> what it returns
   */
  @FunctionalInterface
  public interface Unit<C, R> {
    /**
     * Does the work.
     *
     * @throws TraceStoreException to refuse it without having written anything: only this unit
     *     fails
     * @throws Exception if it failed midway: the transaction is rolled back
     */
    R apply(C context) throws Exception;

    /**
     * Whether the next {@link #apply} does the work in another way than the last one, which was
     * rolled back. Then it is tried even if the unit was alone in the transaction that failed.
     */
    default boolean hasAnotherWay() {
      return false;
    }
  }

  /**
   * A queued unit.
   *
   * @param <R> what the unit returns
   */
  public interface Ticket<R> {
    /**
     * Waits until the unit is committed and returns its result.
     *
     * @throws TraceStoreException if it was not done, or the thread was interrupted (it may still
     *     be done then)
     */
    R await();
  }

  /** The wait for the last transaction's callers is at most its duration divided by this. */
  private static final int WAIT_FRACTION = 4;

  /** The longest wait for them: one slow transaction says little about the next. */
  private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final String name;
  private final Transactions<C> transactions;
  private final long maxWeight;
  private final LongUnaryOperator patience;
  private final Thread writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final Queue<Pending<C, ?>> queue = new ArrayDeque<>();
  private final LongAdder commits = new LongAdder();
  private final LongAdder committedUnits = new LongAdder();
  private long queuedWeight;
  private int awaited = 1;
  private boolean closed;

  /** The size of the last transaction, 0 if it failed; only the writer thread uses these fields. */
  private int lastUnits;

  private long lastNanos;

  /**
   * Starts the writer thread.
   *
   * @param name what errors and the thread call the store
   * @param transactions the engine
   * @param maxWeight the weight that may be queued, and that one transaction takes at most; a unit
   *     that is heavier by itself is taken alone
   */
  public GroupCommit(String name, Transactions<C> transactions, long maxWeight) {
    this(name, transactions, maxWeight, GroupCommit::patience);
  }

  /** How long callers are waited for after a transaction that took {@code lastNanos}. */
  static long patience(long lastNanos) {
    return Math.min(lastNanos / WAIT_FRACTION, MAX_WAIT_NANOS);
  }

  /**
   * The same with another patience.
   *
   * @param patience how long callers are waited for, given how long the last transaction took
   */
  @SuppressWarnings("this-escape") // the thread reads fields that are all set
  GroupCommit(
      String name, Transactions<C> transactions, long maxWeight, LongUnaryOperator patience) {
    this.name = Objects.requireNonNull(name, "name");
    this.transactions = Objects.requireNonNull(transactions, "transactions");
    if (maxWeight <= 0) {
      throw new IllegalArgumentException("maxWeight must be positive: " + maxWeight);
    }
    this.maxWeight = maxWeight;
    this.patience = patience;
    this.writer = Thread.ofPlatform().daemon().name("tracestore-writer " + name).start(this::run);
  }

  /**
   * Queues {@code unit} and waits until it is committed.
   *
   * @param weight about how many bytes it holds
   * @throws StoreClosedException after {@link #close()}
   * @throws TraceStoreException if it was not done, or the thread was interrupted (it may still be
   *     done then)
   */
  public <R> R call(long weight, Unit<C, R> unit) {
    return submit(weight, unit).await();
  }

  /**
   * Queues {@code unit}, waiting only while the queue is full.
   *
   * @param weight about how many bytes it holds
   * @throws StoreClosedException after {@link #close()}
   * @throws TraceStoreException if the thread was interrupted; the unit will not be done then
   */
  public <R> Ticket<R> submit(long weight, Unit<C, R> unit) {
    Pending<C, R> pending = new Pending<>(Objects.requireNonNull(unit, "unit"), weight);
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to write to " + name, e);
    }
    try {
      while (!closed && queuedWeight > 0 && queuedWeight + weight > maxWeight) {
        notFull.await();
      }
      if (closed) {
        throw new StoreClosedException(name);
      }
      queue.add(pending);
      queuedWeight += weight;
      if (queue.size() >= awaited || queuedWeight >= maxWeight) {
        notEmpty.signal();
      }
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to write to " + name, e);
    } finally {
      lock.unlock();
    }
    return pending;
  }

  /**
   * The length of the queue: {@code queuedWrites}, the number of units, and {@code queuedBytes},
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
   * committedWrites}, the number of units in them.
   */
  public Map<String, Long> counters() {
    return Map.of("commits", commits.sum(), "committedWrites", committedUnits.sum());
  }

  /** Refuses new units, waits until those that were queued are done, and ends the thread. */
  @Override
  public void close() {
    refuseFurther();
    boolean interrupted = false;
    while (true) {
      try {
        writer.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void refuseFurther() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<Pending<C, ?>> batch = take(); !batch.isEmpty(); batch = take()) {
        long start = System.nanoTime();
        try {
          boolean committed = commit(batch);
          lastUnits = committed ? batch.size() : 0;
          lastNanos = committed ? System.nanoTime() - start : 0;
        } finally {
          // In every case, no caller is left waiting.
          batch.forEach(Pending::failIfNotDone);
        }
      }
    } finally {
      refuseFurther();
      for (List<Pending<C, ?>> rest = take(); !rest.isEmpty(); rest = take()) {
        rest.forEach(Pending::failIfNotDone);
      }
    }
  }

  /** The next units; none once closed and drained. */
  private List<Pending<C, ?>> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        notEmpty.awaitUninterruptibly();
      }
      waitForLastCallers();
      List<Pending<C, ?>> batch = new ArrayList<>(queue.size());
      long weight = 0;
      for (Pending<C, ?> next = queue.peek(); next != null; next = queue.peek()) {
        if (!batch.isEmpty() && weight + next.weight > maxWeight) {
          break;
        }
        weight += next.weight;
        batch.add(queue.remove());
      }
      queuedWeight -= weight;
      notFull.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Those whose units the last transaction committed are only now awake, and most bring the next.
   * Without this the first of them would get a transaction alone, and all others wait for it.
   */
  private void waitForLastCallers() {
    long left = patience.applyAsLong(lastNanos);
    try {
      awaited = lastUnits;
      while (queue.size() < lastUnits && queuedWeight < maxWeight && !closed && left > 0) {
        left = notEmpty.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      awaited = 1;
    }
  }

  /** Whether it was committed at the first attempt. */
  private boolean commit(List<Pending<C, ?>> batch) {
    Throwable failure = tryCommit(batch);
    if (failure == null) {
      commits.increment();
      committedUnits.add(batch.size());
      batch.forEach(Pending::succeed);
    } else if (isLastTry(batch) || translate(failure).isRetryable()) {
      batch.forEach(pending -> pending.fail(translate(failure)));
    } else {
      for (Pending<C, ?> pending : batch) {
        commit(List.of(pending));
      }
    }
    return failure == null;
  }

  private static <C> boolean isLastTry(List<Pending<C, ?>> batch) {
    return batch.size() == 1 && !batch.getFirst().unit.hasAnotherWay();
  }

  private @Nullable Throwable tryCommit(List<Pending<C, ?>> batch) {
    C context;
    try {
      context = transactions.begin();
    } catch (Throwable e) {
      return e;
    }
    try {
      for (Pending<C, ?> pending : batch) {
        pending.apply(context);
      }
      transactions.commit(context);
      return null;
    } catch (Throwable e) {
      rollback(context);
      return e;
    }
  }

  /** The writer survives every throwable of a unit. An error goes to the caller, too. */
  private TraceStoreException translate(Throwable failure) {
    try {
      if (failure instanceof Exception exception) {
        return transactions.translate(exception);
      }
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
    return new TraceStoreException("writing to " + name + " failed: " + failure, failure);
  }

  private void rollback(C context) {
    try {
      transactions.rollback(context);
    } catch (Throwable e) {
      // The first of the two failures, which the callers get, is the cause.
    }
  }

  /** A unit and its outcome. */
  private static final class Pending<C, R> implements Ticket<R> {
    private final Unit<C, R> unit;
    private final long weight;
    private final CompletableFuture<R> outcome = new CompletableFuture<>();
    private @Nullable R result;
    private @Nullable TraceStoreException refusal;

    Pending(Unit<C, R> unit, long weight) {
      if (weight < 0) {
        throw new IllegalArgumentException("weight must not be negative: " + weight);
      }
      this.unit = unit;
      this.weight = weight;
    }

    void apply(C context) throws Exception {
      result = null;
      refusal = null;
      try {
        result = unit.apply(context);
      } catch (TraceStoreException e) {
        refusal = e;
      }
    }

    void succeed() {
      if (refusal != null) {
        outcome.completeExceptionally(refusal);
      } else {
        outcome.complete(result);
      }
    }

    void fail(TraceStoreException failure) {
      outcome.completeExceptionally(failure);
    }

    void failIfNotDone() {
      fail(new TraceStoreException("the writer ended before the write was done", null));
    }

    @Override
    public R await() {
      try {
        return outcome.get();
      } catch (InterruptedException e) {
        throw TraceStoreException.interrupted("waiting for a write that may still be done", e);
      } catch (ExecutionException e) {
        TraceStoreException failure =
            (TraceStoreException) Objects.requireNonNull(e.getCause(), "cause");
        // The exception belongs to this caller alone, so its stack can be that of the caller.
        failure.fillInStackTrace();
        throw failure;
      }
    }
  }
}
