package io.tracestore.bench.app;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that keeps a run: a file for each cell as soon as it is measured, so that a run goes
 * on where it was interrupted; and in the end all of them in {@code results.json}.
 */
final class RunFolder {
  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /** A folder for a new run, or that of a run to go on with. */
  static RunFolder at(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("cells"));
    Files.createDirectories(folder.resolve("logs"));
    return new RunFolder(folder.toAbsolutePath());
  }

  Path logs() {
    return folder.resolve("logs");
  }

  Path results() {
    return folder.resolve("results.json");
  }

  Path run() {
    return folder.resolve("run.json");
  }

  Path report() {
    return folder.resolve("report.html");
  }

  private Path file(Cell cell) {
    return folder.resolve("cells").resolve(cell.key() + ".json");
  }

  boolean has(Cell cell) {
    return Files.exists(file(cell));
  }

  /** Keeps what was measured of {@code cell}. */
  void keep(Cell cell, String json) throws IOException {
    Json.write(file(cell), json);
  }

  /** The results that were kept of {@code cell}. */
  List<JsonValue> read(Cell cell) throws IOException {
    return Json.items(Json.read(file(cell)));
  }

  /** Puts everything kept into one file, in JMH's format, and returns it. */
  JsonValue merge() throws IOException {
    List<JsonValue> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("cells"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        all.addAll(Json.items(Json.read(file)));
      }
    }
    JsonValue merged = JsonValue.from(all);
    Json.write(results(), ReflowJson.write(merged));
    return merged;
  }
}
