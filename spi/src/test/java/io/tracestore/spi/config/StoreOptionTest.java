package io.tracestore.spi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An option reads what its kind allows and says what is right where it does not. */
class StoreOptionTest {
  private static final StoreOption<Integer> INT = StoreOption.ofInt("count", 3, -1, 10, "A count.");
  private static final StoreOption<Long> LONG =
      StoreOption.ofLong("big", 0, 0, Long.MAX_VALUE, "A big count.");
  private static final StoreOption<Double> DOUBLE =
      StoreOption.ofDouble("factor", 1.5, 1, 10, "A factor.");
  private static final StoreOption<Boolean> BOOLEAN =
      StoreOption.ofBoolean("flag", true, "A flag.");
  private static final StoreOption<Level> ENUM =
      StoreOption.ofEnum("level", Level.HIGH, "A level.");
  private static final StoreOption<String> TEXT = StoreOption.ofString("text", null, "A text.");
  private static final StoreOption<Long> MILLIS =
      StoreOption.ofMillis("waitMs", 250, 0, 86_400_000, "A time.");
  private static final StoreOption<Long> ANY_MILLIS =
      StoreOption.ofMillis("idleMs", 0, 0, Long.MAX_VALUE, "Any time.");
  private static final StoreOption<Integer> SIZE =
      StoreOption.ofMebibytes("cacheMb", 64, 1, Integer.MAX_VALUE, "A size.");

  enum Level {
    HIGH,
    MIDDLE
  }

  static Stream<Arguments> valid() {
    return Stream.of(
        arguments(INT, "-1", -1),
        arguments(INT, "10", 10),
        arguments(LONG, "9223372036854775807", Long.MAX_VALUE),
        arguments(DOUBLE, "1", 1.0),
        arguments(DOUBLE, "2.75", 2.75),
        arguments(BOOLEAN, "true", true),
        arguments(BOOLEAN, "FALSE", false),
        arguments(ENUM, "HIGH", Level.HIGH),
        arguments(ENUM, "middle", Level.MIDDLE),
        arguments(TEXT, "", ""),
        arguments(TEXT, " a ", " a "),
        arguments(MILLIS, "0", 0L),
        arguments(MILLIS, "250", 250L),
        arguments(MILLIS, "300ms", 300L),
        arguments(MILLIS, "5s", 5_000L),
        arguments(MILLIS, "5 s", 5_000L),
        arguments(MILLIS, "2M", 120_000L),
        arguments(MILLIS, "1h", 3_600_000L),
        arguments(MILLIS, "1d", 86_400_000L),
        arguments(SIZE, "64", 64),
        arguments(SIZE, "64MiB", 64),
        arguments(SIZE, "64mib", 64),
        arguments(SIZE, "1GiB", 1024),
        arguments(SIZE, "2048KiB", 2),
        arguments(SIZE, "1048576B", 1),
        arguments(SIZE, "1048576KB", 1000));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("valid")
  void a_value_is_read(StoreOption<?> option, String text, Object value) {
    assertThat((Object) option.parse(text)).isEqualTo(value);
  }

  static Stream<Arguments> invalid() {
    String time = "must be a time such as 300ms, 5s, 2m, 1h or 7d";
    String size = "must be a size such as 64MiB or 1GiB";
    return Stream.of(
        arguments(INT, "-2", "must be between -1 and 10"),
        arguments(INT, "11", "must be between -1 and 10"),
        arguments(INT, "4294967297", "must be between -1 and 10"),
        arguments(INT, "99999999999999999999", "must be between -1 and 10"),
        arguments(INT, "", "must be a whole number"),
        arguments(INT, "1.0", "must be a whole number"),
        arguments(INT, "+1", "must be a whole number"),
        arguments(INT, " 1", "must be a whole number"),
        arguments(INT, "\u0663", "must be a whole number"),
        arguments(LONG, "9223372036854775808", "must be between 0 and 9223372036854775807"),
        arguments(DOUBLE, "0.99", "must be between 1.0 and 10.0"),
        arguments(DOUBLE, "10.01", "must be between 1.0 and 10.0"),
        arguments(DOUBLE, "NaN", "must be a number such as 1.5"),
        arguments(DOUBLE, "2d", "must be a number such as 1.5"),
        arguments(DOUBLE, "", "must be a number such as 1.5"),
        arguments(BOOLEAN, "yes", "must be true or false"),
        arguments(BOOLEAN, "", "must be true or false"),
        arguments(ENUM, "low", "must be one of HIGH, MIDDLE"),
        arguments(MILLIS, "", time),
        arguments(MILLIS, "-5s", time),
        arguments(MILLIS, "1.5s", time),
        arguments(MILLIS, "s", time),
        arguments(MILLIS, "5s3", time),
        arguments(MILLIS, "5w", "has an unknown unit (ms, s, m, h, d)"),
        arguments(MILLIS, "5MiB", "has an unknown unit (ms, s, m, h, d)"),
        arguments(MILLIS, "2d", "must be between 0 and 86400000"),
        arguments(ANY_MILLIS, "9223372036854775807d", "must be between 0 and 9223372036854775807"),
        arguments(ANY_MILLIS, "999999999999999999999", "must be between 0 and 9223372036854775807"),
        arguments(SIZE, "x", size),
        arguments(SIZE, "5s", "has an unknown unit (B, KB, MB, GB, KiB, MiB, GiB)"),
        arguments(SIZE, "64M", "has an unknown unit (B, KB, MB, GB, KiB, MiB, GiB)"),
        arguments(SIZE, "1MB", "must be a whole number of MiB"),
        arguments(SIZE, "512KiB", "must be a whole number of MiB"),
        arguments(SIZE, "0", "must be between 1 and 2147483647"),
        arguments(SIZE, "4194304GiB", "must be between 1 and 2147483647"));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("invalid")
  void a_wrong_value_is_refused_with_what_is_right(
      StoreOption<?> option, String text, String reason) {
    assertThatThrownBy(() -> option.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option '%s' %s: '%s'", option.name(), reason, text)
        .hasNoCause();
  }

  @Test
  void a_secret_value_is_in_no_message() {
    StoreOption<Integer> secret = StoreOption.ofInt("tokenNumber", 0, 0, 9, "A token.").asSecret();

    assertThat(secret.isSecret()).isTrue();
    assertThatThrownBy(() -> secret.parse("hunter2"))
        .hasMessage("option 'tokenNumber' must be a whole number: ***")
        .hasNoCause();
  }

  @Test
  void a_secret_option_must_have_a_name_that_a_uri_knows_to_hide() {
    assertThatThrownBy(() -> StoreOption.ofString("phrase", null, "A phrase.").asSecret())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a secret option's name must say so: phrase");
  }

  @Test
  void a_value_that_did_not_come_from_a_uri_is_checked_alike() {
    assertThat(INT.check(7)).isEqualTo(7);
    assertThatThrownBy(() -> INT.check(11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option 'count' must be between -1 and 10: '11'");
  }

  static Stream<Arguments> described() {
    return Stream.of(
        arguments(INT, "whole number, -1 to 10", "3"),
        arguments(LONG, "whole number, at least 0", "0"),
        arguments(DOUBLE, "number, 1.0 to 10.0", "1.5"),
        arguments(BOOLEAN, "true or false", "true"),
        arguments(ENUM, "one of HIGH, MIDDLE", "HIGH"),
        arguments(TEXT, "text", null),
        arguments(MILLIS, "milliseconds, or with a unit such as 5s, 0 to 86400000", "250"),
        arguments(SIZE, "MiB, or with a unit such as 1GiB, at least 1", "64"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("described")
  void an_option_describes_its_values_and_default(
      StoreOption<?> option, String type, String defaultText) {
    assertThat(option.type()).isEqualTo(type);
    assertThat(option.defaultText()).isEqualTo(defaultText);
    assertThat(option.isSecret()).isFalse();
  }

  @Test
  void a_formatted_value_is_read_back() {
    assertThat(ENUM.parse(ENUM.format(Level.MIDDLE))).isEqualTo(Level.MIDDLE);
    assertThat(MILLIS.parse(MILLIS.format(1_500L))).isEqualTo(1_500L);
    assertThat(SIZE.parse(SIZE.format(3))).isEqualTo(3);
    assertThat(BOOLEAN.parse(BOOLEAN.format(false))).isFalse();
  }
}
