package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A missing driver is reported in one line, and nothing is logged that does not concern the user.
 */
class MissingDriverTest {
  @TempDir Path directory;

  private static String classPathWithout(String jar) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(System.getProperty("java.class.path"))
        .filter(path -> !Path.of(path).getFileName().toString().matches(jar + "-\\d.*"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String uri(String database) {
    return database.startsWith(":")
        ? "sqlite:" + database
        : "sqlite:" + directory.resolve(database);
  }

  private List<String> open(List<String> options, String classPath, String uri) throws IOException {
    try (ChildJvm child = ChildJvm.start(options, classPath, OpeningProcess.class, uri)) {
      return child.remainingLines();
    }
  }

  @ParameterizedTest
  @CsvSource({"sqlite-jdbc, :memory:", "sqlite-jdbc, t.db", "jooq, :memory:", "jooq, t.db"})
  void withoutALibrary(String library, String database) throws IOException {
    assertThat(open(List.of(), classPathWithout(library), uri(database)))
        .singleElement()
        .asString()
        .startsWith(
            "io.tracestore.spi.TraceStoreException: "
                + uri(database)
                + ": a library is not there or has the wrong version (")
        .endsWith(
            "); add org.xerial:sqlite-jdbc and org.jooq:jooq as tracestore-sqlite names them");
  }

  @ParameterizedTest
  @ValueSource(strings = {":memory:", "t.db"})
  void withoutAFolderForTheLibrary(String database) throws IOException {
    List<String> options = List.of("-Dorg.sqlite.tmpdir=/proc/self", "-Djava.io.tmpdir=/proc/self");

    assertThat(open(options, System.getProperty("java.class.path"), uri(database)))
        .filteredOn(line -> line.startsWith("io.tracestore"))
        .singleElement()
        .asString()
        .startsWith(
            "io.tracestore.spi.TraceStoreException: "
                + uri(database)
                + ": SQLite's library cannot be loaded; let org.sqlite.tmpdir name a folder");
  }

  @Test
  void anApplicationHearsNothingAndItsPropertiesStay() throws IOException {
    assertThat(open(List.of(), classPathWithout("slf4j-api"), uri("t.db")))
        .containsExactly("opened, properties changed: []");
  }
}
