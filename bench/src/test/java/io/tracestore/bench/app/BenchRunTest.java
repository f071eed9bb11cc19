package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.bench.Subject;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchRunTest {
  private static final Cell FIRST = cell("storeTrace");
  private static final Cell SECOND = cell("getTraceHot");
  private static final Cell THIRD = cell("getTraceCold");

  @TempDir Path folder;

  private final List<Cell> measured = new ArrayList<>();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  private static Cell cell(String operation) {
    return Cell.alone(Subject.of(operation, "mem:", 10_000));
  }

  private String measure(Cell cell) {
    measured.add(cell);
    Subject subject = cell.subject();
    return JmhEntry.text(
        JmhEntry.sample(subject.operation(), 5.0).of(subject.store(), subject.events()));
  }

  private String interruptedAtThird(Cell cell) {
    if (cell.equals(THIRD)) {
      throw new BenchException("interrupted");
    }
    return measure(cell);
  }

  private JsonValue run(CellRunner runner, Cell... cells) throws IOException {
    PrintStream out = new PrintStream(progress, true, StandardCharsets.UTF_8);
    return new BenchRun(RunFolder.at(folder), runner, Duration.ofSeconds(5), out)
        .run(List.of(cells));
  }

  @Test
  void aRunGoesOnWhereItWasInterrupted() throws IOException {
    assertThatThrownBy(() -> run(this::interruptedAtThird, FIRST, SECOND, THIRD))
        .isInstanceOf(BenchException.class);
    measured.clear();
    run(this::measure, FIRST, SECOND, THIRD);
    assertThat(measured).containsExactly(THIRD);
  }

  @Test
  void resultsHoldWhatWasMeasuredBeforeAndAfterAnInterruption() throws IOException {
    run(this::measure, FIRST, SECOND);
    run(this::measure, FIRST, SECOND, THIRD);
    assertThat(Measurement.ofJson(Json.read(folder.resolve("results.json"))))
        .extracting(measurement -> measurement.subject().operation())
        .containsExactlyInAnyOrder("storeTrace", "getTraceHot", "getTraceCold");
  }

  @Test
  void jmhsResultFileIsKeptUnchanged() throws IOException {
    run(this::measure, FIRST);
    assertThat(Files.readString(folder.resolve("results.json")))
        .isEqualTo(
            ReflowJson.write(
                JmhEntry.array(JmhEntry.sample("storeTrace", 5.0).of("mem:", 10_000))));
  }

  @Test
  void progressSaysWhatIsMeasuredAndHowLongItTakes() throws IOException {
    run(this::measure, FIRST, SECOND);
    assertThat(progress.toString(StandardCharsets.UTF_8))
        .startsWith("[1/2] mem: storeTrace, 10k events ... about 10s left\n");
  }

  @Test
  void cellsThatDifferHaveFilesThatDiffer() {
    Cell other = Cell.alone(Subject.of("storeTrace", "mem;", 10_000));
    assertThat(other.key()).isNotEqualTo(FIRST.key());
  }
}
