package io.tracestore.spi.config;

import io.tracestore.spi.StoreConfigurationException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The address of a store: {@code scheme:body?option=value&option=value}.
 *
 * <p>Not a {@link java.net.URI}, which refuses {@code mem:} and does not look into {@code
 * sqlite:x?y=1}. The scheme is a letter followed by letters, digits, {@code +}, {@code -} and
 * {@code .}, in lower case, with {@code jdbc:} in front where a provider takes that. The body
 * reaches to the first {@code ?} and belongs to the provider; it may be empty. Percent escapes are
 * UTF-8 and decoded once, in the body by the provider (it may have to split first); {@code +} is a
 * plus.
 *
 * <p>An option's name is made of ASCII letters, digits, {@code .}, {@code _} and {@code -}; it is
 * given once, its value may be empty. Control characters must be escaped.
 *
 * <p>{@link #toString()} never shows a password: neither one in front of an {@code @} nor the value
 * of an option whose name {@linkplain #isSecretName says} that it is secret. Immutable.
 */
public final class StoreUri {
  private static final Pattern SCHEME = Pattern.compile("(jdbc:)?[a-z][a-z0-9+.-]*");
  private static final Pattern OPTION_NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "passw|passphrase|pwd|secret|token|credential|(api|access|private|ssl)[-_.]?key",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern OPTION_START = Pattern.compile("[?&]([^?&=]*)=");
  private static final Pattern USER = Pattern.compile("//[^:]*:");

  /**
   * The scheme and the user; finds the user also where slashes were left out, but not in a path
   * like C:\dir.
   */
  private static final Pattern SCHEME_AND_USER =
      Pattern.compile("(?:jdbc:)?+[A-Za-z][A-Za-z0-9+.-]*+:(?![A-Za-z]:[\\\\/])[^:]*:");

  /** A colon that was forgotten makes the password a user; no such server has users alone. */
  private static final Pattern PASSWORD_ALONE =
      Pattern.compile(
          "(?<![A-Za-z0-9+.-])(?:redis|rediss|valkey|valkeys)(?:-[a-z]+)?+://([^:/?@]*)@");

  private static final String HIDDEN = "***";

  private final String text;
  private final String shown;
  private final String scheme;
  private final String rawBody;
  private final Map<String, String> options;

  private StoreUri(String text, String shown) {
    this.text = text;
    this.shown = shown;
    checkCharacters();
    int schemeEnd = schemeEnd(text);
    if (schemeEnd < 0 || !SCHEME.matcher(text.substring(0, schemeEnd)).matches()) {
      throw invalid("a store's URI is scheme:body?option=value, such as sqlite:traces.db");
    }
    this.scheme = text.substring(0, schemeEnd);
    int question = text.indexOf('?', schemeEnd);
    this.rawBody = text.substring(schemeEnd + 1, question < 0 ? text.length() : question);
    decode(rawBody, "the part after '" + scheme + ":'");
    this.options =
        question < 0
            ? Map.of()
            : Collections.unmodifiableMap(parseOptions(text.substring(question + 1)));
  }

  private void checkCharacters() {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw invalid("a control character is written as a percent escape, such as %0A");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw invalid("a store's URI has an unpaired surrogate");
    }
  }

  /**
   * Parses {@code text}.
   *
   * @throws StoreConfigurationException if it is not a store's URI; it says why and hides passwords
   */
  public static StoreUri parse(String text) {
    return new StoreUri(Objects.requireNonNull(text, "uri"), redact(text));
  }

  /**
   * The URI of a scheme, a body that is already percent-encoded, and options that are not.
   *
   * @throws StoreConfigurationException if they make no URI
   */
  public static StoreUri of(String scheme, String rawBody, Map<String, String> options) {
    StoreUri uri = parse(scheme + ":" + rawBody);
    if (!uri.scheme.equals(scheme) || !uri.rawBody.equals(rawBody)) {
      throw uri.invalid("a scheme has no ':' and a body no '?', which is written %3F");
    }
    return uri.withValues(options);
  }

  /** This URI with more options, not percent-encoded, of which none is a placeholder. */
  StoreUri withValues(Map<String, String> more) {
    return with(more, "&%$");
  }

  /**
   * This URI with more options, not percent-encoded; placeholders in their values stay
   * placeholders.
   *
   * @throws StoreConfigurationException if it has one of them already
   */
  public StoreUri withOptions(Map<String, String> more) {
    return with(more, "&%");
  }

  /**
   * This URI with the options of {@code other} as they stand there, percent escapes and
   * placeholders included.
   *
   * @throws StoreConfigurationException if it has one of them already
   */
  StoreUri withOptionsOf(StoreUri other) {
    int question = other.text.indexOf('?');
    if (question < 0) {
      return this;
    }
    char separator = text.indexOf('?') < 0 ? '?' : '&';
    return parse(text + separator + other.text.substring(question + 1));
  }

  /** This URI without the options of these names. */
  public StoreUri withoutOptions(Set<String> names) {
    return names.stream().noneMatch(options::containsKey)
        ? this
        : new StoreUri(without(text, names), without(shown, names));
  }

  private static String without(String text, Set<String> names) {
    int question = text.indexOf('?');
    if (question < 0) {
      return text;
    }
    String kept =
        Arrays.stream(text.substring(question + 1).split("&"))
            .filter(
                option -> !names.contains(option.substring(0, Math.max(0, option.indexOf('=')))))
            .collect(Collectors.joining("&"));
    return text.substring(0, question) + (kept.isEmpty() ? "" : "?" + kept);
  }

  private StoreUri with(Map<String, String> more, String special) {
    StringBuilder longer = new StringBuilder(text);
    char separator = text.indexOf('?') < 0 ? '?' : '&';
    for (Map.Entry<String, String> option : more.entrySet()) {
      longer
          .append(separator)
          .append(option.getKey())
          .append('=')
          .append(encode(option.getValue(), special));
      separator = '&';
    }
    return parse(longer.toString());
  }

  /**
   * This URI with every match of {@code placeholder} replaced by a value, which is taken as it is,
   * percent signs included. {@link #toString()} of the result still shows the placeholders.
   *
   * @throws StoreConfigurationException if the result is not a URI
   */
  public StoreUri fillIn(Pattern placeholder, Function<MatchResult, String> value) {
    String filled =
        placeholder.matcher(text).replaceAll(match -> percentEncode(value.apply(match)));
    return filled.equals(text) ? this : new StoreUri(filled, shown);
  }

  /** The scheme, in lower case; with {@code jdbc:} if it was given. */
  public String scheme() {
    return scheme;
  }

  /** The text between the scheme and the options, with its percent escapes not decoded. */
  public String rawBody() {
    return rawBody;
  }

  /** The body with its percent escapes decoded. */
  public String body() {
    return decode(rawBody, "the body");
  }

  /** The options, decoded, in the order of the URI. */
  public Map<String, String> options() {
    return options;
  }

  /**
   * Whether an option of that name holds a secret, such as {@code password} or {@code apiToken}.
   */
  public static boolean isSecretName(String optionName) {
    return SECRET_NAME.matcher(optionName).find();
  }

  /**
   * Whether a user without a password, as in {@code redis://name@host}, is taken for a password
   * whose colon was forgotten, and hidden. So it is for Redis, where no user is without one.
   */
  public static boolean isPasswordWithoutUser(String scheme) {
    return PASSWORD_ALONE.matcher(scheme + "://x@").matches();
  }

  /**
   * {@code text} with every password hidden, whether it is a URI or not. If the bounds of a
   * password are not clear, more is hidden rather than less.
   */
  public static String redact(String text) {
    BitSet hidden = new BitSet(text.length());
    int passwordStart = passwordStart(text);
    int passwordEnd = text.lastIndexOf('@');
    if (passwordStart >= 0 && passwordEnd > passwordStart) {
      hidden.set(passwordStart, passwordEnd);
    }
    Matcher alone = PASSWORD_ALONE.matcher(text);
    while (alone.find()) {
      hidden.set(alone.start(1), alone.end(1));
    }
    Matcher option = OPTION_START.matcher(text);
    while (option.find()) {
      // A name that is none may be a secret one in disguise, such as p%61ssword.
      String name = option.group(1);
      if (!OPTION_NAME.matcher(name).matches() || isSecretName(name)) {
        int end = text.indexOf('&', option.end());
        hidden.set(option.end(), end < 0 ? text.length() : end);
      }
    }
    return replace(text, hidden);
  }

  private static int passwordStart(String text) {
    Matcher user = SCHEME_AND_USER.matcher(text);
    if (user.lookingAt()) {
      return user.end();
    }
    user.usePattern(USER);
    return user.find(0) ? user.end() : -1;
  }

  private static String replace(String text, BitSet hidden) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (!hidden.get(i)) {
        shown.append(text.charAt(i));
      } else if (i == 0 || !hidden.get(i - 1)) {
        shown.append(HIDDEN);
      }
    }
    return shown.toString();
  }

  /**
   * {@code text} as it can stand in a URI's body or option: all but ASCII's letters and digits
   * escaped.
   *
   * @throws StoreConfigurationException if it has an unpaired surrogate
   */
  public static String percentEncode(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new StoreConfigurationException("text for a URI has an unpaired surrogate", null);
    }
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  /**
   * {@code text} as a body that stays readable: only what would end it, be decoded or be filled in
   * is escaped. For paths and names.
   */
  public static String encodeBody(String text) {
    return encode(text, "%?$");
  }

  /**
   * {@code text} with its percent escapes decoded as UTF-8.
   *
   * @throws StoreConfigurationException if an escape is not valid; it says in which part
   */
  public static String percentDecode(String text, String part) {
    return decode(text, part);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoreUri that
        && scheme.equals(that.scheme)
        && rawBody.equals(that.rawBody)
        && options.equals(that.options);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, rawBody, options);
  }

  /** The URI as it was given, with passwords hidden and placeholders not filled in. */
  @Override
  public String toString() {
    return shown;
  }

  private static int schemeEnd(String text) {
    return text.indexOf(':', text.startsWith("jdbc:") ? "jdbc:".length() : 0);
  }

  private Map<String, String> parseOptions(String query) {
    Map<String, String> parsed = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw invalid("an option is written name=value");
      }
      String name = pair.substring(0, equals);
      if (!OPTION_NAME.matcher(name).matches()) {
        // Not shown: it may be the rest of a password.
        throw invalid(
            "an option's name is made of letters, digits, '.', '_' and '-'; in a password, '?' is"
                + " written %3F and '&' %26");
      }
      String value = decode(pair.substring(equals + 1), "option '" + name + "'");
      if (parsed.putIfAbsent(name, value) != null) {
        throw invalid("option '" + name + "' is given twice");
      }
    }
    return parsed;
  }

  private StoreConfigurationException invalid(String why) {
    String printable = shown.replaceAll("[\\p{Cntrl}\\x80-\\x9f]", "?");
    return new StoreConfigurationException(why + ": '" + printable + "'", null);
  }

  private static String decode(String text, String part) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.put(bytes[i]);
        continue;
      }
      if (i + 2 >= bytes.length
          || !HexFormat.isHexDigit(bytes[i + 1])
          || !HexFormat.isHexDigit(bytes[i + 2])) {
        throw badEscape(part, null);
      }
      decoded.put(
          (byte)
              ((HexFormat.fromHexDigit(bytes[i + 1]) << 4) | HexFormat.fromHexDigit(bytes[i + 2])));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw badEscape(part, e);
    }
  }

  private static StoreConfigurationException badEscape(String part, @Nullable Throwable cause) {
    return new StoreConfigurationException(
        "%s has an invalid percent escape; write a percent sign as %%25".formatted(part), cause);
  }

  /** Escapes only what would end the value, be decoded or be refused: URIs stay readable. */
  private static String encode(String text, String special) {
    StringBuilder encoded = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escape = special.indexOf(c) >= 0 || Character.isISOControl(c);
      encoded.append(escape ? percentEncode(String.valueOf(c)) : String.valueOf(c));
    }
    return encoded.toString();
  }
}
