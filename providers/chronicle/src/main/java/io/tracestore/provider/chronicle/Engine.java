package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An open map: lets readers in, and puts the writes of concurrent callers together into
 * transactions. There is no thread of its own: one of the callers writes for all that wait. Safe
 * for many threads; nobody calls it after the close.
 */
final class Engine implements AutoCloseable {
  /** About as many bytes go into one transaction. */
  private static final long MOST_WEIGHT = 8L << 20;

  /**
   * One piece of work, done in a transaction together with others; it may be applied again after
   * that was given up.
   *
   * @param <R> what it returns
   */
  @FunctionalInterface
  interface Unit<R> {
    /**
     * Does the work.
     *
     * @throws TraceStoreException to refuse it without having changed anything
     */
    R apply(Transaction transaction);
  }

  private static final class Pending<R> {
    private final Unit<R> unit;
    private final long weight;
    private final Thread caller = Thread.currentThread();
    private @Nullable R result;
    private @Nullable TraceStoreException refusal;
    private volatile boolean done;

    Pending(Unit<R> unit, long weight) {
      this.unit = unit;
      this.weight = weight;
    }

    void apply(Transaction transaction) {
      result = null;
      refusal = null;
      try {
        result = unit.apply(transaction);
      } catch (TraceStoreException e) {
        refusal = e;
      }
    }

    void fail(TraceStoreException failure) {
      refusal = failure;
      end();
    }

    void end() {
      done = true;
      LockSupport.unpark(caller);
    }

    @SuppressWarnings("NullAway") // null only if the unit returned that
    R outcome() {
      if (refusal != null) {
        throw refusal;
      }
      return result;
    }
  }

  private final String name;
  private final Table table;
  private final Gate gate;
  private final Journal journal;
  private final SlotCopy slots;
  private final Sizing sizing;
  private final IndexLog log = new IndexLog();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final ConcurrentLinkedQueue<Pending<?>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean writing = new AtomicBoolean();
  private final LongAdder repaired;

  /** What this process wrote last; null if that is not known. Only for the writer. */
  private @Nullable State state;

  private volatile boolean cannotTakeOver;

  /**
   * @param repaired how often something was cleaned away that an ended process had left
   */
  Engine(
      String name,
      Table table,
      Gate gate,
      Journal journal,
      SlotCopy slots,
      Sizing sizing,
      LongAdder repaired) {
    this.name = name;
    this.table = table;
    this.gate = gate;
    this.journal = journal;
    this.slots = slots;
    this.sizing = sizing;
    this.repaired = repaired;
  }

  Sizing sizing() {
    return sizing;
  }

  /** How often something was cleaned away that an ended process had left. */
  long repaired() {
    return repaired.sum();
  }

  /** The index's log. */
  IndexLog log() {
    return log;
  }

  /** Reads while nobody writes. Not to be called inside of itself. */
  <R> R read(Function<Source, R> reading) {
    while (true) {
      lock.readLock().lock();
      try {
        if (gate.enterToRead()) {
          try {
            return reading.apply(table::get);
          } finally {
            gate.leaveReading();
          }
        }
      } finally {
        lock.readLock().unlock();
      }
      cleanUp();
    }
  }

  /** Undoes what a process that ended left half done. */
  private void cleanUp() {
    lock.writeLock().lock();
    try {
      gate.enterToWrite(repairs());
      gate.leaveWriting();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private Gate.Repairs repairs() {
    return repairs(
        table,
        journal,
        slots,
        () -> {
          state = null;
          repaired.increment();
        });
  }

  /**
   * What to do after a process ended suddenly.
   *
   * @param done told of each time something had to be done
   */
  static Gate.Repairs repairs(Table table, Journal journal, SlotCopy slots, Runnable done) {
    return new Gate.Repairs() {
      @Override
      public void afterReader() {
        table.resetLocks();
        done.run();
      }

      // May end anywhere: until the gate says that all is done, it is done anew.
      @Override
      public void afterWriter() {
        slots.begin(table);
        table.repair();
        try {
          Transaction.undo(journal.read(), table);
        } catch (IOException e) {
          throw new StoreUnavailableException("the journal cannot be read: " + e.getMessage(), e);
        }
        slots.end();
        done.run();
      }
    };
  }

  /**
   * Does {@code unit}, together with those of other callers; waits, uninterrupted, until that is
   * done.
   *
   * @param weight about how many bytes it holds
   */
  <R> R write(long weight, Unit<R> unit) {
    Pending<R> pending = new Pending<>(unit, weight);
    queue.add(pending);
    boolean interrupted = false;
    while (!pending.done) {
      if (writing.compareAndSet(false, true)) {
        try {
          if (!pending.done) {
            writeQueued();
          }
        } finally {
          writing.set(false);
          wakeNext();
        }
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return pending.outcome();
  }

  /** Whoever was queued meanwhile writes next. */
  private void wakeNext() {
    Pending<?> next = queue.peek();
    if (next != null) {
      LockSupport.unpark(next.caller);
    }
  }

  private void writeQueued() {
    List<Pending<?>> batch = new ArrayList<>();
    long weight = 0;
    for (Pending<?> next = queue.peek(); next != null; next = queue.peek()) {
      if (!batch.isEmpty() && weight + next.weight > MOST_WEIGHT) {
        break;
      }
      weight += next.weight;
      batch.add(next);
      queue.remove();
    }
    lock.writeLock().lock();
    try {
      gate.enterToWrite(repairs());
      try {
        commit(batch);
      } finally {
        gate.leaveWriting();
      }
    } catch (RuntimeException | Error e) {
      TraceStoreException failure = translated(e);
      batch.stream().filter(pending -> !pending.done).forEach(pending -> pending.fail(failure));
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void commit(List<Pending<?>> batch) {
    try {
      if (gate.isChanging()) {
        throw new StoreUnavailableException(name + ": the map has to be repaired; try again", null);
      }
      Transaction transaction = new Transaction(table, sizing, state());
      batch.forEach(pending -> pending.apply(transaction));
      transaction.commit(gate, journal);
      wrote(transaction);
      if (IndexLog.isLong(transaction.state())) {
        takeOverLog();
      }
    } catch (IOException | RuntimeException | Error e) {
      state = null;
      if (batch.size() == 1 || gate.isChanging()) {
        TraceStoreException failure = translated(e);
        batch.forEach(pending -> pending.fail(failure));
      } else {
        batch.forEach(pending -> commit(List.of(pending)));
      }
      return;
    }
    batch.forEach(Pending::end);
  }

  /** The state as the map has it; read only if another process may have changed it. */
  private State state() {
    State known = state;
    return known != null && gate.wasLastToChange() ? known : State.of(table::get);
  }

  private void wrote(Transaction transaction) {
    state = transaction.state();
    log.wrote(transaction);
  }

  private void takeOverLog() {
    try {
      Transaction transaction = new Transaction(table, sizing, state());
      log.takeOver(table::get, transaction);
      transaction.commit(gate, journal);
      wrote(transaction);
      cannotTakeOver = false;
    } catch (IOException | RuntimeException e) {
      // The log stays as long as it is; queries read it all the same, and the next write tries
      // again.
      state = null;
      cannotTakeOver = true;
    }
  }

  /** Has the index's log taken over if queries would be slow with it. */
  void shortenLog() {
    if (cannotTakeOver || !isLogLong()) {
      return;
    }
    lock.writeLock().lock();
    try {
      gate.enterToWrite(repairs());
      try {
        if (!gate.isChanging() && IndexLog.isLongForQueries(state())) {
          takeOverLog();
        }
      } finally {
        gate.leaveWriting();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private boolean isLogLong() {
    return read(source -> IndexLog.isLongForQueries(State.of(source)));
  }

  private TraceStoreException translated(Throwable failure) {
    String message = "%s: %s".formatted(name, failure.getMessage());
    return switch (failure) {
      case StoreCapacityException e -> new StoreCapacityException(message, e);
      case TraceStoreException e -> e;
      case IOException e ->
          new StoreCapacityException(
              "%s: the journal cannot be written: %s".formatted(name, e.getMessage()), e);
      default ->
          new TraceStoreException("%s: a write failed: %s".formatted(name, failure), failure);
    };
  }

  @Override
  public void close() {
    try (gate;
        journal;
        table) {
      // closes the last first, and each whatever the others throw
    } catch (IOException e) {
      throw new StoreUnavailableException(name + ": " + e.getMessage(), e);
    }
  }
}
