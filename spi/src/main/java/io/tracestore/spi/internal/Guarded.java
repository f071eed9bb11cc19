package io.tracestore.spi.internal;

/** Calls into foreign code from threads that must outlive whatever it throws. */
public final class Guarded {
  private Guarded() {}

  /**
   * Runs {@code foreign}. What it throws, of whatever kind, goes to the thread's handler, and what
   * that throws goes nowhere.
   */
  public static void run(Runnable foreign) {
    try {
      foreign.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  /** Gives {@code failure} to the thread's {@link Thread.UncaughtExceptionHandler}. */
  public static void report(Throwable failure) {
    try {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (Throwable e) {
      // A handler that fails itself must not end the thread either.
    }
  }
}
