package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library that the driver puts into the temporary folder does not stay there. */
class LeftLibrariesTest {
  @TempDir private Path folder;
  private Path temporary = Path.of("");

  @BeforeEach
  void makeTemporaryFolder() throws IOException {
    assumeTrue(Files.isReadable(Path.of("/proc/self/maps")), "only Linux tells what is loaded");
    temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  @Test
  void theNextProcessRemovesTheLibraryOfAKilledOneAndKeepsThatOfALivingOne() throws Exception {
    try (ChildJvm killed = start("killed.db")) {
      List<Path> left = libraries();
      assertThat(left).hasSize(2); // the library and its mark
      try (ChildJvm living = start("living.db")) {
        List<Path> used = libraries();
        used.removeAll(left);
        killed.kill();
        killed.exitCode();
        assertThat(libraries()).containsAll(left);
        for (Path file : libraries()) {
          Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        }

        end(start("next.db"));

        assertThat(libraries()).hasSize(2).containsExactlyElementsOf(used);
        end(living);
        assertThat(libraries()).isEmpty();
      }
    }
  }

  /** A process that has a store open in {@code file} until {@link #end}. */
  private ChildJvm start(String file) throws IOException {
    ChildJvm child =
        ChildJvm.start(
            List.of("-Djava.io.tmpdir=" + temporary),
            System.getProperty("java.class.path"),
            StayingProcess.class,
            folder.resolve(file).toString());
    assertThat(child.readLine()).isEqualTo("open");
    return child;
  }

  private static void end(ChildJvm child) throws Exception {
    child.answer("end");
    assertThat(child.exitCode()).isZero();
  }

  private List<Path> libraries() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return new ArrayList<>(
          files
              .filter(file -> file.getFileName().toString().startsWith("sqlite-"))
              .sorted()
              .toList());
    }
  }
}
