package io.tracestore.provider.support;

import io.tracestore.spi.StoreClosedException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets calls in until it is closed, and closes once those inside have left. Safe for many threads.
 * A call must not go through it twice: it would wait for a close that waits for it.
 */
public final class Entrance {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Supplier<StoreClosedException> closedError;
  private boolean closed;

  /**
   * @param closedError makes the exception of a call after the close
   */
  public Entrance(Supplier<StoreClosedException> closedError) {
    this.closedError = closedError;
  }

  /**
   * Runs {@code call}.
   *
   * @throws StoreClosedException after {@link #close()}
   */
  public <T> T pass(Supplier<T> call) {
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

  /**
   * Runs {@code call}.
   *
   * @throws StoreClosedException after {@link #close()}
   */
  public void run(Runnable call) {
    pass(() -> {
      call.run();
      return true;
    });
  }

  /** Lets no further call in, and waits until those inside have left. */
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
