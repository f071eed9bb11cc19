package io.tracestore.provider.chronicle;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process that runs a main class of these tests. Killed when it is closed. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts one with the options of this JVM. */
  static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    List<String> options =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--"))
            .toList();
    return start(options, main, arguments);
  }

  static ChildJvm start(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** Waits until it prints {@code line}. */
  void awaitLine(String line) throws IOException {
    List<String> printed = new ArrayList<>();
    while (!line.equals(printed.isEmpty() ? null : printed.getLast())) {
      String next = output.readLine();
      if (next == null) {
        throw new AssertionError("ended without '%s': %s".formatted(line, printed));
      }
      printed.add(next);
    }
  }

  /** Adds lines to {@code printed} until there are {@code count}. */
  void awaitLines(int count, List<String> printed) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      printed.add(line);
      if (printed.size() >= count) {
        return;
      }
    }
    throw new AssertionError("ended after " + printed.size() + " lines");
  }

  /** Ends it at once, as kill -9 does; adds to {@code printed} what it had printed. */
  void kill(List<String> printed) throws IOException {
    // Not Process.destroyForcibly, which would also throw away what was printed and not yet read.
    process.toHandle().destroyForcibly();
    StringBuilder rest = new StringBuilder();
    for (int c = output.read(); c >= 0; c = output.read()) {
      if (c == '\n') {
        printed.add(rest.toString());
        rest.setLength(0); // a line that was cut off does not count
      } else {
        rest.append((char) c);
      }
    }
  }

  /** All that it prints until it ends. */
  List<String> lines() {
    return output.lines().toList();
  }

  /** Waits for its end. */
  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    output.close();
  }
}
