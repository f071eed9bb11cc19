package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStoreProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The documents list the options that the providers declare. To write them again: {@code mvn -pl
 * cli -am test -Dtest=OptionReferenceTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dtracestore.docs.write}.
 */
class OptionReferenceTest {
  private static final Path DOCS = Path.of("../docs");
  private static final String BEGIN =
      "<!-- options: generated from the provider, see CONTRIBUTING -->\n";
  private static final String END = "<!-- end of options -->\n";

  static List<TraceStoreProvider> providers() {
    return TraceStores.providers();
  }

  @Test
  void theOptionReferenceIsWhatTheProvidersDeclare() throws IOException {
    assertThat(current(DOCS.resolve("options.md"), CliRun.of("providers", "--markdown").out()))
        .isEqualTo(CliRun.of("providers", "--markdown").out());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void thePageOfAProviderHasItsOptions(TraceStoreProvider provider) throws IOException {
    Path page = DOCS.resolve("providers").resolve(provider.scheme() + ".md");
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    String table = String.join("\n", OptionReference.table(provider.options())) + "\n";
    String expected = text.substring(0, begin) + table + text.substring(text.indexOf(END));
    assertThat(current(page, expected)).isEqualTo(expected);
  }

  /** The text of the file; with the property, the file is written first. */
  private static String current(Path file, String expected) throws IOException {
    if (System.getProperty("tracestore.docs.write") != null) {
      Files.writeString(file, expected);
    }
    return Files.readString(file);
  }
}
