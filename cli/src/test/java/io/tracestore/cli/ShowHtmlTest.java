package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code show --html}. */
class ShowHtmlTest {
  private static final String ID = "00000000-0000-0000-0000-000000000001";

  @TempDir private Path folder;

  private CliRun run(String line, String uri) {
    return CliRun.of(line.replace("URI", uri).replace("FOLDER", folder.toString()).split(" "));
  }

  @Test
  void show_writes_a_trace_as_a_page_in_one_file() throws IOException {
    String uri = "sqlite:" + folder.resolve("t.db");
    storeTrace(uri, "<orders>");

    CliRun run = run("show URI " + ID + " --html FOLDER/trace.html", uri);

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("wrote " + folder.resolve("trace.html") + "\n");
    assertThat(Files.readString(folder.resolve("trace.html")))
        .startsWith("<!doctype html>")
        .contains("<h1><bdi>&lt;orders&gt;</bdi>");
    assertThat(run("show URI " + ID + " --html FOLDER/trace.html", uri).exitCode()).isZero();
  }

  @Test
  void show_replaces_no_file_that_is_not_a_page() throws IOException {
    String uri = "sqlite:" + folder.resolve("t.db");
    storeTrace(uri, "orders");
    Files.writeString(folder.resolve("notes.txt"), "mine");

    assertThat(run("show URI " + ID + " --html FOLDER/notes.txt", uri).err())
        .isEqualTo(
            "tracestore: %s is there, and is no page; name another file, or remove it\n"
                .formatted(folder.resolve("notes.txt")));
    assertThat(run("show URI " + ID + " --html FOLDER/t.db", uri).err())
        .isEqualTo(
            "tracestore: %s belongs to the store %s; name another file\n"
                .formatted(folder.resolve("t.db"), uri));
    assertThat(Files.readString(folder.resolve("notes.txt"))).isEqualTo("mine");
  }

  private static void storeTrace(String uri, String flow) {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTrace(FlowTrace.builder(flow).traceId(TraceId.of(ID)).build());
    }
  }
}
