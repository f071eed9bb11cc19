package io.tracestore.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Programs that a test needs and that may be missing on the machine. */
public final class Installed {
  private Installed() {}

  /** Whether the tests of a missing program must fail instead of being skipped, as in CI. */
  public static boolean isRequired() {
    return "all".equals(System.getenv("TRACESTORE_REQUIRE"));
  }

  /** The first program on the path that has one of the {@code names}. */
  public static Optional<Path> program(String... names) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(System.getenv("PATH"))
        .flatMap(folder -> Arrays.stream(names).map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * The first program on the path that has one of the {@code names}. Without one, the test is
   * skipped with the reason, or fails if it is required.
   */
  public static Path programOrSkip(String reason, String... names) {
    Optional<Path> found = program(names);
    assumeTrue(found.isPresent() || isRequired(), reason);
    return found.orElseThrow(() -> new AssertionError(reason));
  }

  /**
   * A file that a script of {@code ci/} puts into the user's cache, by its path there. Without it,
   * the test is skipped with the reason, or fails if it is required.
   */
  public static Path cachedOrSkip(String reason, String path) {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path home =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    Path file = home.resolve("tracestore").resolve(path);
    assumeTrue(Files.exists(file) || isRequired(), reason);
    if (!Files.exists(file)) {
      throw new AssertionError(reason);
    }
    return file;
  }
}
