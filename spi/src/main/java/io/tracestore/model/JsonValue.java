package io.tracestore.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Any JSON value, as {@linkplain TraceEventData#customAttributes() custom attributes} hold it.
 * Compared by meaning: an object's order of members does not matter, and of equal numbers the way
 * they were written does not either.
 */
public sealed interface JsonValue {
  /** The greatest depth to which arrays and objects may be nested. */
  int MAX_DEPTH = 500;

  /** JSON's {@code null}. */
  JsonValue NULL = new JsonNull();

  /** The value of {@link #NULL}. */
  record JsonNull() implements JsonValue {}

  /**
   * {@code true} or {@code false}.
   *
   * @param value which
   */
  record JsonBoolean(boolean value) implements JsonValue {}

  /**
   * A text.
   *
   * @param value any text without unpaired surrogates
   */
  record JsonString(String value) implements JsonValue {
    public JsonString {
      Checks.text("string", value);
    }
  }

  /**
   * A list of values.
   *
   * @param elements in order
   */
  record JsonArray(List<JsonValue> elements) implements JsonValue {
    public JsonArray {
      elements = Checks.copy("array", elements);
    }
  }

  /**
   * Named values.
   *
   * @param members they iterate in the order of their names
   */
  record JsonObject(Map<String, JsonValue> members) implements JsonValue {
    public JsonObject {
      members = Checks.sortedCopy("object", members);
    }
  }

  /** {@code true} or {@code false}. */
  static JsonValue of(boolean value) {
    return new JsonBoolean(value);
  }

  /** A whole number. */
  static JsonValue of(long value) {
    return JsonNumber.of(value);
  }

  /**
   * A number with a fraction.
   *
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  static JsonValue of(double value) {
    return JsonNumber.of(value);
  }

  /** A text. */
  static JsonValue of(String value) {
    return new JsonString(value);
  }

  /**
   * The value of a null, {@link JsonValue}, Boolean, CharSequence, Byte, Short, Integer, Long,
   * Float, Double, BigInteger, BigDecimal, Iterable or Map, at any depth up to {@link #MAX_DEPTH}.
   *
   * @throws IllegalArgumentException for any other type, for NaN and infinities, and deeper ones
   */
  static JsonValue from(@Nullable Object value) {
    return JsonValues.convert(value, MAX_DEPTH);
  }

  /**
   * An exact number of any size and precision.
   *
   * <p>Held as text in one canonical spelling, so that {@code 1e21}, {@code 1.0E+21} and {@code
   * 1000000000000000000000.0} are equal. A number written without fraction and exponent is a whole
   * number and differs from one written with ({@code 1} and {@code 1.0}), as Rust's serde_json
   * keeps the two apart; {@code -0.0} and {@code -0} are kept.
   *
   * <p>A text that JSON's grammar does not allow is refused with an {@link
   * IllegalArgumentException}, and so are numbers longer than {@link #MAX_LENGTH} characters or
   * with an exponent beyond 999999999, as given or as respelled.
   *
   * @param literal the number as JSON writes it; {@link #literal()} returns the canonical spelling
   */
  record JsonNumber(String literal) implements JsonValue {
    /** The longest number in characters, both as given and in the canonical spelling. */
    public static final int MAX_LENGTH = 1000;

    public JsonNumber {
      literal = JsonValues.canonicalNumber(Objects.requireNonNull(literal, "literal"));
    }

    /** A whole number. */
    public static JsonNumber of(long value) {
      return new JsonNumber(Long.toString(value));
    }

    /** A whole number. */
    public static JsonNumber of(BigInteger value) {
      return new JsonNumber(value.toString());
    }

    /**
     * A number with a fraction, in the fewest digits that give the same double.
     *
     * @throws IllegalArgumentException if it is NaN or infinite
     */
    public static JsonNumber of(double value) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a JSON number must be finite: " + value);
      }
      return new JsonNumber(Double.toString(value));
    }

    /** A whole number if {@code value} has the scale 0, one with a fraction otherwise. */
    public static JsonNumber of(BigDecimal value) {
      return new JsonNumber(value.toString());
    }

    /** Whether it was written without fraction and exponent. */
    public boolean isWhole() {
      return JsonValues.isWhole(literal);
    }

    /** The exact value; a negative zero becomes zero, as a BigDecimal has no other. */
    public BigDecimal toBigDecimal() {
      return new BigDecimal(literal);
    }

    /** The nearest double; infinite if there is none. */
    public double toDouble() {
      return Double.parseDouble(literal);
    }
  }

  /** A map of names to values, each as {@link #from(Object)} takes it. */
  static JsonValue object(Map<String, ?> members) {
    return from(members);
  }
}
