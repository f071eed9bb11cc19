package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tracestore.TraceStores;
import io.tracestore.migration.SampleTraces;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on the page work when an operator copies them. */
class OperationsPageTest {
  private static final Path PAGE = Path.of("../docs/operations.md");
  private static final String COMMAND = "./tracestore ";
  private static final Pattern FILE = Pattern.compile("[a-z]+\\.(db|jsonl\\.zst)");

  @TempDir private Path folder;

  @Test
  void everyCommandOfThePageEndsWell() throws IOException {
    try (TraceStore store = TraceStores.open("sqlite:" + folder.resolve("traces.db"))) {
      store.storeTraces(SampleTraces.of(9).next(30));
    }
    List<String> commands =
        Files.readAllLines(PAGE).stream().filter(line -> line.startsWith(COMMAND)).toList();

    List<Tuple> ends = new ArrayList<>();
    for (String command : commands) {
      ends.add(tuple(command, CliRun.of(inFolder(command)).exitCode()));
    }

    assertThat(commands).hasSizeGreaterThan(5);
    assertThat(ends)
        .containsExactlyElementsOf(commands.stream().map(command -> tuple(command, 0)).toList());
  }

  private String[] inFolder(String command) {
    String arguments = command.substring(COMMAND.length());
    return FILE.matcher(arguments)
        .replaceAll(file -> folder.resolve(file.group()).toString())
        .split(" ");
  }
}
