package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.cli.terminal.Text;
import io.tracestore.migration.SampleTraces;
import io.tracestore.spi.TraceStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command in terminals of every width. */
class TerminalWidthTest {
  private static final int WIDEST = 120;
  private static final int NARROWEST = 20;

  @TempDir private Path folder;

  @BeforeEach
  void store() {
    try (TraceStore store = TraceStores.open(uri())) {
      store.storeTraces(SampleTraces.of(9).next(5));
    }
  }

  private String uri() {
    return "sqlite:" + folder.resolve("t.db");
  }

  private String largestTrace() {
    return SampleTraces.of(9).next(5).stream()
        .max((a, b) -> Integer.compare(a.events().size(), b.events().size()))
        .orElseThrow()
        .traceId()
        .toString();
  }

  private record Run(int exitCode, String out, String err) {}

  private Run run(int columns, String line) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] arguments =
        line.replace("URI", uri())
            .replace("TRACE", largestTrace())
            .replace("FOLDER", folder.toString())
            .split(" ");
    int exitCode = new Cli(new Console(out, err, true, true, columns, true)).run(arguments);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "query URI",
        "show URI TRACE",
        "stats URI",
        "stats --bucket 1h --events URI",
        "providers"
      })
  void tables_fit_into_every_width(String line) {
    for (int columns = 0; columns <= WIDEST; columns++) {
      int width = Math.max(NARROWEST, columns);
      Run run = run(columns, line);

      assertThat(run.exitCode()).as("%s in %d columns", line, columns).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out().lines())
          .as("%s in %d columns", line, columns)
          .allSatisfy(each ->
              assertThat(Text.width(each.replaceAll("\u001b\\[\\d+m", "")))
                  .as(each)
                  .isLessThanOrEqualTo(width));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "query --json URI",
        "query --help",
        "migrate --help",
        "help show",
        "health URI",
        "export URI -",
        "purge --older-than 36500d URI",
        "migrate --verify URI sqlite:FOLDER/m.db",
        "completion",
        "--version"
      })
  void every_command_works_in_every_width(String line) {
    for (int columns = 0; columns <= WIDEST; columns++) {
      Run run = run(columns, line);

      assertThat(run.exitCode()).as("%s in %d columns: %s", line, columns, run.err()).isZero();
      assertThat(run.err()).as("%s in %d columns", line, columns).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 40, 50, 54, 55, 120})
  void commands_that_write_work_in_narrow_terminals(int columns) {
    String copy = "FOLDER/" + columns;

    for (String line :
        List.of(
            "demo --traces 4",
            "export URI " + copy + ".jsonl",
            "backup URI " + copy + ".db",
            "restore " + copy + ".jsonl mem:",
            "import " + copy + ".jsonl sqlite:" + copy + ".2.db",
            "delete sqlite:" + copy + ".2.db TRACE")) {
      Run run = run(columns, line);
      assertThat(run.exitCode()).as("%s in %d columns: %s", line, columns, run.err()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"frob", "query", "query nothing:here", "query --limt 3 URI"})
  void errors_are_one_line_in_every_width(String line) {
    for (int columns = 0; columns <= WIDEST; columns++) {
      Run run = run(columns, line);

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).startsWith("tracestore: ").hasLineCount(1);
    }
  }

  @Test
  void no_trace_id_is_cut_in_any_width() {
    for (int columns = 0; columns <= WIDEST; columns++) {
      String out = run(columns, "query URI").out().replaceAll("\\s", "");

      assertThat(out).contains(largestTrace());
    }
  }

  @Test
  void a_progress_bar_fits_into_every_width() {
    for (int columns = 0; columns <= WIDEST; columns++) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Console console = new Console(new ByteArrayOutputStream(), err, true, true, columns, true);
      try (Progress progress = Progress.ofTraces(console, "moving").atOnce()) {
        progress.at(7, 100);
        progress.note(" 1234567/s, 1234567 events, 123 MiB");
        progress.at(50, 100);
      }

      assertThat(err.toString(StandardCharsets.UTF_8)).contains("moving".substring(0, 1));
    }
  }
}
