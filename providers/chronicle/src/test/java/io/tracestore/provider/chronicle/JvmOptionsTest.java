package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.provider.chronicle.connect.JvmOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without the options that Chronicle Map needs, the error says which they are. */
class JvmOptionsTest {
  @TempDir private Path directory;

  @Test
  void theErrorOfAJvmWithoutThemHasTheWholeLine() throws IOException {
    assertThat(openIn(List.of()))
        .containsExactly(
            "chronicle: start java with these options, which Chronicle Map needs: "
                + JvmOptions.line());
  }

  @Test
  void aJvmStartedWithThatLineOpensTheStore() throws IOException {
    assertThat(openIn(List.of(JvmOptions.line().split(" "))))
        .containsExactly("Chronicle Map, 0 of 1 traces, 0 % full");
  }

  private List<String> openIn(List<String> options) throws IOException {
    try (ChildJvm child =
        ChildJvm.start(options, OtherProcess.class, "open", directory.toString())) {
      return child.lines();
    }
  }

  @Test
  void theBuildAndTheCommandCarryThem() throws IOException {
    Path root = Path.of("../..");
    assertThat(Files.readString(root.resolve("pom.xml"))).contains(JvmOptions.line());
    assertThat(Files.readString(root.resolve("dist/src/main/bin/tracestore")))
        .contains(JvmOptions.line().split(" "));
  }
}
