package io.tracestore.bench.app;

import io.tracestore.bench.Fork;
import io.tracestore.bench.Subject;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures each cell in processes of its own; what they print goes to a file. */
final class ForkRunner implements CellRunner {
  private static final int LOG_LINES = 12;

  private final Effort effort;
  private final List<String> jvmArguments;
  private final Path temporary;
  private final Path logs;

  /**
   * Runs cells with {@code effort}.
   *
   * @param jvmArguments for the processes, beside those of this one
   * @param temporary the folder for what the processes saw
   * @param logs the folder for what they print
   */
  ForkRunner(Effort effort, List<String> jvmArguments, Path temporary, Path logs) {
    this.effort = effort;
    this.jvmArguments = List.copyOf(jvmArguments);
    this.temporary = temporary;
    this.logs = logs;
  }

  @Override
  public String run(Cell cell) throws IOException {
    List<JsonValue> forks = new ArrayList<>();
    for (int fork = 0; fork < effort.forks(); fork++) {
      forks.add(fork(cell));
    }
    return ReflowJson.write(Entries.of(cell, forks));
  }

  private JsonValue fork(Cell cell) throws IOException {
    Path output = temporary.resolve("fork.json");
    Path log = logs.resolve(cell.key() + ".log");
    Files.deleteIfExists(output);
    Process process =
        new ProcessBuilder(command(output, cell.subjects()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      if (process.waitFor() == 0) {
        return Json.read(output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
    throw new BenchException(
        "%s failed; all of it is in %s%n%s".formatted(cell.title(), log, reason(log)));
  }

  private List<String> command(Path output, List<Subject> subjects) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(System.getProperty("java.class.path", ""));
    command.add(Fork.class.getName());
    command.addAll(Fork.arguments(output, effort.rounds(), subjects));
    return command;
  }

  private static String reason(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    int from = 0;
    for (int i = 0; i < lines.size() && from == 0; i++) {
      if (lines.get(i).contains("Exception") || lines.get(i).contains("Error")) {
        from = i;
      }
    }
    return String.join("\n", lines.subList(from, Math.min(lines.size(), from + LOG_LINES)));
  }
}
