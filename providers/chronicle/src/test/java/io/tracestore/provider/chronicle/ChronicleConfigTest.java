package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.chronicle.connect.ChronicleSettings;
import io.tracestore.provider.chronicle.connect.Sizing;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A URI and a config say the same. */
class ChronicleConfigTest {
  private static ChronicleSettings settings(String uri) {
    return TestSettings.of(StoreUri.parse(uri));
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    StoreUri uri = StoreUri.parse("chronicle:traces.map");
    assertThat(TestSettings.of(uri))
        .isEqualTo(
            new ChronicleSettings(
                uri, Path.of("traces.map"), new Sizing(100_000, 4096, 1.5), true, DataTerms.NONE));
  }

  @Test
  void everyOptionIsRead() {
    ChronicleConfig config =
        ChronicleConfig.of("traces.map")
            .maxTraces(7)
            .averageTraceBytes(800)
            .maxBloatFactor(2.5)
            .create(false);
    assertThat(config)
        .hasToString(
            "chronicle:traces.map?maxTraces=7&averageTraceBytes=800&maxBloatFactor=2.5&create=false");
    assertThat(TestSettings.of(config.toUri()))
        .isEqualTo(
            new ChronicleSettings(
                config.toUri(),
                Path.of("traces.map"),
                new Sizing(7, 800, 2.5),
                false,
                DataTerms.NONE));
  }

  @Test
  void aPathMayHoldAPercentSign() {
    ChronicleConfig config = ChronicleConfig.of("50%.map");
    assertThat(config).hasToString("chronicle:50%25.map");
    assertThat(TestSettings.of(config.toUri()).path()).isEqualTo(Path.of("50%.map"));
  }

  @Test
  void withoutAFileTheMapIsPrivate() {
    assertThat(ChronicleConfig.offHeap().maxTraces(5)).hasToString("chronicle:?maxTraces=5");
    assertThat(settings("chronicle:?maxTraces=5").path()).isNull();
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
    assertThatThrownBy(() -> settings("chronicle:x?" + option))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(name);
  }
}
