package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Programs that a test needs and that may not be installed. */
final class Needed {
  private Needed() {}

  /** Whether the program is there; fails if it has to be. */
  static boolean isThere(String program) {
    boolean found =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getenv("PATH"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if ("all".equals(System.getenv("TRACESTORE_REQUIRE"))) {
      assertThat(found).as(program + " is installed").isTrue();
    }
    return found;
  }
}
