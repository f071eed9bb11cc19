package io.tracestore.compat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Another JVM that works on a store, and what it says. It writes {@link Samples#busy} traces from
 * several threads and prints the number of each once its write has returned.
 */
final class ChildProcess implements AutoCloseable {
  private static final int THREADS = 4;

  /** The exit code of a JVM that was to open a store and was refused. */
  private static final int REFUSED = 3;

  /** Ends each line: one that was cut off when the process died does not count. */
  private static final String LINE_END = ";";

  private final Process process;
  private final BufferedReader output;
  private final List<Long> acknowledged = new ArrayList<>();

  private ChildProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts a JVM that writes the traces {@code from} to {@code to}, the latter excluded. */
  static ChildProcess start(StoreFixture fixture, String uri, long from, long to)
      throws IOException {
    return start(fixture, List.of(), "write", uri, Long.toString(from), Long.toString(to));
  }

  /** Starts a JVM of little memory that reads all traces and prints how many there are. */
  static ChildProcess startReader(StoreFixture fixture, String uri, String maxHeap)
      throws IOException {
    return start(fixture, List.of("-Xmx" + maxHeap), "read", uri);
  }

  /** Whether another JVM may open the store now. */
  static boolean mayOpen(StoreFixture fixture, String uri)
      throws IOException, InterruptedException {
    try (ChildProcess process = start(fixture, List.of(), "open", uri)) {
      int exitCode = process.awaitEnd();
      if (exitCode != 0 && exitCode != REFUSED) {
        throw new IllegalStateException("the other JVM failed: exit code " + exitCode);
      }
      return exitCode == 0;
    }
  }

  private static ChildProcess start(StoreFixture fixture, List<String> more, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(fixture.jvmArguments());
    command.addAll(more);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ChildProcess.class.getName());
    command.addAll(List.of(arguments));
    return new ChildProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Waits until {@code count} writes, or all, are acknowledged. */
  void awaitAcknowledged(int count) throws IOException {
    while (acknowledged.size() < count && readLine()) {
      // readLine takes note
    }
  }

  private boolean readLine() throws IOException {
    String line = output.readLine();
    if (line == null) {
      return false;
    }
    if (line.endsWith(LINE_END)) {
      acknowledged.add(Long.parseLong(line.substring(0, line.length() - LINE_END.length())));
    }
    return true;
  }

  /** Waits for the end of the process and returns its exit code. */
  int awaitEnd() throws IOException, InterruptedException {
    awaitAcknowledged(Integer.MAX_VALUE);
    return process.waitFor();
  }

  /** Ends the process at once, as kill -9 does, and waits until it is gone. */
  void kill() throws IOException, InterruptedException {
    // Not Process.destroyForcibly, which would also throw away what was printed and not yet read.
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  /** The numbers printed so far. */
  List<Long> acknowledged() {
    return acknowledged;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }

  /** The work of the other JVM. */
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try (TraceStore store = TraceStores.open(arguments[1])) {
      switch (arguments[0]) {
        case "open" -> {
          // That it opens is all.
        }
        case "read" -> out.println(readAll(store) + LINE_END);
        default -> write(store, Long.parseLong(arguments[2]), Long.parseLong(arguments[3]), out);
      }
    } catch (TraceStoreException e) {
      if (arguments[0].equals("open")) {
        System.exit(REFUSED);
      }
      throw e;
    }
  }

  private static long readAll(TraceStore store) {
    long count = 0;
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      while (cursor.hasNext()) {
        cursor.next();
        count++;
      }
    }
    return count;
  }

  private static void write(TraceStore store, long from, long to, PrintStream out)
      throws InterruptedException {
    AtomicLong next = new AtomicLong(from);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().start(() -> writeSome(store, next, to, out)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void writeSome(TraceStore store, AtomicLong next, long to, PrintStream out) {
    long number = next.getAndIncrement();
    while (number < to) {
      store.storeTrace(Samples.busy(number));
      // One call of println(String): lines of several threads must not mix.
      out.println(number + LINE_END);
      number = next.getAndIncrement();
    }
  }
}
