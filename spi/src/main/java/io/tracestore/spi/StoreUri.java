package io.tracestore.spi;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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
 * <p>{@link #toString()} never shows a password: neither one in front of an {@code @} nor the value
 * of an option whose name {@linkplain #isSecretName says} that it is secret.
 */
public final class StoreUri {
  private static final Pattern SCHEME = Pattern.compile("(jdbc:)?[a-z][a-z0-9+.-]*");
  private static final String SECRET_NAME =
      "[^?&=]*(?i:passw|pwd|secret|token|credential|apikey|sslkey|accesskey|privatekey)[^?&=]*";
  private static final Pattern SECRET_NAME_PATTERN = Pattern.compile(SECRET_NAME);
  private static final Pattern SECRET_OPTION = Pattern.compile("([?&]" + SECRET_NAME + "=)[^&]*");
  private static final Pattern SECRET_USER_INFO = Pattern.compile("(//[^/@:?]*:).*@");
  private static final String HIDDEN = "***";

  private final String text;
  private final String shown;
  private final String scheme;
  private final String rawBody;
  private final Map<String, String> options;

  private StoreUri(String text, String shown) {
    this.text = text;
    this.shown = shown;
    int schemeEnd = schemeEnd(text);
    if (schemeEnd < 0 || !SCHEME.matcher(text.substring(0, schemeEnd)).matches()) {
      throw invalid("a store's URI is scheme:body?option=value, such as sqlite:traces.db", null);
    }
    this.scheme = text.substring(0, schemeEnd);
    int question = text.indexOf('?', schemeEnd);
    this.rawBody = text.substring(schemeEnd + 1, question < 0 ? text.length() : question);
    decode(rawBody, "the part behind '" + scheme + ":'");
    this.options =
        question < 0
            ? Map.of()
            : Collections.unmodifiableMap(parseOptions(text.substring(question + 1)));
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
    return parse(scheme + ":" + rawBody).with(options, "&%$");
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

  private StoreUri with(Map<String, String> more, String special) {
    StringBuilder longer = new StringBuilder(text);
    char separator = text.indexOf('?') < 0 ? '?' : '&';
    for (Map.Entry<String, String> option : more.entrySet()) {
      longer
          .append(separator)
          .append(encode(option.getKey(), "=&%?"))
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

  /** What stands between the scheme and the options, percent escapes and all. */
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
    return SECRET_NAME_PATTERN.matcher(optionName).matches();
  }

  /** {@code text} with every password hidden, whether it is a URI or not. */
  public static String redact(String text) {
    String withoutUserInfo = SECRET_USER_INFO.matcher(text).replaceAll("$1" + HIDDEN + "@");
    return SECRET_OPTION.matcher(withoutUserInfo).replaceAll("$1" + HIDDEN);
  }

  /** {@code text} as it can stand in a URI's body or option: all but letters and digits escaped. */
  public static String percentEncode(String text) {
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
        throw invalid("an option is written name=value", null);
      }
      String name = decode(pair.substring(0, equals), "an option's name");
      String value = decode(pair.substring(equals + 1), "option '" + name + "'");
      if (parsed.putIfAbsent(name, value) != null) {
        throw invalid("option '" + name + "' is given twice", null);
      }
    }
    return parsed;
  }

  private StoreConfigurationException invalid(String why, @Nullable Throwable cause) {
    return new StoreConfigurationException(why + ": '" + shown + "'", cause);
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

  /** Escapes only what would end the value or be decoded, so that URIs stay readable. */
  private static String encode(String text, String special) {
    StringBuilder encoded = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      String c = text.substring(i, i + 1);
      encoded.append(special.contains(c) ? percentEncode(c) : c);
    }
    return encoded.toString();
  }
}
