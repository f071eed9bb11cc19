package io.tracestore.migration.spans;

import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonNull;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object in a file of spans, each asked for by its kind; what was never asked for
 * is left over. A field that is null is absent. Not safe for several threads.
 *
 * <p>Every method throws {@link IllegalArgumentException} that names the field, if it is of another
 * kind.
 */
public final class Fields {
  private static final int MAX_DIGITS = 40;
  private static final int LONG_DIGITS = 19;

  private final Map<String, JsonValue> members;
  private final Supplier<String> path;
  private final Collection<String> asked = new ArrayList<>();

  /**
   * @param path what stands before the name of a field in errors, such as {@code events[2].}
   */
  public Fields(Map<String, JsonValue> members, String path) {
    this(members, () -> path);
  }

  private Fields(Map<String, JsonValue> members, Supplier<String> path) {
    this.members = members;
    this.path = path;
  }

  /** The fields of {@code value}, which {@code path} names. */
  public static Fields of(JsonValue value, String path) {
    return of(value, () -> path);
  }

  /**
   * The fields of {@code value}.
   *
   * @param path names it; asked for an error alone
   */
  public static Fields of(JsonValue value, Supplier<String> path) {
    if (value instanceof JsonObject object) {
      return new Fields(object.members(), () -> path.get() + ".");
    }
    throw wrong(path.get(), "an object", value);
  }

  private static IllegalArgumentException wrong(String field, String what, JsonValue value) {
    String found =
        switch (value) {
          case JsonString text -> "a text";
          case JsonNumber number -> number.literal();
          case JsonValue.JsonBoolean b -> String.valueOf(b.value());
          case JsonArray list -> "a list";
          case JsonObject object -> "an object";
          case JsonNull nothing -> "null";
        };
    return new IllegalArgumentException(
        "field '%s' must be %s, not %s".formatted(field, what, found));
  }

  /** The path of a field in error messages. */
  public String pathOf(String name) {
    return path.get() + name;
  }

  /** The value of a field; null if it is absent. */
  public @Nullable JsonValue value(String name) {
    asked.add(name);
    JsonValue value = members.get(name);
    return value instanceof JsonNull ? null : value;
  }

  /** A text; null if it is absent or empty. */
  public @Nullable String text(String name) {
    return switch (value(name)) {
      case null -> null;
      case JsonString text -> text.value().isEmpty() ? null : text.value();
      case JsonValue other -> throw wrong(pathOf(name), "a text", other);
    };
  }

  /** A text that must be there and not be empty. */
  public String requiredText(String name) {
    String text = text(name);
    if (text == null) {
      throw new IllegalArgumentException("field '%s' is missing".formatted(pathOf(name)));
    }
    return text;
  }

  /**
   * A whole number from 0 to 2<sup>63</sup>-1, as a number or as a text of digits; null if it is
   * absent.
   */
  public @Nullable Long whole(String name) {
    JsonValue value = value(name);
    String digits =
        switch (value) {
          case null -> null;
          case JsonNumber number -> number.literal();
          case JsonString text -> text.value();
          case JsonValue other -> throw wrong(pathOf(name), "a whole number", other);
        };
    if (digits == null) {
      return null;
    }
    try {
      long number = exact(digits);
      if (number >= 0) {
        return number;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "field '%s' must be a whole number from 0 to %d: %s"
            .formatted(pathOf(name), Long.MAX_VALUE, shortened(digits)));
  }

  /**
   * A time in whole units since the epoch, as a number or as a text of digits; null if it is absent
   * or none that a trace can hold.
   */
  public @Nullable Long time(String name) {
    JsonValue value = value(name);
    String digits =
        switch (value) {
          case JsonNumber number -> number.literal();
          case JsonString text -> text.value();
          case null, default -> "";
        };
    try {
      long number = exact(digits);
      return number < 0 ? null : (Long) number;
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  /**
   * A whole number in any spelling of JSON, as protobuf's own reader takes it: 5, 5.0, 5e0.
   *
   * @throws ArithmeticException if it is none of 64 bits
   * @throws NumberFormatException if it is no number
   */
  public static long exact(String literal) {
    if (literal.length() > MAX_DIGITS) {
      throw new NumberFormatException(literal);
    }
    return isDigits(literal) ? Long.parseLong(literal) : new BigDecimal(literal).longValueExact();
  }

  /** Whether {@code text} is digits alone, no more than a long has. */
  private static boolean isDigits(String text) {
    return !text.isEmpty()
        && text.length() <= LONG_DIGITS
        && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  /** A list; empty if it is absent. */
  public List<JsonValue> list(String name) {
    return switch (value(name)) {
      case null -> List.of();
      case JsonArray list -> list.elements();
      case JsonValue other -> throw wrong(pathOf(name), "a list", other);
    };
  }

  /** The fields of an object; null if it is absent. */
  public @Nullable Fields object(String name) {
    JsonValue value = value(name);
    return value == null ? null : of(value, () -> pathOf(name));
  }

  /** The members that no call has asked for. */
  public Map<String, JsonValue> others() {
    Map<String, JsonValue> others = new TreeMap<>();
    members.forEach((name, value) -> {
      if (!asked.contains(name)) {
        others.put(name, value);
      }
    });
    return others;
  }

  /** {@link #others()}; null if there are none. */
  public @Nullable Map<String, JsonValue> othersIfAny() {
    Map<String, JsonValue> others = others();
    return others.isEmpty() ? null : others;
  }
}
