package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs the {@code tracestore} command in a JVM of its own. */
public final class Main {
  private static final String TERMINAL = "terminal";
  private static final int DEFAULT_COLUMNS = 80;

  private static final Duration CLEANUP = Duration.ofSeconds(3);

  /** How long the end of the JVM waits for the command at most. */
  private static volatile Duration cleanup = CLEANUP;

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
    Console console = console();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> endBecauseOf(e, console));
    int exitCode = Cli.FAILED;
    try {
      exitCode = new Cli(console).run(args);
    } finally {
      done.countDown();
    }
    System.exit(exitCode);
  }

  /** Lets a command that a signal ends take as long to close what it has open. */
  static void allowForCleanup(Duration limit) {
    cleanup = limit;
  }

  /** A thread that died may be the one that the command waits for. */
  private static void endBecauseOf(Throwable e, Console console) {
    console.error("tracestore: " + Cli.reasonOf(e));
    System.exit(Cli.FAILED);
  }

  /**
   * On Ctrl-C or SIGTERM: lets the command close its store and remove what is unfinished. The JVM
   * then ends with the signal's exit code.
   */
  private static void interrupt(Thread worker, CountDownLatch done) {
    if (done.getCount() == 0) {
      return;
    }
    worker.interrupt();
    try {
      boolean unused = done.await(cleanup.toMillis(), TimeUnit.MILLISECONDS);
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
        columns(),
        colours && !"dumb".equals(System.getenv("TERM")));
  }

  /** A terminal that does not know its width says 0. */
  private static int columns() {
    int columns = Integer.getInteger("tracestore.columns", DEFAULT_COLUMNS);
    return columns > 0 ? columns : DEFAULT_COLUMNS;
  }
}
