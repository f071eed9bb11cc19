package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionReferenceTest {
  /** If this fails: {@code ./tracestore providers --markdown > docs/options.md}. */
  @Test
  void theOptionReferenceIsWhatTheProvidersDeclare() {
    assertThat(Path.of("../docs/options.md"))
        .hasContent(CliRun.of("providers", "--markdown").out());
  }
}
