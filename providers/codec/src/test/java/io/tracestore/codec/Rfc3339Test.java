package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Rfc3339Test {
  @ParameterizedTest
  @CsvSource({
    "2025-02-01T12:34:56Z,                2025-02-01T12:34:56Z",
    "2025-02-01t12:34:56z,                2025-02-01T12:34:56Z",
    "2025-02-01T12:34:56.1Z,              2025-02-01T12:34:56.1Z",
    "2025-02-01T12:34:56.123456789Z,      2025-02-01T12:34:56.123456789Z",
    "2025-02-01T12:34:56+02:00,           2025-02-01T10:34:56Z",
    "2025-02-01T00:00:00.5-05:45,         2025-02-01T05:45:00.5Z",
    "2025-02-01T12:34:56-00:00,           2025-02-01T12:34:56Z",
    "2024-02-29T23:59:59+23:59,           2024-02-29T00:00:59Z",
    "1969-12-31T23:59:59.999999999Z,      1969-12-31T23:59:59.999999999Z",
    "1677-09-21T00:12:43.145224192Z,      1677-09-21T00:12:43.145224192Z",
    "2262-04-11T23:47:16.854775807Z,      2262-04-11T23:47:16.854775807Z",
  })
  void readsTimesToTheNanosecond(String text, Instant instant) {
    assertThat(Rfc3339.parse(text)).isEqualTo(instant);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|expected a time such as",
        "2025-02-01|expected a time such as",
        "2025-02-01 12:34:56Z|expected a time such as",
        "2025-2-01T12:34:56Z|expected a time such as",
        "2O25-02-01T12:34:56Z|expected a time such as",
        "\u0662025-02-01T12:34:56Z|expected a time such as",
        "2025-02-01T12:34:56.Z|expected a time such as",
        "2025-02-01T12:34:56,5Z|expected Z or an offset",
        "2025-02-01T12:34:56|expected a time such as",
        "2025-02-01T12:34:56.5|expected Z or an offset",
        "'2025-02-01T12:34:56Z '|expected Z or an offset",
        "2025-02-01T12:34:56+0200|expected Z or an offset",
        "2025-02-01T12:34:56+24:00|offset hour is at most 23",
        "2025-02-01T12:34:56+02:60|offset minute is at most 59",
        "2025-02-30T12:34:56Z|expected a date that exists",
        "2025-13-01T12:34:56Z|expected a date that exists",
        "2025-02-01T24:00:00Z|hour is at most 23",
        "2025-02-01T23:60:00Z|minute is at most 59",
        "2025-02-01T23:59:61Z|second is at most 59",
        "2016-12-31T23:59:60Z|a leap second cannot be kept",
        "2025-02-01T12:34:56.1234567890Z|at most 9 fraction digits",
        "1677-09-21T00:12:43.145224191Z|expected a time between",
        "9999-12-31T23:59:59Z|expected a time between",
      })
  void refusesWhatIsNoTimeOfATrace(String text, String reason) {
    assertThatThrownBy(() -> Rfc3339.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
