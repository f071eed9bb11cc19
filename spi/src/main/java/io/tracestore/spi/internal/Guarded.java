package io.tracestore.spi.internal;

/** Calls into foreign code from threads that must survive everything it throws. */
public final class Guarded {
  private Guarded() {}

  /**
   * Runs {@code foreign}. Any throwable goes to the thread's handler; a throwable of the handler is
   * dropped.
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
