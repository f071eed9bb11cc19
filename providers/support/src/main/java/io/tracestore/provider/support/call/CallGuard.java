package io.tracestore.provider.support.call;

import io.tracestore.spi.StoreClosedException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls in until it is closed; a close waits for the running calls. Safe for many threads.
 *
 * <p>A call may make another one. After the close began, the inner call is refused, so that the
 * outer one ends: neither waits for the other. A call must not close its own guard.
 *
 * <p>Calls of different threads mostly count in different cache lines, because one counter would
 * cost more than a short call. A call leaves the cell that it entered, so an empty cell has no
 * running call.
 */
public final class CallGuard {
  /** Cells are two cache lines apart: processors fetch lines in pairs. */
  private static final int SPACING_BITS = 4;

  /** At least four cells for each processor, up to 256: two callers seldom meet in one. */
  private static final int CELL_BITS =
      Math.min(
          8,
          2
              + Integer.SIZE
              - Integer.numberOfLeadingZeros(Runtime.getRuntime().availableProcessors()));

  /** Spreads consecutive thread ids over the cells. */
  private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;

  private final String name;
  private final boolean waits;
  private final AtomicLongArray running = new AtomicLongArray(1 << (CELL_BITS + SPACING_BITS));
  private final ReentrantLock closing = new ReentrantLock();
  private final Condition left = closing.newCondition();
  private volatile boolean closed;

  private CallGuard(String name, boolean waits) {
    this.name = name;
    this.waits = waits;
  }

  /**
   * A guard whose close waits for running calls.
   *
   * @param name the name of the store in errors: its URI without secrets
   */
  public static CallGuard waiting(String name) {
    return new CallGuard(name, true);
  }

  /**
   * A guard whose close only refuses further calls, for an engine from which a close takes nothing
   * that a call needs: counting them costs as much as a short read.
   *
   * @param name the name of the store in errors: its URI without secrets
   */
  public static CallGuard refusing(String name) {
    return new CallGuard(name, false);
  }

  /**
   * Runs {@code call}.
   *
   * @throws StoreClosedException after {@link #close()} began
   */
  public <T extends @Nullable Object> T call(Supplier<T> call) {
    if (!waits) {
      ensureOpen();
      return call.get();
    }
    int cell = cellOf(Thread.currentThread());
    running.getAndIncrement(cell);
    try {
      ensureOpen(); // after the increment: a close either counts this call or refuses it
      return call.get();
    } finally {
      leave(cell);
    }
  }

  private static int cellOf(Thread thread) {
    long spread = thread.threadId() * GOLDEN_RATIO;
    return (int) (spread >>> (Long.SIZE - CELL_BITS)) << SPACING_BITS;
  }

  private void leave(int cell) {
    running.getAndDecrement(cell);
    if (closed) {
      closing.lock();
      try {
        left.signalAll();
      } finally {
        closing.unlock();
      }
    }
  }

  /** Throws {@link StoreClosedException} after {@link #close()} began. */
  public void ensureOpen() {
    if (closed) {
      throw new StoreClosedException(name);
    }
  }

  /**
   * Refuses further calls; waits until the running ones have ended, if it is a guard that waits.
   */
  public void close() {
    closing.lock();
    try {
      closed = true;
      for (int cell = 0; cell < running.length(); cell += 1 << SPACING_BITS) {
        while (running.get(cell) != 0) {
          left.awaitUninterruptibly();
        }
      }
    } finally {
      closing.unlock();
    }
  }
}
