package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.TraceStores;
import io.tracestore.migration.SampleTraces;
import io.tracestore.spi.TraceStore;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands in JVMs of their own end properly when a signal, a closed pipe or a full device stops
 * them.
 */
class SignalTest {
  private static final int MORE_THAN_A_PIPE_HOLDS = 1 << 20;
  private static final int SIGNALLED = 128;

  @TempDir private Path folder;

  private String uri() {
    return "sqlite:" + folder.resolve("t.db");
  }

  private void store(int traces) {
    try (TraceStore store = TraceStores.open(uri())) {
      store.storeTraces(SampleTraces.of(9).next(traces));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INT, import - URI",
    "TERM, import - URI",
    "INT, restore - URI",
    "TERM, restore - URI"
  })
  void a_command_that_waits_for_input_ends_with_the_signals_exit_code(String signal, String line)
      throws Exception {
    Process process = start(line, folder.resolve("out").toFile());
    try {
      awaitReading(process, line);
      assertThat(kill(process, signal)).isZero();

      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(SIGNALLED + (signal.equals("INT") ? 2 : 15));
      assertThat(errors()).doesNotContain("\tat ", "internal error");
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INT, query --json URI",
    "TERM, query --json URI",
    "INT, export URI -",
    "TERM, export URI -"
  })
  void a_command_whose_output_nobody_takes_ends_with_the_signals_exit_code(
      String signal, String line) throws Exception {
    store(1000);
    Process process = start(line.replace("--json", "--json --limit 1000"), null);
    try {
      // Its first bytes are there, and the pipe is too small for the rest.
      InputStream out = process.getInputStream();
      assertThat(out.read()).isNotNegative();
      assertThat(kill(process, signal)).isZero();

      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(SIGNALLED + (signal.equals("INT") ? 2 : 15));
      assertThat(errors()).doesNotContain("\tat ", "internal error");
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"query --json --limit 1000 URI", "export URI -", "completion"})
  void a_reader_that_stops_ends_the_command_quietly(String line) throws Exception {
    store(1000);
    Process process = start(line, null);
    try {
      InputStream out = process.getInputStream();
      assertThat(out.read()).isNotNegative();
      out.close();

      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(errors()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "query URI",
        "query --json URI",
        "stats URI",
        "export URI -",
        "providers",
        "completion",
        "health URI",
        "--help",
        "query --help",
        "--version",
        "help show"
      })
  void a_full_device_is_a_failure_of_one_line(String line) throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full here");
    store(3);
    Process process = start(line, full.toFile());
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(errors())
          .isEqualTo("tracestore: cannot write the output: No space left on device\n");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void a_library_that_cannot_be_unpacked_is_a_failure_of_one_line() throws Exception {
    store(3);
    Path file = Files.writeString(folder.resolve("no-folder"), "");
    Process process =
        start("query URI", folder.resolve("out").toFile(), "-Dorg.sqlite.tmpdir=" + file);
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(errors()).startsWith("tracestore: ").hasLineCount(1);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void a_driver_that_is_missing_is_a_failure_of_one_line() throws Exception {
    store(3);
    String path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("sqlite-jdbc"))
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow();
    Process process =
        start("query URI", folder.resolve("out").toFile(), "-Djava.class.path=" + path);
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(errors()).startsWith("tracestore: ").hasLineCount(1);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * @param out where the output goes; null for a pipe
   */
  private Process start(String line, @Nullable File out, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED"));
    String classPath = System.getProperty("java.class.path");
    for (String option : options) {
      if (option.startsWith("-Djava.class.path=")) {
        classPath = option.substring("-Djava.class.path=".length());
      } else {
        command.add(option);
      }
    }
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    command.addAll(Arrays.asList(line.replace("URI", uri()).split(" ")));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
    if (out != null) {
      builder.redirectOutput(out);
    }
    return builder.start();
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("err"), StandardCharsets.UTF_8);
  }

  private static int kill(Process process, String signal) throws Exception {
    return new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
        .start()
        .waitFor();
  }

  private void awaitReading(Process process, String line) throws Exception {
    if (line.startsWith("restore")) {
      awaitFile(folder.resolve("t.db")); // it opens the store, and reads then
      return;
    }
    // More than a pipe holds: once it is all written, somebody reads.
    byte[] blanks = new byte[MORE_THAN_A_PIPE_HOLDS];
    Arrays.fill(blanks, (byte) ' ');
    process.getOutputStream().write(blanks);
    process.getOutputStream().flush();
  }

  private static void awaitFile(Path file) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!Files.exists(file)) {
      assertThat(System.nanoTime()).as("%s did not appear", file).isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
