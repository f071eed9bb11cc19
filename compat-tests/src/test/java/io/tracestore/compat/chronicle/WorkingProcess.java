package io.tracestore.compat.chronicle;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
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

/** Another JVM that does {@link Work} on numbers from one on, and prints those that are done. */
final class WorkingProcess implements AutoCloseable {
  private static final int THREADS = 3;

  /** Ends each line: one that was cut off when the process died does not count. */
  private static final String LINE_END = ";";

  private final Process process;
  private final BufferedReader output;
  private final List<Long> done = new ArrayList<>();

  private WorkingProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts it; it works on the numbers {@code from} to {@code to}, the latter excluded. */
  static WorkingProcess start(String uri, long from, long to) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ChronicleJvm.OPTIONS);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(WorkingProcess.class.getName(), uri, Long.toString(from), Long.toString(to)));
    return new WorkingProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** Waits until so many numbers, or all, are done. */
  void awaitDone(int count) throws IOException {
    String line = "";
    while (done.size() < count && line != null) {
      line = output.readLine();
      if (line != null && line.endsWith(LINE_END)) {
        done.add(Long.parseLong(line.substring(0, line.length() - LINE_END.length())));
      }
    }
  }

  /** Ends it at once, as kill -9 does; returns the numbers that it said are done. */
  List<Long> kill() throws IOException, InterruptedException {
    // Not Process.destroyForcibly, which would also throw away what was printed and not yet read.
    process.toHandle().destroyForcibly();
    awaitEnd();
    return done;
  }

  int awaitEnd() throws IOException, InterruptedException {
    awaitDone(Integer.MAX_VALUE);
    return process.waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }

  /** What the other JVM does. */
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    AtomicLong next = new AtomicLong(Long.parseLong(arguments[1]));
    long to = Long.parseLong(arguments[2]);
    try (TraceStore store = TraceStores.open(arguments[0])) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(Thread.ofPlatform().start(() -> work(store, next, to, out)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void work(TraceStore store, AtomicLong next, long to, PrintStream out) {
    long number = next.getAndIncrement();
    while (number < to) {
      // One call of println(String): lines of several threads must not mix.
      Work.doAll(store, number, done -> out.println(done + LINE_END));
      number = next.getAndIncrement();
    }
  }
}
