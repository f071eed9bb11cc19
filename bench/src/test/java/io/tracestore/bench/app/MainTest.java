package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return Main.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  private String write(String name, JmhEntry... entries) throws IOException {
    return Files.writeString(folder.resolve(name), JmhEntry.text(entries)).toString();
  }

  @Test
  void compareFailsIfSomethingBecameSlower() throws IOException {
    String before = write("a.json", JmhEntry.sample("storeTrace", 1.0, 1.0, 1.01));
    String after = write("b.json", JmhEntry.sample("storeTrace", 2.0, 2.0, 2.01));
    assertThat(run("compare", before, after)).isEqualTo(1);
  }

  @Test
  void compareSucceedsIfNothingBecameSlower() throws IOException {
    String before = write("a.json", JmhEntry.sample("storeTrace", 1.0, 1.0, 1.01));
    assertThat(run("compare", before, before)).isZero();
  }

  @Test
  void aMissingFileIsOneLine() {
    assertThat(run("compare", "no.json", "no.json")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("tracestore: there is no file no.json\n");
  }

  @Test
  void aWrongNeedIsWrongUsage() {
    assertThat(run("--need", "speed")).isEqualTo(2);
  }

  @Test
  void anUnknownServerIsRefusedBeforeAnythingIsMeasured() {
    assertThat(run("--with", "oracle")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "tracestore: --with knows postgresql, redis and clickhouse, not 'oracle'; give the URI of"
                + " your server instead\n");
  }

  @Test
  void reportMakesThePageOfAFileOfJmh() throws IOException {
    String results = write("results.json", JmhEntry.run());
    assertThat(run("report", results, "--need", "events=1e6")).isZero();
    assertThat(folder.resolve("report.html")).content().contains("1M events");
  }

  @Test
  void spansSayWhatAStoreMakesOfThem() {
    assertThat(run("spans", "--traces", "30", "mem:"))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .contains("measuring mem:")
        .filteredOn(line -> line.startsWith("by ") || line.startsWith("trace by id"))
        .hasSize(7)
        .allMatch(line -> line.matches(".*median +[0-9.]+ (ns|µs|ms)"));
  }

  @Test
  void spansNeedATrace() {
    assertThat(run("spans", "--traces", "0")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("tracestore: --traces must be positive: 0\n");
  }

  @Test
  void aStoreThatForgetsTracesIsNotMeasuredWithSpans() {
    assertThat(run("spans", "--traces", "30", "mem:?maxTraces=20")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "tracestore: mem:?maxTraces=20&maxMemoryMb=1024 keeps 20 of 30 traces; measure with fewer: --traces\n");
  }
}
