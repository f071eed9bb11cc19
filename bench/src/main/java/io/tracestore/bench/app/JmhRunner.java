package io.tracestore.bench.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Measures with JMH, in processes of their own; what JMH prints goes to a file. */
final class JmhRunner implements CellRunner {
  private static final int OPENINGS = 5;
  private static final int LOG_LINES = 12;

  private final Effort effort;
  private final List<String> jvmArguments;
  private final Path logs;

  /**
   * @param jvmArguments for the processes, beside those of this one
   * @param logs the folder for what JMH prints
   */
  JmhRunner(Effort effort, List<String> jvmArguments, Path logs) {
    this.effort = effort;
    this.jvmArguments = List.copyOf(jvmArguments);
    this.logs = logs;
  }

  @Override
  public String run(Cell cell) {
    Path log = logs.resolve(cell.key() + ".log");
    try {
      Collection<RunResult> results = new Runner(options(cell, log).build()).run();
      if (results.isEmpty()) {
        throw new BenchException("JMH measured nothing; see " + log);
      }
      ByteArrayOutputStream json = new ByteArrayOutputStream();
      try (PrintStream out = new PrintStream(json, true, StandardCharsets.UTF_8)) {
        ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
      }
      return json.toString(StandardCharsets.UTF_8);
    } catch (RunnerException e) {
      throw new BenchException(
          "%s failed; all of it is in %s%n%s".formatted(cell.title(), log, reason(log, e)), e);
    }
  }

  private ChainedOptionsBuilder options(Cell cell, Path log) {
    boolean once = cell.mode() == Mode.SingleShotTime;
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + Pattern.quote(cell.type() + "." + cell.operation()) + "$")
            .mode(cell.mode())
            .timeUnit(cell.mode() == Mode.Throughput ? TimeUnit.SECONDS : TimeUnit.MICROSECONDS)
            .param("uri", cell.store())
            .param("events", String.valueOf(cell.events()))
            .threads(cell.threads())
            .forks(effort.forks())
            .warmupIterations(once ? 2 : effort.warmups())
            .warmupTime(time(effort.warmupTime()))
            .measurementIterations(once ? OPENINGS : effort.iterations())
            .measurementTime(time(effort.time()))
            .timeout(TimeValue.hours(2))
            .shouldFailOnError(true)
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend(jvmArguments.toArray(String[]::new))
            .output(log.toString());
    cell.params().forEach((name, value) -> options.param(name, value));
    return options;
  }

  private static TimeValue time(Duration duration) {
    return TimeValue.milliseconds(duration.toMillis());
  }

  /** From the log; before that begins, JMH says it in the exception: that another JMH runs. */
  private static String reason(Path log, RunnerException failure) {
    try {
      List<String> lines = Files.readAllLines(log);
      int from = 0;
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).contains("Exception") || lines.get(i).startsWith("ERROR")) {
          from = i;
          break;
        }
      }
      if (lines.isEmpty()) {
        return String.valueOf(failure.getMessage());
      }
      return String.join("\n", lines.subList(from, Math.min(lines.size(), from + LOG_LINES)));
    } catch (IOException e) {
      return "";
    }
  }
}
