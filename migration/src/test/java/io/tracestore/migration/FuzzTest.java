package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers refuse or read any bytes, within the memory and the time that they have: Jazzer makes
 * inputs from the small files of the other tests, led by the branches that they take. It runs
 * {@value #SECONDS_PROPERTY} seconds, 10 by default.
 */
class FuzzTest {
  private static final String SECONDS_PROPERTY = "tracestore.fuzz.seconds";
  private static final int MOST_BYTES = 64 << 10;
  private static final int MOST_SECONDS_OF_AN_INPUT = 60;

  @TempDir private Path folder;

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "Jazzer's native part is tried on Linux only")
  void readersGiveNoExceptionThatIsNotDocumented() throws Exception {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    copySmallFiles(corpus);
    Path log = folder.resolve("log");
    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+EnableDynamicAgentLoading",
                "-Djdk.attach.allowAttachSelf=true",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzedReaders.class.getName(),
                "--instrumentation_includes=io.tracestore.**",
                "-max_total_time=" + Integer.getInteger(SECONDS_PROPERTY, 10),
                "-timeout=" + MOST_SECONDS_OF_AN_INPUT,
                "-max_len=" + MOST_BYTES,
                "-artifact_prefix=" + folder + "/",
                corpus.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(jazzer.waitFor()).as(() -> lastLines(log)).isZero();
    } finally {
      jazzer.destroyForcibly();
    }
    assertThat(Files.readString(log, StandardCharsets.ISO_8859_1))
        .containsPattern("Done \\d+ runs");
  }

  private static void copySmallFiles(Path corpus) throws Exception {
    Path one = Path.of(FuzzTest.class.getResource("otlp.json").toURI());
    Path resources = Objects.requireNonNull(one.getParent());
    try (Stream<Path> files = Files.walk(resources)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = resources.relativize(file).toString();
        if (!name.endsWith(".class")) {
          Files.copy(file, corpus.resolve(name.replace('/', '-')));
        }
      }
    }
  }

  private static String lastLines(Path log) {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
