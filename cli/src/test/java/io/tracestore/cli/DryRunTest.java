package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are checked before anything is stored. */
class DryRunTest {
  private static final String ZIPKIN =
      """
      [{"traceId":"1122334455667788","id":"1","name":"bake","timestamp":1760000000000000,
      "duration":9,"localEndpoint":{"serviceName":"bakery"},"tags":{"flour":"rye"},"colour":"red"}]
      """;
  private static final String JAEGER =
      """
      {"data":[{"traceID":"2","spans":[{"traceID":"2","spanID":"1","operationName":"a"},
      {"traceID":"x","spanID":"1"}],"processes":{}}]}
      """;

  @TempDir private Path folder;

  private String file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content).toString();
  }

  @Test
  void a_report_says_of_each_file_what_was_read_kept_and_left_out() throws IOException {
    String good = file("in/a.json", ZIPKIN);
    String bad = file("in/deep/b.json", JAEGER);

    CliRun run = CliRun.of("import", "--dry-run", "--report", folder.resolve("in").toString());

    assertThat(run.outLines())
        .containsExactly(
            good + ": zipkin",
            "  read: 1 trace, 1 span, 2 events",
            "  kept under their own names: 1 attribute",
            "  kept as attributes: zipkin.local_endpoint 1, zipkin.other.colour 1",
            "  left out: nothing",
            bad + ": jaeger",
            "  read: 1 trace, 1 span, 2 events",
            "  kept as attributes: jaeger.service_missing 1," + " jaeger.timestamp_missing 1",
            "  left out: 1",
            "    "
                + bad
                + ":1:10: field 'spans[1].traceID' must be 1 to 32 hexadecimal digits: 'x'",
            "checked 2 files: 2 traces can be stored, left out 1");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void the_report_is_a_json_document_too() throws IOException {
    String good = file("a.json", ZIPKIN);

    CliRun run = CliRun.of("import", "--dry-run", "--json", good);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .isEqualTo(
            ("{\"files\":[{\"attributes\":1,\"events\":2,\"file\":\"%s\",\"formats\":[\"zipkin\"],"
                    + "\"kept\":{\"zipkin.local_endpoint\":1,\"zipkin.other.colour\":1},"
                    + "\"passedOver\":{},\"rejected\":0,\"rejections\":[],\"spans\":1,\"traces\":1}],"
                    + "\"rejected\":0,\"traces\":1}\n")
                .formatted(good));
  }

  @Test
  void a_dry_run_makes_no_store() throws IOException {
    String good = file("a.json", ZIPKIN);
    Path database = folder.resolve("t.db");

    CliRun run = CliRun.of("import", "--dry-run", good, "sqlite:" + database);

    assertThat(run.outLines()).containsExactly("checked 1 file: 1 trace can be stored, left out 0");
    assertThat(database).doesNotExist();
  }

  @Test
  void a_report_without_a_dry_run_is_wrong_usage() throws IOException {
    CliRun run = CliRun.of("import", "--report", file("a.json", ZIPKIN), "mem:");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--report needs --dry-run");
  }

  @Test
  void a_file_without_traces_makes_no_store() throws IOException {
    String empty = file("empty.json", "");
    Path database = folder.resolve("t.db");

    CliRun run = CliRun.of("import", empty, "sqlite:" + database);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("empty.json").contains("holds no trace");
    assertThat(run.out())
        .isEqualTo("stored 0 traces with 0 events in sqlite:%s, rejected 1\n".formatted(database));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("empty.json");
    }
  }

  @Test
  void a_folder_of_files_is_imported_like_its_files() throws IOException {
    file("in/a.json", ZIPKIN);
    file("in/b.json", ZIPKIN.replace("1122334455667788", "99"));
    String uri = "sqlite:" + folder.resolve("t.db");

    CliRun run = CliRun.of("import", folder.resolve("in").toString(), uri);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo("stored 2 traces with 4 events in %s\n".formatted(uri));
  }
}
