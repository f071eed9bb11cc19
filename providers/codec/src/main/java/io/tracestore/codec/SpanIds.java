package io.tracestore.codec;

import java.util.HexFormat;
import java.util.UUID;

/**
 * Span ids in the binary form: those that are lower-case hexadecimal or UUIDs take half the bytes.
 */
final class SpanIds {
  static final int EMPTY = 0;
  static final int TEXT = 1;
  static final int HEX_64 = 2;
  static final int HEX_128 = 3;
  static final int UUID_TEXT = 4;

  private static final int NO_DIGIT = 0x10;
  private static final byte[] DIGITS = digits();

  private SpanIds() {}

  /** The form of {@code spanId}. */
  static int formOf(String spanId) {
    return switch (spanId.length()) {
      case 0 -> EMPTY;
      case 16 -> isHex(spanId, 0, 16) ? HEX_64 : TEXT;
      case 32 -> isHex(spanId, 0, 32) ? HEX_128 : TEXT;
      case 36 -> isUuid(spanId) ? UUID_TEXT : TEXT;
      default -> TEXT;
    };
  }

  static void write(BinaryOutput out, int form, String spanId) {
    switch (form) {
      case EMPTY -> {}
      case TEXT -> out.text(spanId);
      case HEX_64 -> out.i64(hex(spanId, 0, 16));
      case HEX_128 -> {
        out.i64(hex(spanId, 0, 16));
        out.i64(hex(spanId, 16, 32));
      }
      case UUID_TEXT -> {
        long high = hex(spanId, 0, 8) << 32 | hex(spanId, 9, 13) << 16 | hex(spanId, 14, 18);
        out.i64(high);
        out.i64(hex(spanId, 19, 23) << 48 | hex(spanId, 24, 36));
      }
      default -> throw new IllegalArgumentException("no form of a span id: " + form);
    }
  }

  static String read(BinaryInput in, int form) {
    return switch (form) {
      case EMPTY -> "";
      case TEXT -> in.text();
      case HEX_64 -> HexFormat.of().toHexDigits(in.i64());
      case HEX_128 -> {
        String high = HexFormat.of().toHexDigits(in.i64());
        yield high + HexFormat.of().toHexDigits(in.i64());
      }
      case UUID_TEXT -> {
        UUID uuid = in.uuid();
        yield uuid.toString();
      }
      default -> throw in.corrupt("no form of a span id: " + form);
    };
  }

  private static boolean isUuid(String text) {
    return text.charAt(8) == '-'
        && text.charAt(13) == '-'
        && text.charAt(18) == '-'
        && text.charAt(23) == '-'
        && isHex(text, 0, 8)
        && isHex(text, 9, 13)
        && isHex(text, 14, 18)
        && isHex(text, 19, 23)
        && isHex(text, 24, 36);
  }

  private static boolean isHex(String text, int from, int to) {
    int all = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      all |= c < DIGITS.length ? DIGITS[c] : NO_DIGIT;
    }
    return (all & NO_DIGIT) == 0;
  }

  private static long hex(String text, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value << 4 | DIGITS[text.charAt(i)];
    }
    return value;
  }

  private static byte[] digits() {
    byte[] digits = new byte['f' + 1];
    java.util.Arrays.fill(digits, (byte) NO_DIGIT);
    for (int i = 0; i < 16; i++) {
      digits[Character.forDigit(i, 16)] = (byte) i;
    }
    return digits;
  }
}
