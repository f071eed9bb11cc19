package io.tracestore.model;

import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Conversions and checks that {@link JsonValue} uses. */
final class JsonValues {
  /** Beyond it a number cannot be computed with: the bound of {@link BigDecimal}'s scale. */
  private static final long MAX_EXPONENT = 999_999_999;

  /**
   * A number is written without an exponent if its decimal point is at most this many places from
   * its digits.
   */
  private static final int PLAIN_LOW = -5;

  private static final int PLAIN_HIGH = 16;

  private JsonValues() {}

  static JsonValue convert(@Nullable Object value, int depth) {
    return switch (value) {
      case null -> JsonValue.NULL;
      case JsonValue json -> json;
      case Boolean b -> new JsonBoolean(b);
      case CharSequence text -> new JsonString(text.toString());
      case Double d -> JsonNumber.of(d.doubleValue());
      case Float f -> JsonNumber.of(Double.parseDouble(f.toString()));
      case BigDecimal d -> JsonNumber.of(d);
      case BigInteger i -> JsonNumber.of(i);
      case Long n -> JsonNumber.of(n.longValue());
      case Integer n -> JsonNumber.of(n.longValue());
      case Short n -> JsonNumber.of(n.longValue());
      case Byte n -> JsonNumber.of(n.longValue());
      case Iterable<?> elements -> {
        refuseTooDeep(depth);
        List<JsonValue> list = new ArrayList<>();
        for (Object element : elements) {
          list.add(convert(element, depth - 1));
        }
        yield new JsonArray(list);
      }
      case Map<?, ?> members -> {
        refuseTooDeep(depth);
        Map<String, JsonValue> map = new LinkedHashMap<>();
        members.forEach((key, member) -> map.put(memberName(key), convert(member, depth - 1)));
        yield new JsonObject(map);
      }
      default -> throw new IllegalArgumentException("no JSON value: " + value.getClass().getName());
    };
  }

  private static String memberName(@Nullable Object key) {
    if (key instanceof String name) {
      return name;
    }
    throw new IllegalArgumentException("a JSON object's names are strings: " + key);
  }

  /** Refuses values in which arrays and objects are nested deeper than {@code depth}. */
  static void checkDepth(JsonValue value, int depth) {
    switch (value) {
      case JsonArray array -> {
        refuseTooDeep(depth);
        array.elements().forEach(element -> checkDepth(element, depth - 1));
      }
      case JsonObject object -> {
        refuseTooDeep(depth);
        object.members().values().forEach(member -> checkDepth(member, depth - 1));
      }
      default -> {}
    }
  }

  private static void refuseTooDeep(int depth) {
    if (depth <= 0) {
      throw new IllegalArgumentException(
          "a JSON value is nested deeper than " + JsonValue.MAX_DEPTH);
    }
  }

  static boolean isWhole(String canonical) {
    return canonical.indexOf('.') < 0 && canonical.indexOf('e') < 0;
  }

  /** Checks {@code literal} against JSON's grammar (RFC 8259, section 6) and respells it. */
  static String canonicalNumber(String literal) {
    refuseTooLong(literal);
    int signEnd = literal.startsWith("-") ? 1 : 0;
    int wholeEnd = digitsEnd(literal, signEnd);
    boolean leadingZero = wholeEnd - signEnd > 1 && literal.charAt(signEnd) == '0';
    if (wholeEnd == signEnd || leadingZero) {
      throw notANumber(literal);
    }
    if (wholeEnd == literal.length()) {
      return literal;
    }
    int fractionEnd = wholeEnd;
    if (literal.charAt(wholeEnd) == '.') {
      fractionEnd = digitsEnd(literal, wholeEnd + 1);
      if (fractionEnd == wholeEnd + 1) {
        throw notANumber(literal);
      }
    }
    String fraction = fractionEnd == wholeEnd ? "" : literal.substring(wholeEnd + 1, fractionEnd);
    long exponent = fractionEnd == literal.length() ? 0 : exponent(literal, fractionEnd);
    String digits = literal.substring(signEnd, wholeEnd) + fraction;
    String canonical =
        literal.substring(0, signEnd) + spell(literal, digits, exponent - fraction.length());
    refuseTooLong(canonical);
    return canonical;
  }

  private static void refuseTooLong(String number) {
    if (number.length() > JsonNumber.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a JSON number is longer than %d characters: %d"
              .formatted(JsonNumber.MAX_LENGTH, number.length()));
    }
  }

  private static long exponent(String literal, int at) {
    char mark = literal.charAt(at);
    int from = at + 1;
    if (from < literal.length() && (literal.charAt(from) == '+' || literal.charAt(from) == '-')) {
      from++;
    }
    if ((mark != 'e' && mark != 'E')
        || from == literal.length()
        || digitsEnd(literal, from) != literal.length()) {
      throw notANumber(literal);
    }
    BigInteger exponent = new BigInteger(literal.substring(from));
    if (exponent.bitLength() > 31 || exponent.longValue() > MAX_EXPONENT) {
      throw exponentTooLarge(literal);
    }
    return literal.charAt(from - 1) == '-' ? -exponent.longValue() : exponent.longValue();
  }

  /** Writes {@code digits} x 10^{@code exponent} with a fraction or an exponent, never as whole. */
  private static String spell(String literal, String digits, long exponent) {
    int from = 0;
    while (from < digits.length() && digits.charAt(from) == '0') {
      from++;
    }
    int to = digits.length();
    while (to > from && digits.charAt(to - 1) == '0') {
      to--;
    }
    String significant = digits.substring(from, to);
    if (significant.isEmpty()) {
      return "0.0";
    }
    long pointAt = digits.length() - from + exponent; // digits before the decimal point
    if (pointAt > PLAIN_LOW && pointAt <= PLAIN_HIGH) {
      return plain(significant, (int) pointAt);
    }
    if (Math.abs(pointAt - 1) > MAX_EXPONENT) {
      throw exponentTooLarge(literal);
    }
    String rest = significant.substring(1);
    return significant.charAt(0) + (rest.isEmpty() ? "" : "." + rest) + "e" + (pointAt - 1);
  }

  private static String plain(String significant, int pointAt) {
    if (pointAt <= 0) {
      return "0." + "0".repeat(-pointAt) + significant;
    }
    if (pointAt >= significant.length()) {
      return significant + "0".repeat(pointAt - significant.length()) + ".0";
    }
    return significant.substring(0, pointAt) + "." + significant.substring(pointAt);
  }

  private static int digitsEnd(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  private static IllegalArgumentException exponentTooLarge(String literal) {
    return new IllegalArgumentException(
        "a JSON number's exponent is beyond %d: '%s'".formatted(MAX_EXPONENT, shorten(literal)));
  }

  private static IllegalArgumentException notANumber(String literal) {
    return new IllegalArgumentException("not a JSON number: '" + shorten(literal) + "'");
  }

  private static String shorten(String literal) {
    return literal.length() <= 40 ? literal : literal.substring(0, 40) + "...";
  }
}
