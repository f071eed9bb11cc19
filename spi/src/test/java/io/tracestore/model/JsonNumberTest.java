package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.JsonValue.JsonNumber;
import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A number has one spelling, however it was written, and loses nothing. */
class JsonNumberTest {
  @ParameterizedTest(name = "{0} is spelled {1}")
  @CsvSource({
    "0, 0",
    "-0, -0",
    "7, 7",
    "-12, -12",
    "18446744073709551615, 18446744073709551615",
    "0.0, 0.0",
    "-0.0, -0.0",
    "-0e5, -0.0",
    "0.000, 0.0",
    "0e999999999, 0.0",
    "1.0, 1.0",
    "1.50, 1.5",
    "1e0, 1.0",
    "1E1, 10.0",
    "12e-1, 1.2",
    "-12.5e1, -125.0",
    "1e21, 1e21",
    "1.0E+21, 1e21",
    "1.0E21, 1e21",
    "1000000000000000000000.0, 1e21",
    "10e20, 1e21",
    "1e15, 1000000000000000.0",
    "1e16, 1e16",
    "0.00001, 0.00001",
    "0.000001, 1e-6",
    "123456.789e3, 123456789.0",
    "1.7976931348623157E308, 1.7976931348623157e308",
    "4.9E-324, 4.9e-324",
    "1e999999999, 1e999999999",
    "1e-999999999, 1e-999999999"
  })
  void every_way_to_write_a_number_gives_one_spelling(String literal, String canonical) {
    assertThat(new JsonNumber(literal).literal()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "1.e5",
        "1e",
        "1e+",
        "1e-",
        "1ee5",
        "1e5.0",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "1_000",
        "1,5",
        " 1",
        "1 ",
        "1f",
        "1d",
        "--1",
        "\u0661",
        "1\u0660",
        "1.\u0660",
        "1e\u0660"
      })
  void what_json_does_not_allow_is_refused(String literal) {
    assertThatThrownBy(() -> new JsonNumber(literal))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a JSON number: '" + literal + "'");
  }

  @Test
  void a_refused_text_is_shown_only_in_part() {
    assertThatThrownBy(() -> new JsonNumber("x".repeat(41)))
        .hasMessage("not a JSON number: '" + "x".repeat(40) + "...'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e1000000000",
        "1e-1000000000",
        "1e99999999999999999999",
        "0e1000000000",
        "10e999999999",
        "0.1e-999999999",
        "123.4e999999999"
      })
  void an_exponent_beyond_the_bound_is_refused(String literal) {
    assertThatThrownBy(() -> new JsonNumber(literal))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a JSON number's exponent is beyond 999999999: '" + literal + "'");
  }

  @Test
  void whole_numbers_differ_from_numbers_with_a_fraction() {
    assertThat(new JsonNumber("1")).isNotEqualTo(new JsonNumber("1.0"));
    assertThat(new JsonNumber("1").isWhole()).isTrue();
    assertThat(new JsonNumber("1.0").isWhole()).isFalse();
    assertThat(new JsonNumber("1e21").isWhole()).isFalse();
  }

  @Test
  void negative_zeros_are_kept() {
    assertThat(JsonNumber.of(-0.0).literal()).isEqualTo("-0.0");
    assertThat(JsonNumber.of(-0.0).toDouble()).isEqualTo(-0.0);
    assertThat(JsonNumber.of(-0.0)).isNotEqualTo(JsonNumber.of(0.0));
    assertThat(new JsonNumber("-0")).isNotEqualTo(new JsonNumber("0"));
    assertThat(new JsonNumber("-0.0").toBigDecimal()).isEqualByComparingTo(BigDecimal.ZERO);
  }

  @Test
  void three_hundred_digits_are_kept() {
    String digits = "1234567890".repeat(30);

    assertThat(new JsonNumber(digits).literal()).isEqualTo(digits);
    assertThat(new JsonNumber("0." + digits).toBigDecimal())
        .isEqualByComparingTo(new BigDecimal("0." + digits));
  }

  @Test
  void a_number_of_the_maximal_length_is_taken() {
    String digits = "7".repeat(JsonNumber.MAX_LENGTH);

    assertThat(new JsonNumber(digits).literal()).isEqualTo(digits);
  }

  @Test
  void a_number_that_is_too_long_is_refused() {
    assertThatThrownBy(() -> new JsonNumber("7".repeat(1001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a JSON number is longer than 1000 characters: 1001");
  }

  @Test
  void a_number_whose_spelling_would_be_too_long_to_read_back_is_refused() {
    assertThatThrownBy(() -> new JsonNumber("7".repeat(998) + "e9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a JSON number is longer than 1000 characters: 1004");
  }

  @Test
  void numbers_of_java_are_taken_exactly() {
    assertThat(JsonNumber.of(Long.MIN_VALUE).literal()).isEqualTo("-9223372036854775808");
    assertThat(JsonNumber.of(BigInteger.TWO.pow(64)).literal()).isEqualTo("18446744073709551616");
    assertThat(JsonNumber.of(1e21).literal()).isEqualTo("1e21");
    assertThat(JsonNumber.of(0.1).literal()).isEqualTo("0.1");
    assertThat(JsonNumber.of(new BigDecimal("12")).literal()).isEqualTo("12");
    assertThat(JsonNumber.of(new BigDecimal("12.00")).literal()).isEqualTo("12.0");
    assertThat(JsonNumber.of(new BigDecimal("12E+3")).literal()).isEqualTo("12000.0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void doubles_that_json_cannot_write_are_refused(double value) {
    assertThatThrownBy(() -> JsonNumber.of(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a JSON number must be finite: " + value);
  }

  @Property
  void a_spelling_has_the_value_of_what_was_written(@ForAll("literals") String literal) {
    assertThat(new JsonNumber(literal).toBigDecimal())
        .isEqualByComparingTo(new BigDecimal(literal));
  }

  @Property
  void a_spelling_is_spelled_like_itself(@ForAll("literals") String literal) {
    JsonNumber number = new JsonNumber(literal);

    assertThat(new JsonNumber(number.literal())).isEqualTo(number);
  }

  @Property
  void equal_values_written_with_a_fraction_have_one_spelling(
      @ForAll("literals") String literal, @ForAll("zeros") int zeros) {
    JsonNumber number = new JsonNumber(literal);
    if (!number.isWhole()) {
      BigDecimal value = number.toBigDecimal();
      String sign = number.literal().startsWith("-") && value.signum() == 0 ? "-" : "";
      String other = sign + value.setScale(value.scale() + zeros).unscaledValue();

      assertThat(new JsonNumber(other + "e" + -(value.scale() + zeros))).isEqualTo(number);
    }
  }

  @Property
  void a_double_comes_back_to_the_bit(@ForAll double value) {
    if (Double.isFinite(value)) {
      assertThat(Double.doubleToRawLongBits(JsonNumber.of(value).toDouble()))
          .isEqualTo(Double.doubleToRawLongBits(value));
    }
  }

  @Property
  void a_long_comes_back(@ForAll long value) {
    assertThat(JsonNumber.of(value).toBigDecimal().longValueExact()).isEqualTo(value);
  }

  @Provide
  Arbitrary<Integer> zeros() {
    return Arbitraries.integers().between(0, 20);
  }

  @Provide
  Arbitrary<String> literals() {
    Arbitrary<String> sign = Arbitraries.of("", "-");
    Arbitrary<String> whole =
        Arbitraries.oneOf(
            Arbitraries.just("0"),
            Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(40).map(d -> "1" + d));
    Arbitrary<String> fraction =
        Arbitraries.oneOf(
            Arbitraries.just(""),
            Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(40).map(d -> "." + d));
    Arbitrary<String> exponent =
        Arbitraries.oneOf(
            Arbitraries.just(""),
            Combinators.combine(
                    Arbitraries.of("e", "E"),
                    Arbitraries.of("", "+", "-"),
                    Arbitraries.integers().between(0, 400))
                .as((mark, exponentSign, value) -> mark + exponentSign + value));
    return Combinators.combine(sign, whole, fraction, exponent).as((s, w, f, e) -> s + w + f + e);
  }
}
