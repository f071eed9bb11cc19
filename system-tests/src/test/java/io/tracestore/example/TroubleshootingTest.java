package io.tracestore.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages on the page for troubleshooting are those that the sources have. */
class TroubleshootingTest {
  private static final Path PAGE = Path.of("../docs/troubleshooting.md");

  /** The first cell of a row. */
  private static final Pattern CELL = Pattern.compile("(?m)^\\| (`[^|]+) \\|");

  private static final Pattern MESSAGE = Pattern.compile("`([^`]+)`");

  private static final Pattern CONCATENATION = Pattern.compile("\"\\s*\\+\\s*\"");

  @Test
  void everyMessageIsOneThatTheSourcesHave() throws IOException {
    String sources = sources();

    List<String> parts =
        messages().stream().flatMap(message -> Stream.of(message.split("…", -1))).toList();

    assertThat(parts).allSatisfy(part -> assertThat(sources).contains(part.strip()));
  }

  /** The cells of tables that begin with a column of messages. */
  private static List<String> messages() throws IOException {
    List<String> messages =
        Stream.of(Files.readString(PAGE).split("\n## ", -1))
            .filter(section -> section.contains("\n| message |"))
            .flatMap(section -> CELL.matcher(section).results())
            .flatMap(cell -> MESSAGE.matcher(cell.group(1)).results())
            .map(message -> message.group(1))
            .toList();
    assertThat(messages).hasSizeGreaterThan(20);
    return messages;
  }

  private static String sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      return files
          .filter(file -> file.toString().contains("/src/main/java/"))
          .filter(file -> file.toString().endsWith(".java"))
          .map(TroubleshootingTest::text)
          .collect(Collectors.joining("\n"));
    }
  }

  private static String text(Path file) {
    try {
      return CONCATENATION.matcher(Files.readString(file)).replaceAll("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
