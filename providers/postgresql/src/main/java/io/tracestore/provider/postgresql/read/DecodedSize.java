package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.sixZeros;
import static org.jooq.impl.DSL.binaryConcat;
import static org.jooq.impl.DSL.binaryOctetLength;
import static org.jooq.impl.DSL.binarySubstring;
import static org.jooq.impl.DSL.bitAnd;
import static org.jooq.impl.DSL.shl;
import static org.jooq.impl.DSL.when;

import io.tracestore.provider.postgresql.sql.Catalog;
import org.jooq.Field;
import org.jooq.impl.SQLDataType;

/**
 * Asks the server how many bytes a value of the binary form has in memory: a repetitive value is
 * stored up to a thousand times smaller. The length stands in the value's first bytes.
 */
final class DecodedSize {
  private static final int HEAD_BYTES = 6;
  private static final int FLAGS_AT = 1;
  private static final int LENGTH_AT = 2;

  /** Of four bytes with seven bits each: a length is 64 MiB at most. */
  private static final int LAST_OF_LENGTH = 3;

  /**
   * The bit of the flags that says that the value is compressed, and of the length that it goes on.
   */
  private static final int MARK = 128;

  private DecodedSize() {}

  /** The expression for a value of the column {@code body}. */
  static Field<Integer> of(Field<byte[]> body) {
    // A value that was cut short must not be an error.
    Field<byte[]> head =
        binaryConcat(binarySubstring(body, constant(1), constant(HEAD_BYTES)), sixZeros());
    return when(byteAt(head, FLAGS_AT).lt(constant(MARK)), binaryOctetLength(body))
        .otherwise(varint(head, 0));
  }

  private static Field<Integer> varint(Field<byte[]> head, int index) {
    Field<Integer> value = byteAt(head, LENGTH_AT + index);
    Field<Integer> bits = shl(bitAnd(value, constant(MARK - 1)), constant(7 * index));
    return index == LAST_OF_LENGTH
        ? bits
        : bits.add(when(value.lt(constant(MARK)), constant(0)).otherwise(varint(head, index + 1)));
  }

  private static Field<Integer> byteAt(Field<byte[]> value, int index) {
    return Catalog.call("get_byte", SQLDataType.INTEGER, value, constant(index));
  }
}
