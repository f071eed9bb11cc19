package io.tracestore.provider.postgresql.read;

/**
 * Asks the server how many bytes a value of the binary form has in memory: a repetitive value is
 * stored up to a thousand times smaller. The length stands in the value's first bytes.
 */
final class DecodedSize {
  /** Flags and length, which is 64 MiB at most; a value that was cut short must not be an error. */
  private static final String HEAD =
      "(substring(%1$s from 1 for 6) || decode('000000000000', 'hex'))";

  private static final int FLAGS_AT = 1;
  private static final int LENGTH_AT = 2;

  private DecodedSize() {}

  /** The expression for a value of the column {@code body}. */
  static String of(String body) {
    return "CASE WHEN get_byte(%s, %d) < 128 THEN octet_length(%s) ELSE %s END"
        .formatted(HEAD.formatted(body), FLAGS_AT, body, varint(HEAD.formatted(body), 0));
  }

  private static String varint(String head, int index) {
    String value = "get_byte(%s, %d)".formatted(head, LENGTH_AT + index);
    String bits = "((%s & 127) << %d)".formatted(value, 7 * index);
    return index == 3
        ? bits
        : "(%s + CASE WHEN %s < 128 THEN 0 ELSE %s END)"
            .formatted(bits, value, varint(head, index + 1));
  }
}
