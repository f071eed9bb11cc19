package io.tracestore.spi.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One option of a provider's URIs: its name, type, bounds, default and document, declared once; the
 * parsing, the errors, the redaction and the option reference come from it. Immutable.
 *
 * @param <T> the type of its values
 */
public final class StoreOption<T> {
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

  private final String name;
  private final String type;
  private final @Nullable T defaultValue;
  private final String doc;
  private final boolean secret;
  private final Function<String, T> parser;
  private final Function<T, String> formatter;
  private final List<Alias<?, T>> aliases;

  private StoreOption(
      String name,
      String type,
      @Nullable T defaultValue,
      String doc,
      boolean secret,
      Function<String, T> parser,
      Function<T, String> formatter) {
    this(name, type, defaultValue, doc, secret, parser, formatter, List.of());
  }

  private StoreOption(
      String name,
      String type,
      @Nullable T defaultValue,
      String doc,
      boolean secret,
      Function<String, T> parser,
      Function<T, String> formatter,
      List<Alias<?, T>> aliases) {
    this.name = Objects.requireNonNull(name, "name");
    this.type = type;
    this.defaultValue = defaultValue;
    this.doc = Objects.requireNonNull(doc, "doc");
    this.secret = secret;
    this.parser = parser;
    this.formatter = formatter;
    this.aliases = aliases;
  }

  /** A whole number between {@code min} and {@code max}, both included. */
  public static StoreOption<Integer> ofInt(
      String name, int defaultValue, int min, int max, String doc) {
    return new StoreOption<>(
        name,
        range("whole number", min, max),
        defaultValue,
        doc,
        false,
        text -> (int) inRange(Quantities.parseWhole(text), min, max),
        String::valueOf);
  }

  /** A whole number between {@code min} and {@code max}, both included. */
  public static StoreOption<Long> ofLong(
      String name, long defaultValue, long min, long max, String doc) {
    return new StoreOption<>(
        name,
        range("whole number", min, max),
        defaultValue,
        doc,
        false,
        text -> inRange(Quantities.parseWhole(text), min, max),
        String::valueOf);
  }

  /** A number between {@code min} and {@code max}, both included, such as {@code 1.5}. */
  public static StoreOption<Double> ofDouble(
      String name, double defaultValue, double min, double max, String doc) {
    return new StoreOption<>(
        name,
        "number, %s to %s".formatted(min, max),
        defaultValue,
        doc,
        false,
        text -> parseDouble(text, min, max),
        value ->
            Double.isFinite(value) ? new BigDecimal(value.toString()).toPlainString() : "" + value);
  }

  /** {@code true} or {@code false}. */
  public static StoreOption<Boolean> ofBoolean(String name, boolean defaultValue, String doc) {
    return new StoreOption<>(
        name,
        "true or false",
        defaultValue,
        doc,
        false,
        StoreOption::parseBoolean,
        String::valueOf);
  }

  /** One of an enum's constants, in upper or lower case. */
  public static <E extends Enum<E>> StoreOption<E> ofEnum(String name, E defaultValue, String doc) {
    Class<E> type = defaultValue.getDeclaringClass();
    String names =
        Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
    return new StoreOption<>(
        name,
        "one of " + names,
        defaultValue,
        doc,
        false,
        text -> {
          try {
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be one of " + names, e);
          }
        },
        Enum::name);
  }

  /** Any text; null for none by default. */
  public static StoreOption<String> ofString(
      String name, @Nullable String defaultValue, String doc) {
    return new StoreOption<>(
        name, "text", defaultValue, doc, false, Function.identity(), Function.identity());
  }

  /** Texts, each once and none empty, with commas between them; none by default. */
  public static StoreOption<List<String>> ofList(String name, String doc) {
    return new StoreOption<>(
        name,
        "texts, with commas between them",
        List.of(),
        doc,
        false,
        StoreOption::parseList,
        StoreOption::formatList);
  }

  private static List<String> parseList(String text) {
    List<String> texts = text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    if (texts.contains("")) {
      throw new IllegalArgumentException("must not have an empty text");
    }
    return texts.stream().distinct().toList();
  }

  private static String formatList(List<String> texts) {
    if (texts.stream().anyMatch(text -> text.isEmpty() || text.contains(","))) {
      throw new IllegalArgumentException("must have texts without commas, none empty: " + texts);
    }
    return String.join(",", texts);
  }

  /**
   * A time in milliseconds, between {@code min} and {@code max}; a URI may give a unit ({@code
   * 300ms}, {@code 5s}, {@code 2m}, {@code 1h}, {@code 7d}).
   */
  public static StoreOption<Long> ofMillis(
      String name, long defaultValue, long min, long max, String doc) {
    return millis(name, defaultValue, min, max, doc);
  }

  /** A time as above, with no default. */
  public static StoreOption<Long> ofMillis(String name, long min, long max, String doc) {
    return millis(name, null, min, max, doc);
  }

  private static StoreOption<Long> millis(
      String name, @Nullable Long defaultValue, long min, long max, String doc) {
    return new StoreOption<>(
        name,
        range("milliseconds, or with a unit such as 5s", min, max),
        defaultValue,
        doc,
        false,
        text -> inRange(Quantities.parseMillis(text), min, max),
        String::valueOf);
  }

  /**
   * A size in MiB (1048576 bytes), between {@code min} and {@code max}; a URI may give a unit
   * ({@code 64MiB}, {@code 1GiB}).
   */
  public static StoreOption<Integer> ofMebibytes(
      String name, int defaultValue, int min, int max, String doc) {
    return new StoreOption<>(
        name,
        range("MiB, or with a unit such as 1GiB", min, max),
        defaultValue,
        doc,
        false,
        text -> (int) inRange(Quantities.parseMebibytes(text), min, max),
        String::valueOf);
  }

  /**
   * This option with values that are never shown.
   *
   * @throws IllegalArgumentException if {@link StoreUri} would not know it from its name
   */
  public StoreOption<T> asSecret() {
    if (!StoreUri.isSecretName(name)) {
      throw new IllegalArgumentException("a secret option's name must say so: " + name);
    }
    return new StoreOption<>(name, type, defaultValue, doc, true, parser, formatter, aliases);
  }

  /**
   * This option with a second name, which may have another unit.
   *
   * @param alias the second name, with the type and bounds of its values
   * @param meaning the value of this option for one of the alias
   */
  public <A> StoreOption<T> withAlias(StoreOption<A> alias, Function<A, T> meaning) {
    List<Alias<?, T>> more = new ArrayList<>(aliases);
    more.add(new Alias<>(alias, meaning));
    return new StoreOption<>(
        name, type, defaultValue, doc, secret, parser, formatter, List.copyOf(more));
  }

  /** The second names, as options of their own. */
  public List<StoreOption<?>> aliases() {
    return aliases.stream().<StoreOption<?>>map(Alias::option).toList();
  }

  /** The value that {@code text} stands for where it is given by the name of {@code alias}. */
  T parseAs(StoreOption<?> alias, String text) {
    for (Alias<?, T> known : aliases) {
      if (known.option() == alias) {
        return known.parse(text);
      }
    }
    throw new IllegalArgumentException("'%s' is no alias of '%s'".formatted(alias, name));
  }

  private record Alias<A, T>(StoreOption<A> option, Function<A, T> meaning) {
    T parse(String text) {
      return meaning.apply(option.parse(text));
    }
  }

  /** The name in URIs, in camelCase. */
  public String name() {
    return name;
  }

  /** The form of its values in words, for messages and documentation. */
  public String type() {
    return type;
  }

  /** The value where a URI gives none; null if there is none. */
  public @Nullable T defaultValue() {
    return defaultValue;
  }

  /** The default as a URI would give it; null if there is none. */
  public @Nullable String defaultText() {
    return defaultValue == null ? null : formatter.apply(defaultValue);
  }

  /** The effect of the option, in one sentence. */
  public String doc() {
    return doc;
  }

  /** Whether values are never shown. */
  public boolean isSecret() {
    return secret;
  }

  /**
   * The value that {@code text} stands for.
   *
   * @throws IllegalArgumentException if it is not valid; the message names the option and says what
   *     is
   */
  public T parse(String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "option '%s' %s: %s".formatted(name, e.getMessage(), secret ? "***" : "'" + text + "'"));
    }
  }

  /**
   * {@code value}, which did not come from a URI, if it is valid.
   *
   * @throws IllegalArgumentException as {@link #parse} does
   */
  public T check(T value) {
    return parse(format(value));
  }

  /** {@code value} as a URI would give it. */
  public String format(T value) {
    return formatter.apply(value);
  }

  @Override
  public String toString() {
    return name;
  }

  private static String range(String what, long min, long max) {
    return max == Integer.MAX_VALUE || max == Long.MAX_VALUE
        ? "%s, at least %d".formatted(what, min)
        : "%s, %d to %d".formatted(what, min, max);
  }

  private static long inRange(BigInteger value, long min, long max) {
    if (value.compareTo(BigInteger.valueOf(min)) < 0
        || value.compareTo(BigInteger.valueOf(max)) > 0) {
      throw new IllegalArgumentException("must be between %d and %d".formatted(min, max));
    }
    return value.longValue();
  }

  /** Stricter than {@link Double#parseDouble}, which takes {@code NaN}, {@code 1d} and more. */
  private static double parseDouble(String text, double min, double max) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new IllegalArgumentException("must be a number such as 1.5");
    }
    double value = Double.parseDouble(text);
    if (value < min || value > max) {
      throw new IllegalArgumentException("must be between %s and %s".formatted(min, max));
    }
    return value;
  }

  private static boolean parseBoolean(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }
}
