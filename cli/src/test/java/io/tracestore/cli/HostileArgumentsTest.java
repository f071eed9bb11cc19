package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.migration.SampleTraces;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every mistake in a command line is reported in one line. */
class HostileArgumentsTest {
  private static final String ID = "00000000-0000-0000-0000-000000000001";

  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    try (TraceStore store = TraceStores.open("sqlite:" + folder.resolve("t.db"))) {
      store.storeTraces(SampleTraces.of(9).next(3));
    }
    TraceStores.open("sqlite:" + folder.resolve("empty.db")).close();
    Files.createDirectory(folder.resolve("folder"));
    Files.writeString(folder.resolve("text.txt"), "hello\n");
    Files.writeString(folder.resolve("nothing.json"), "");
    Files.write(folder.resolve("binary"), new byte[] {0, 1, 2, (byte) 0xff, (byte) 0xfe, 10, 0});
  }

  private CliRun run(String line) {
    return CliRun.of(
        line.replace("URI", "sqlite:" + folder.resolve("t.db"))
            .replace("EMPTY", "sqlite:" + folder.resolve("empty.db"))
            .replace("DIR", folder.toString())
            .split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // No command, no options, too few, too many.
        "--frob",
        "query --frob URI",
        "query URI URI",
        "show URI",
        "show URI " + ID + " " + ID,
        "export URI",
        "restore DIR/text.txt",
        "backup URI",
        "purge URI",
        "purge --before 2026-01-05 --older-than 1d URI",
        "delete URI",
        "health",
        "stats",
        "migrate URI",
        "migrate URI URI",
        "providers extra",
        "completion extra",
        "help frob",
        // Numbers.
        "query --limit 99999999999999 URI",
        "query --limit -1 URI",
        "query --limit 0 URI",
        "query --limit 1.5 URI",
        "query --limit= URI",
        "query --offset -1 URI",
        "query --offset 99999999999999999999 URI",
        "demo --traces 0",
        "demo --traces -5",
        "demo --traces 2147483647",
        "demo --seed x",
        "show --width 0 URI " + ID,
        "show --width -1 URI " + ID,
        "show --width 2147483647 URI " + ID,
        "migrate --threads 0 URI mem:",
        "migrate --threads -1 URI mem:",
        "migrate --threads 2147483647 URI mem:",
        // Times.
        "query --from 2026-13-45 URI",
        "query --from 2026-01-05T08:00+99:99 URI",
        "query --from +999999999-12-31 URI",
        "query --from 0001-01-01 URI",
        "query --from 2026-01-06 --to 2026-01-05 URI",
        "query --min-duration -5s URI",
        "query --min-duration 999999999999999999d URI",
        "query --min-duration=-PT5S URI",
        "purge --older-than=-1d URI",
        "purge --older-than 99999999999999d URI",
        "purge --older-than=PT-1S URI",
        "purge --before never URI",
        "health --timeout 0s URI",
        "health --timeout=PT-5S URI",
        "stats --bucket 0s URI",
        "stats --bucket=PT-1S URI",
        "stats --from 2026-01-06 --to 2026-01-05 URI",
        "migrate --overlap=PT-1S URI mem:",
        // Ids and names.
        "show URI ''",
        "show URI zzz",
        "show URI " + ID + "00",
        "query --execution zzz URI",
        "query --after zzz URI",
        "query --event-type= URI",
        "query --tag novalue URI",
        "query --status nothing URI",
        "export --format frob URI -",
        "export --layout frob URI -",
        "import --format frob DIR/text.txt URI",
        "delete URI zzz",
        // URIs.
        "query ''",
        "query :",
        "query sqlite",
        "query DIR/t.db",
        "query frob:x",
        "query sqlit:x",
        "query sqlite:x?frob=1",
        "query sqlite:x?synchronous=",
        "query sqlite:x?synchronous=NEVER",
        "query sqlite:x?cacheSizeMb=-1",
        "query sqlite:x?cacheSizeMb=99999999999999",
        "query sqlite:%zz",
        "query mem:?maxTraces=x"
      })
  void wrong_usage_is_one_line_and_exit_code_two(String line) {
    assertOneLine(line, run(line), 2);
    assertOneLine(line, run(line + " --json"), 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "show URI " + ID,
        "show EMPTY " + ID,
        "show EMPTY 12",
        "query --after " + ID + " URI",
        "delete EMPTY " + ID,
        "query sqlite:DIR/folder",
        "query sqlite:DIR/text.txt",
        "query sqlite:DIR/binary",
        "query sqlite:DIR/none/t.db",
        "query sqlite:DIR/text.txt/t.db",
        "import DIR/none.json URI",
        "import DIR/folder URI",
        "import DIR/text.txt URI",
        "import DIR/binary URI",
        "import DIR/text.txt sqlite:DIR/none/t.db",
        "restore DIR/none.json URI",
        "restore DIR/folder URI",
        "restore DIR/text.txt URI",
        "restore DIR/binary URI",
        "restore DIR/text.txt/x URI",
        "restore --salvage DIR/folder URI",
        "restore --salvage DIR/none.json URI",
        "export URI DIR/folder",
        "export URI DIR/none/x.jsonl",
        "export URI DIR/text.txt/x.jsonl",
        "backup URI DIR/folder",
        "backup URI DIR/text.txt",
        "backup URI DIR/none/x.db",
        "migrate --checkpoint DIR/none/c.ck URI sqlite:DIR/m.db",
        "migrate --checkpoint DIR/text.txt URI sqlite:DIR/m.db",
        "migrate URI sqlite:DIR/none/m.db",
        "query postgresql://me:pw@127.0.0.1:1/db",
        "query redis://:pw@127.0.0.1:1",
        "query clickhouse://127.0.0.1:1/db",
        "demo sqlite:DIR/none/t.db"
      })
  void a_failure_is_one_line_and_exit_code_one(String line) {
    assertOneLine(line, run(line), 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "query EMPTY",
        "query --json EMPTY",
        "stats EMPTY",
        "stats --json --events EMPTY",
        "export EMPTY -",
        "export EMPTY DIR/empty.jsonl",
        "export --format otlp EMPTY -",
        "backup EMPTY DIR/copy.db",
        "health --json EMPTY",
        "purge --older-than 0s EMPTY",
        "migrate --verify EMPTY sqlite:DIR/m.db",
        "query --limit 2147483647 URI",
        "query --json --limit 2147483647 URI",
        "query --offset 9223372036854775807 URI",
        "query --from 1678-01-01 --to 2262-01-01 URI",
        "query --flow %00 URI",
        "help query",
        "query --status completed URI",
        "providers --json"
      })
  void what_is_odd_but_right_works(String line) {
    CliRun run = run(line);

    assertThat(run.exitCode()).as("%s: %s", line, run.err()).isZero();
    assertThat(run.err()).as(line).doesNotContain("tracestore:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          qurey URI | did you mean query?
          query --limt 3 URI | did you mean --limit?
          query sqlit:x | did you mean 'sqlite'?
          query URI --staus failed | did you mean --status?
          """)
  void a_mistyped_word_is_answered_with_the_one_that_was_meant(String line, String expected) {
    assertThat(run(line).err()).contains(expected).hasLineCount(1);
  }

  @Test
  void messages_of_bad_uris_are_whole() {
    assertThat(run("query postgresql:traces").err()).contains("traces").contains("postgresql://");
    assertThat(run("query postgresql://alice:hunter2@127.0.0.1:1/db").err())
        .contains("postgresql://alice:***@127.0.0.1:1/db")
        .contains("refused")
        .doesNotContain("hunter2");
    assertThat(run("query redis://hunter2@127.0.0.1:1").err())
        .contains("redis")
        .doesNotContain("hunter2", "redis:***");
    assertThat(run("qurey postgresql://alice:hunter2@h/db").err())
        .contains("postgresql://alice:***@h/db")
        .contains("query")
        .doesNotContain("hunter2");
    assertThat(run("query postgresql://alice:hunter2@no-such-host.invalid/db").err())
        .contains("alice")
        .contains("no-such-host.invalid")
        .contains("unknown host");
  }

  @Test
  void a_file_that_may_not_be_read_is_named() throws IOException {
    // The administrator may read everything; a link to itself nobody can.
    Path loop = folder.resolve("loop.json");
    Files.createSymbolicLink(loop, loop);

    for (String line : List.of("import DIR/loop.json URI", "restore DIR/loop.json URI")) {
      CliRun run = run(line);
      assertOneLine(line, run, 1);
      assertThat(run.err()).contains("loop.json");
    }
  }

  private static void assertOneLine(String line, CliRun run, int exitCode) {
    assertThat(run.err())
        .as("%s: %s%s", line, run.out(), run.err())
        .startsWith("tracestore: ")
        .hasLineCount(1)
        .doesNotContain("internal error", "Exception", "java.");
    assertThat(run.exitCode()).as("%s: %s", line, run.err()).isEqualTo(exitCode);
  }
}
