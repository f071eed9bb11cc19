package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instants and counts of nanoseconds stand for each other, one to one. */
class EpochNanosTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "1, 1970-01-01T00:00:00.000000001Z",
    "-1, 1969-12-31T23:59:59.999999999Z",
    "-1000000000, 1969-12-31T23:59:59Z",
    "1700000000123456789, 2023-11-14T22:13:20.123456789Z",
    "-9223372036854775808, 1677-09-21T00:12:43.145224192Z",
    "9223372036854775807, 2262-04-11T23:47:16.854775807Z"
  })
  void a_count_and_its_instant(long nanos, Instant instant) {
    assertThat(EpochNanos.toInstant(nanos)).isEqualTo(instant);
    assertThat(EpochNanos.of(instant)).isEqualTo(nanos);
  }

  @Property
  void every_count_comes_back(@ForAll long nanos) {
    assertThat(EpochNanos.of(EpochNanos.toInstant(nanos))).isEqualTo(nanos);
  }

  @Property
  void every_count_gives_an_instant_within_the_bounds(@ForAll long nanos) {
    assertThat(EpochNanos.isRepresentable(EpochNanos.toInstant(nanos))).isTrue();
  }

  @Property
  void instants_are_ordered_as_their_counts(@ForAll long a, @ForAll long b) {
    assertThat(Integer.signum(EpochNanos.toInstant(a).compareTo(EpochNanos.toInstant(b))))
        .isEqualTo(Long.compare(a, b));
  }

  @Test
  void the_bounds_are_those_of_a_long() {
    assertThat(EpochNanos.of(EpochNanos.MIN)).isEqualTo(Long.MIN_VALUE);
    assertThat(EpochNanos.of(EpochNanos.MAX)).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, -1",
    "1677-09-21T00:12:43.145224193Z, -9223372036854775808",
    "2262-04-11T23:47:16.854775807Z, 9223372036854775806",
    "2262-04-11T23:47:16.854775808Z, 9223372036854775807",
    "+1000000000-12-31T23:59:59.999999999Z, 9223372036854775807"
  })
  void the_last_count_before_an_instant(Instant instant, long last) {
    assertThat(EpochNanos.lastBefore(instant)).isEqualTo(last);
  }

  @Test
  void before_the_first_instant_there_is_no_count() {
    assertThatThrownBy(() -> EpochNanos.lastBefore(EpochNanos.MIN))
        .isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1677-09-21T00:12:43.145224191Z",
        "1677-09-21T00:12:43Z",
        "1677-09-21T00:12:42.999999999Z",
        "2262-04-11T23:47:16.854775808Z",
        "2262-04-11T23:47:17Z",
        "-1000000000-01-01T00:00:00Z",
        "+1000000000-12-31T23:59:59.999999999Z"
      })
  void an_instant_outside_is_refused(Instant instant) {
    assertThat(EpochNanos.isRepresentable(instant)).isFalse();
    assertThatThrownBy(() -> EpochNanos.of(instant)).isInstanceOf(ArithmeticException.class);
  }
}
