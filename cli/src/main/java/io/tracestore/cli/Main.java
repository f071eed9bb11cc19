package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs the {@code tracestore} command in a JVM of its own. */
public final class Main {
  private static final String TERMINAL = "terminal";
  private static final int DEFAULT_COLUMNS = 80;

  /** What shells expect of a command that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private static final long CLEANUP_SECONDS = 3;

  private Main() {}

  /**
   * Runs the command and ends the JVM.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    CountDownLatch done = new CountDownLatch(1);
    Thread worker = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(worker, done)));
    int exitCode = new Cli(console()).run(args);
    done.countDown();
    System.exit(exitCode);
  }

  /** On Ctrl-C: lets the command close its store and remove what is unfinished. */
  private static void interrupt(Thread worker, CountDownLatch done) {
    if (done.getCount() == 0) {
      return;
    }
    worker.interrupt();
    try {
      boolean cleaned = done.await(CLEANUP_SECONDS, TimeUnit.SECONDS);
      if (!cleaned) {
        Runtime.getRuntime().halt(INTERRUPTED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The launcher says what is a terminal, and how wide it is. */
  private static Console console() {
    boolean colours = System.getenv("NO_COLOR") == null || System.getenv("NO_COLOR").isEmpty();
    return new Console(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
        new FileOutputStream(FileDescriptor.err),
        TERMINAL.equals(System.getProperty("tracestore.stdout")),
        TERMINAL.equals(System.getProperty("tracestore.stderr")),
        Integer.getInteger("tracestore.columns", DEFAULT_COLUMNS),
        colours && !"dumb".equals(System.getenv("TERM")));
  }
}
