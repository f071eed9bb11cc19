package io.tracestore.provider.clickhouse.schema;

import java.util.HexFormat;
import java.util.UUID;

/** Span ids as 16 bytes where they are hexadecimal or UUIDs, and as text otherwise. */
public final class SpanId {
  public static final int EMPTY = 0;
  public static final int TEXT = 1;
  public static final int HEX_64 = 2;
  public static final int HEX_128 = 3;
  public static final int UUID_TEXT = 4;

  public static final UUID NONE = new UUID(0, 0);

  private static final int[] DASHES = {8, 13, 18, 23};

  private SpanId() {}

  public static int formOf(String span) {
    return switch (span.length()) {
      case 0 -> EMPTY;
      case 16 -> isHex(span, 0, 16) ? HEX_64 : TEXT;
      case 32 -> isHex(span, 0, 32) ? HEX_128 : TEXT;
      case 36 -> isUuid(span) ? UUID_TEXT : TEXT;
      default -> TEXT;
    };
  }

  /** Small letters only: what is kept as bytes must come back as it was. */
  private static boolean isHex(String span, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = span.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUuid(String span) {
    int start = 0;
    for (int dash : DASHES) {
      if (span.charAt(dash) != '-' || !isHex(span, start, dash)) {
        return false;
      }
      start = dash + 1;
    }
    return isHex(span, start, span.length());
  }

  /** The bytes of a span of that form; zero where it has none. */
  public static UUID toId(int form, String span) {
    return switch (form) {
      case HEX_64 -> new UUID(HexFormat.fromHexDigitsToLong(span), 0);
      case HEX_128 ->
          new UUID(
              HexFormat.fromHexDigitsToLong(span, 0, 16),
              HexFormat.fromHexDigitsToLong(span, 16, 32));
      case UUID_TEXT -> UUID.fromString(span);
      default -> NONE;
    };
  }

  /**
   * The span that {@link #toId} took, or {@code text} if its form is that.
   *
   * @throws IllegalArgumentException if there is no such form
   */
  public static String toText(int form, UUID id, String text) {
    return switch (form) {
      case EMPTY -> "";
      case TEXT -> text;
      case HEX_64 -> HexFormat.of().toHexDigits(id.getMostSignificantBits());
      case HEX_128 ->
          HexFormat.of().toHexDigits(id.getMostSignificantBits())
              + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
      case UUID_TEXT -> id.toString();
      default -> throw new IllegalArgumentException("no form of a span id: " + form);
    };
  }
}
