package io.tracestore.system.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The driver's jar is not on the class path. */
class MissingDriverTest {
  @ParameterizedTest
  @CsvSource({
    "clickhouse, client-v2, com.clickhouse:client-v2",
    "postgresql, postgresql-42, org.postgresql:postgresql"
  })
  void aMissingDriverIsReportedInOneLine(String scheme, String jar, String driver)
      throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).getFileName().toString().startsWith(jar))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                Opener.class.getName(),
                scheme + "://localhost/any")
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(output)
        .startsWith(scheme + ": a library is missing or does not fit (java.lang.NoClassDefFound")
        .endsWith("the driver is " + driver)
        .doesNotContain("\n");
  }

  /** Opens a store and prints what is wrong. */
  static final class Opener {
    private Opener() {}

    /** Argument: the URI. */
    public static void main(String[] arguments) {
      try {
        TraceStores.open(arguments[0]).close();
      } catch (StoreConfigurationException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
