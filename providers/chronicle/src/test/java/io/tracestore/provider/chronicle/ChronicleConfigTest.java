package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A URI and a config say the same. */
class ChronicleConfigTest {
  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    assertThat(ChronicleConfig.fromUri(StoreUri.parse("chronicle:traces.map")))
        .isEqualTo(new ChronicleConfig(Path.of("traces.map"), 100_000, 4096, 1.5));
  }

  @Test
  void everyOptionIsRead() {
    assertThat(
            ChronicleConfig.fromUri(
                StoreUri.parse(
                    "chronicle:traces.map?maxTraces=7&averageTraceBytes=800&maxBloatFactor=2.5")))
        .isEqualTo(
            ChronicleConfig.builder(Path.of("traces.map"))
                .maxTraces(7)
                .averageTraceBytes(800)
                .maxBloatFactor(2.5)
                .build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chronicle:",
        "chronicle:?maxTraces=5",
        "chronicle:a/b.map",
        "chronicle:50%25.map?averageTraceBytes=128&maxBloatFactor=1.25"
      })
  void aUriBecomesAConfigAndTheSameUriAgain(String uri) {
    assertThat(ChronicleConfig.fromUri(StoreUri.parse(uri)).toUri()).hasToString(uri);
  }

  @ParameterizedTest
  @CsvSource({
    "maxTraces=0, maxTraces",
    "averageTraceBytes=127, averageTraceBytes",
    "maxBloatFactor=0.9, maxBloatFactor",
    "maxBloatFactor=NaN, maxBloatFactor",
    "maxBloatFactor=two, maxBloatFactor",
    "maxTrace=5, maxTraces"
  })
  void aWrongOptionIsNamed(String option, String name) {
    assertThatThrownBy(() -> ChronicleConfig.fromUri(StoreUri.parse("chronicle:x?" + option)))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(name);
  }
}
