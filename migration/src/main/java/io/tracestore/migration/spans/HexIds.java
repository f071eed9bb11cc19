package io.tracestore.migration.spans;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ids of traces and spans as hexadecimal digits, in one spelling. */
public final class HexIds {
  private static final String NO_UPPER_HALF = "0".repeat(16);

  private HexIds() {}

  /**
   * A trace id: 32 digits, or 16 if the upper half is zero.
   *
   * @throws IllegalArgumentException if {@code text} is none
   */
  public static String traceId(String field, String text) {
    String hex = hex(field, text, 32);
    String padded = "0".repeat((hex.length() <= 16 ? 16 : 32) - hex.length()) + hex;
    return padded.length() == 32 && padded.startsWith(NO_UPPER_HALF)
        ? padded.substring(16)
        : padded;
  }

  /**
   * A span id: 16 digits.
   *
   * @throws IllegalArgumentException if {@code text} is none
   */
  public static String spanId(String field, String text) {
    String hex = hex(field, text, 16);
    return "0".repeat(16 - hex.length()) + hex;
  }

  /**
   * The id of a parent: null where there is none, which some exporters write as zeros.
   *
   * @throws IllegalArgumentException if {@code text} is no id
   */
  public static @Nullable String parentId(String field, @Nullable String text) {
    return text == null || isZeros(text) ? null : spanId(field, text);
  }

  /**
   * {@code text} in hexadecimal digits, if it is {@code bytes} bytes in base64: the spelling of
   * protobuf's own JSON mapping, which OTLP replaces by hexadecimal digits. Any other text as it
   * is.
   */
  public static String fromBase64(String text, int bytes) {
    boolean hasLength = text.length() == (bytes + 2) / 3 * 4;
    if (!hasLength || !text.endsWith("=")) {
      return text;
    }
    try {
      return HexFormat.of().formatHex(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return text; // neither; reported as what it should be
    }
  }

  private static String hex(String field, String text, int maxDigits) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.isEmpty()
        || lower.length() > maxDigits
        || !lower.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException(
          "field '%s' must be 1 to %d hexadecimal digits: '%s'"
              .formatted(
                  field, maxDigits, text.length() <= 40 ? text : text.substring(0, 40) + "..."));
    }
    if (isZeros(lower)) {
      throw new IllegalArgumentException("field '%s' must not be zero".formatted(field));
    }
    return lower;
  }

  private static boolean isZeros(String text) {
    return !text.isEmpty() && text.chars().allMatch(digit -> digit == '0');
  }
}
