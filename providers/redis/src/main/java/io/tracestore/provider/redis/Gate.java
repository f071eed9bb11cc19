package io.tracestore.provider.redis;

import io.tracestore.spi.StoreClosedException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Lets calls in until it is closed, and closes once those inside have left. */
final class Gate {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Supplier<StoreClosedException> closedError;
  private boolean closed;

  Gate(Supplier<StoreClosedException> closedError) {
    this.closedError = closedError;
  }

  <T> T pass(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw closedError.get();
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  void close() {
    lock.writeLock().lock();
    try {
      closed = true;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
