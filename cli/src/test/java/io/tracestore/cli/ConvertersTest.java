package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {
  @ParameterizedTest
  @CsvSource({
    "300ms, PT0.3S",
    "1.5s, PT1.5S",
    "250us, PT0.00025S",
    "7ns, PT0.000000007S",
    "2m, PT2M",
    "1h, PT1H",
    "1d, PT24H",
    "PT5S, PT5S"
  })
  void durationsTakeUnits(String text, Duration expected) {
    assertThat(Converters.duration(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "5x", "-5s", "999999999999999999d", "1.0000000001ns"})
  void otherTextIsNoDuration(String text) {
    assertThatThrownBy(() -> Converters.duration(text)).isInstanceOf(TypeConversionException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-05, 2026-01-05T00:00:00Z",
    "2026-01-05T08:00, 2026-01-05T08:00:00Z",
    "2026-01-05T08:00:00.123456789, 2026-01-05T08:00:00.123456789Z",
    "2026-01-05T08:00:00Z, 2026-01-05T08:00:00Z",
    "2026-01-05T08:00:00+01:00, 2026-01-05T07:00:00Z"
  })
  void timesWithoutAnOffsetAreUtc(String text, Instant expected) {
    assertThat(Converters.instant(text)).isEqualTo(expected);
  }
}
