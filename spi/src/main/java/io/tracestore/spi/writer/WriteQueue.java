package io.tracestore.spi.writer;

import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The items that wait in a {@link TraceWriter}, bounded by weight; those that are being written
 * count until they are settled. Safe for many threads that add; one takes.
 */
final class WriteQueue {
  private final String name;
  private final WriterOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final Condition settledMore = lock.newCondition();
  private final Queue<WriteItem> waiting = new ArrayDeque<>();
  private long oldestNanos;
  private long weight;
  private long taken;
  private long settled;

  /** Up to that item nothing waits for others any more. */
  private long flushUpTo;

  private boolean closed;

  /** The reason why no thread takes items any more; null while one does. */
  private @Nullable TraceStoreException ended;

  WriteQueue(String name, WriterOptions options) {
    this.name = name;
    this.options = options;
  }

  /**
   * Adds {@code item}; false if there is no room.
   *
   * @param mayWait whether to wait for room
   */
  boolean add(WriteItem item, boolean mayWait) {
    String doing = "waiting for room in the writer of " + name;
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted(doing, e);
    }
    try {
      while (!closed && weight > 0 && weight + item.weight() > options.queueBytes()) {
        if (!mayWait) {
          return false;
        }
        notFull.await();
      }
      checkNotEnded();
      if (closed) {
        throw new StoreClosedException("writer of " + name);
      }
      if (waiting.isEmpty()) {
        oldestNanos = System.nanoTime();
      }
      waiting.add(item);
      weight += item.weight();
      taken++;
      if (waiting.size() == 1 || waiting.size() >= options.batchItems() || isHalfFull()) {
        changed.signal();
      }
      return true;
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted(doing, e);
    } finally {
      lock.unlock();
    }
  }

  private void checkNotEnded() {
    if (ended != null) {
      throw new TraceStoreException(String.valueOf(ended.getMessage()), ended);
    }
  }

  /** Half of the queue is room for writers while the other half is being written. */
  private boolean isHalfFull() {
    return weight >= options.queueBytes() / 2;
  }

  /** The items for the next batch, as soon as it is complete or due; none after the close. */
  List<WriteItem> take() {
    lock.lock();
    try {
      while (!isDue()) {
        long nanos = waiting.isEmpty() ? Long.MAX_VALUE : remainingDelay();
        try {
          changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
          // Only a close that ran out of time interrupts, and it has set closed.
        }
      }
      List<WriteItem> batch = new ArrayList<>(Math.min(waiting.size(), options.batchItems()));
      long most = options.queueBytes() / 2;
      for (WriteItem next = waiting.peek();
          next != null && batch.size() < options.batchItems();
          next = waiting.peek()) {
        if (!batch.isEmpty() && most < next.weight()) {
          break;
        }
        most -= next.weight();
        batch.add(waiting.remove());
      }
      oldestNanos = System.nanoTime();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue() {
    return closed
        || (!waiting.isEmpty()
            && (waiting.size() >= options.batchItems()
                || isHalfFull()
                || settled < flushUpTo
                || remainingDelay() <= 0));
  }

  private long remainingDelay() {
    return options.maxDelay().toNanos() - (System.nanoTime() - oldestNanos);
  }

  /** These items, which were taken last, are stored or given up. */
  void settled(List<WriteItem> batch) {
    lock.lock();
    try {
      settled += batch.size();
      weight -= batch.stream().mapToLong(WriteItem::weight).sum();
      notFull.signalAll();
      settledMore.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was added before is settled. */
  void flush() {
    lock.lock();
    try {
      long goal = taken;
      flushUpTo = goal;
      changed.signal();
      while (settled < goal) {
        checkNotEnded();
        settledMore.await();
      }
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting for the writer of " + name, e);
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more; what waits is due. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the queue: callers that wait or write get {@code cause}. */
  void end(TraceStoreException cause) {
    lock.lock();
    try {
      ended = cause;
      closed = true;
      notFull.signalAll();
      settledMore.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes out all that waits, as settled. */
  List<WriteItem> drain() {
    lock.lock();
    try {
      List<WriteItem> rest = List.copyOf(waiting);
      waiting.clear();
      settled(rest);
      return rest;
    } finally {
      lock.unlock();
    }
  }

  long items() {
    lock.lock();
    try {
      return taken - settled;
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return weight;
    } finally {
      lock.unlock();
    }
  }
}
