package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.migration.SampleTraces;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that read a store do not create it. */
class ReadingTest {
  private static final String ID = "00000000-0000-0000-0000-000000000001";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "query URI",
        "query --json URI",
        "show URI " + ID,
        "stats URI",
        "health URI",
        "export URI -",
        "export URI FOLDER/copy.jsonl",
        "purge --older-than 1d URI",
        "delete URI " + ID,
        "backup URI FOLDER/copy.db",
        "migrate URI sqlite:FOLDER/target.db",
        "migrate --dry-run URI sqlite:FOLDER/target.db"
      })
  void a_reading_command_creates_no_store_and_names_the_one_that_is_missing(String line)
      throws IOException {
    String uri = "sqlite:" + folder.resolve("mistyped.db");

    CliRun run = run(line, uri);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("tracestore: there is no store " + uri + ": ")
        .hasLineCount(1)
        .doesNotContain("?create");
    assertThat(files()).isEmpty();
  }

  @Test
  void the_name_of_a_store_that_is_read_is_the_one_that_was_given() {
    String uri = "sqlite:" + folder.resolve("t.db");
    TraceStores.open(uri).close();

    assertThat(run("health URI", uri).out()).startsWith("healthy: " + uri + ": ");
    assertThat(run("stats URI", uri + "?cacheSizeMb=4").out()).contains(uri + "?cacheSizeMb=4\n");
    assertThat(run("stats --json URI", uri).out()).contains("\"store\":\"" + uri + "\"");
    assertThat(run("show URI " + ID, uri).err()).doesNotContain("create");
  }

  @Test
  void a_query_is_explained_by_its_index_and_by_how_much_is_read() {
    String uri = "sqlite:" + folder.resolve("t.db");
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(SampleTraces.of(9).next(3));
    }

    assertThat(run("query URI --explain", uri).out())
        .isEqualTo(
            """
            leading index:     start
            tested by reading: nothing
            read:              3 traces
            returned:          3 traces
            """);
    assertThat(run("query URI --port nowhere --explain", uri).out())
        .isEqualTo(
            """
            leading index:     port
            tested by reading: port
            read:              0 traces
            returned:          0 traces
            """);
    assertThat(run("query URI --port nowhere --explain --json", uri).out())
        .contains("\"index\":\"port\"", "\"read\":0", "\"tested_by_reading\":[\"port\"]");
  }

  @Test
  void a_uri_may_say_that_a_missing_store_is_created() {
    String uri = "sqlite:" + folder.resolve("t.db") + "?create=true";

    assertThat(run("query URI", uri).exitCode()).isZero();
  }

  @Test
  void a_dry_run_removes_nothing_and_filters_remove_what_matches() {
    String uri = "sqlite:" + folder.resolve("t.db");
    List<FlowTrace> traces = SampleTraces.of(9).next(3);
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(traces);
    }
    String first = traces.get(0).traceId().toString();
    String execution = traces.get(1).executionId().toString();

    assertThat(run("delete --dry-run URI " + first, uri))
        .isEqualTo(new CliRun(0, "would remove 1 trace\n", ""));
    assertThat(run("delete --dry-run --execution " + execution + " URI", uri))
        .isEqualTo(new CliRun(0, "would remove 1 trace\n", ""));
    assertThat(run("purge --dry-run --json --before 2200-01-01 URI", uri).out())
        .contains("\"wouldRemove\":3");
    assertThat(run("query --json URI", uri).outLines()).hasSize(3);
    assertThat(run("delete --execution " + execution + " URI", uri))
        .isEqualTo(new CliRun(0, "removed 1 trace\n", ""));
    assertThat(run("query --json URI", uri).outLines()).hasSize(2);
    assertThat(run("delete --execution " + execution + " URI " + first, uri).exitCode())
        .isEqualTo(2);
  }

  @Test
  void deleted_traces_are_gone_and_one_that_was_not_there_is_a_failure() {
    String uri = "sqlite:" + folder.resolve("t.db");
    List<FlowTrace> traces = SampleTraces.of(9).next(3);
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(traces);
    }
    String first = traces.get(0).traceId().toString();
    String second = traces.get(1).traceId().toString();

    assertThat(run("delete URI " + first + " " + first, uri))
        .isEqualTo(new CliRun(0, "removed 1 trace\n", ""));
    assertThat(run("delete --json URI " + first + " " + second, uri))
        .isEqualTo(
            new CliRun(
                1,
                "{\"missing\":[\"%s\"],\"removed\":1}\n".formatted(first),
                "tracestore: no such trace: " + first + "\n"));
    assertThat(run("query --json URI", uri).outLines()).hasSize(1);
  }

  @Test
  void a_date_as_the_end_includes_that_day() {
    String uri = "sqlite:" + folder.resolve("t.db");
    FlowTrace trace = SampleTraces.of(9).next();
    String day = trace.startTime().toString().substring(0, "2026-01-05".length());
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTrace(trace);
    }

    assertThat(run("query --json URI --from " + day + " --to " + day, uri).outLines()).hasSize(1);
    assertThat(run("query --json URI --to " + day + "T00:00", uri).outLines()).isEmpty();
  }

  private CliRun run(String line, String uri) {
    return CliRun.of(line.replace("URI", uri).replace("FOLDER", folder.toString()).split(" "));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
