package io.tracestore.provider.clickhouse.write;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/**
 * One column of a block in ClickHouse's Native format, filled row after row; rows that are passed
 * over get the default. Not safe for several threads.
 *
 * @see <a href="https://clickhouse.com/docs/interfaces/formats/Native">the Native format</a>
 */
abstract class Column {
  private final String name;
  private final String type;
  private int rows;

  Column(Field<?> column, String type) {
    this.name = column.getName();
    this.type = type;
  }

  String name() {
    return name;
  }

  /** Fills rows up to, but not including, {@code row}; the next value belongs to that. */
  final void next(int row) {
    padTo(row);
    rows = row + 1;
  }

  private void padTo(int row) {
    if (row > rows) {
      defaults(row - rows);
      rows = row;
    }
  }

  abstract void defaults(int count);

  abstract void writeData(OutputStream out) throws IOException;

  /** Writes name, type and the values of {@code total} rows. */
  final void writeTo(OutputStream out, int total) throws IOException {
    padTo(total);
    NativeOutput head = new NativeOutput(64);
    head.text(name);
    head.text(type);
    head.writeTo(out);
    writeData(out);
  }

  /** Values that all have the same size, whose default is zero. */
  static final class Fixed extends Column {
    private final int width;
    private final NativeOutput values = new NativeOutput(1024);

    Fixed(Field<?> column, String type, int width) {
      super(column, type);
      this.width = width;
    }

    void u8(int row, int value) {
      next(row);
      values.u8(value);
    }

    void i16(int row, int value) {
      next(row);
      values.i16(value);
    }

    void i32(int row, int value) {
      next(row);
      values.i32(value);
    }

    void i64(int row, long value) {
      next(row);
      values.i64(value);
    }

    void id(int row, UUID value) {
      next(row);
      values.id(value);
    }

    @Override
    void defaults(int count) {
      values.zeros((long) count * width);
    }

    @Override
    void writeData(OutputStream out) throws IOException {
      values.writeTo(out);
    }
  }

  /** {@code String}: any bytes. */
  static final class Text extends Column {
    private final NativeOutput values = new NativeOutput(1024);

    Text(Field<?> column) {
      super(column, "String");
    }

    void put(int row, String value) {
      next(row);
      values.text(value);
    }

    void put(int row, byte[] value) {
      next(row);
      values.bytes(value);
    }

    @Override
    void defaults(int count) {
      values.zeros(count);
    }

    @Override
    void writeData(OutputStream out) throws IOException {
      values.writeTo(out);
    }
  }

  /** {@code Nullable(String)}, or another type of values that take eight bytes. */
  static final class Optional extends Column {
    private final NativeOutput nulls = new NativeOutput(256);
    private final NativeOutput values = new NativeOutput(256);
    private final int width;

    private Optional(Field<?> column, String type, int width) {
      super(column, "Nullable(" + type + ")");
      this.width = width;
    }

    static Optional text(Field<?> column) {
      return new Optional(column, "String", 1);
    }

    static Optional i64(Field<?> column) {
      return new Optional(column, "Int64", Long.BYTES);
    }

    void put(int row, @Nullable String value) {
      next(row);
      nulls.u8(value == null ? 1 : 0);
      values.text(value == null ? "" : value);
    }

    void put(int row, @Nullable Long value) {
      next(row);
      nulls.u8(value == null ? 1 : 0);
      values.i64(value == null ? 0 : value);
    }

    @Override
    void defaults(int count) {
      for (int i = 0; i < count; i++) {
        nulls.u8(1);
      }
      values.zeros((long) count * width);
    }

    @Override
    void writeData(OutputStream out) throws IOException {
      nulls.writeTo(out);
      values.writeTo(out);
    }
  }

  /** {@code Array(FixedString(16))}. */
  static final class Ids extends Column {
    private final NativeOutput ends = new NativeOutput(1024);
    private final NativeOutput values = new NativeOutput(1024);

    Ids(Field<?> column) {
      super(column, "Array(FixedString(16))");
    }

    private long count() {
      return values.size() / 16;
    }

    /** Begins the array of {@code row}; then come {@link #add}s and one {@link #end}. */
    void begin(int row) {
      next(row);
    }

    void add(UUID id) {
      values.id(id);
    }

    void end() {
      ends.i64(count());
    }

    @Override
    void defaults(int rows) {
      for (int i = 0; i < rows; i++) {
        ends.i64(count());
      }
    }

    @Override
    void writeData(OutputStream out) throws IOException {
      ends.writeTo(out);
      values.writeTo(out);
    }
  }

  /** {@code LowCardinality(String)}: texts that repeat. */
  static final class Names extends Column {
    private final Dictionary values = new Dictionary();

    Names(Field<?> column) {
      super(column, "LowCardinality(String)");
    }

    void put(int row, String value) {
      next(row);
      values.add(value);
    }

    @Override
    void defaults(int count) {
      values.addEmpty(count);
    }

    @Override
    void writeData(OutputStream out) throws IOException {
      values.writeVersion(out);
      values.writeData(out);
    }
  }

  /** {@code Map(LowCardinality(String), String)}. */
  static final class Pairs extends Column {
    private final NativeOutput ends = new NativeOutput(1024);
    private final Dictionary keys = new Dictionary();
    private final NativeOutput values = new NativeOutput(1024);

    Pairs(Field<?> column) {
      super(column, "Map(LowCardinality(String), String)");
    }

    /** Begins the map of {@code row}; then come {@link #add}s and one {@link #end}. */
    void begin(int row) {
      next(row);
    }

    void add(String key, String value) {
      keys.add(key);
      values.text(value);
    }

    void end() {
      ends.i64(keys.size());
    }

    @Override
    void defaults(int rows) {
      for (int i = 0; i < rows; i++) {
        end();
      }
    }

    @Override
    void writeData(OutputStream out) throws IOException {
      keys.writeVersion(out);
      ends.writeTo(out);
      keys.writeData(out);
      values.writeTo(out);
    }
  }

  /** Texts as numbers, and each text once. */
  private static final class Dictionary {
    private static final long VERSION = 1;
    private static final int INDEX_OF_32_BITS = 2;

    /** The texts come with the block, and not from a dictionary that blocks share. */
    private static final int HAS_ADDITIONAL_KEYS = 1 << 9;

    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final NativeOutput texts = new NativeOutput(256);
    private final NativeOutput indexes = new NativeOutput(1024);

    /** The number of the empty text, which most rows have; negative while none has. */
    private int empty = -1;

    int size() {
      return indexes.size() / Integer.BYTES;
    }

    void add(String text) {
      indexes.i32(number(text));
    }

    void addEmpty(int count) {
      if (empty < 0) {
        empty = number("");
      }
      for (int i = 0; i < count; i++) {
        indexes.i32(empty);
      }
    }

    private int number(String text) {
      Integer known = numbers.get(text);
      if (known != null) {
        return known;
      }
      int number = numbers.size();
      numbers.put(text, number);
      texts.text(text);
      return number;
    }

    void writeVersion(OutputStream out) throws IOException {
      NativeOutput version = new NativeOutput(Long.BYTES);
      version.i64(VERSION);
      version.writeTo(out);
    }

    void writeData(OutputStream out) throws IOException {
      if (size() == 0) {
        return;
      }
      NativeOutput head = new NativeOutput(2 * Long.BYTES);
      head.i64(INDEX_OF_32_BITS | HAS_ADDITIONAL_KEYS);
      head.i64(numbers.size());
      head.writeTo(out);
      texts.writeTo(out);
      NativeOutput count = new NativeOutput(Long.BYTES);
      count.i64(size());
      count.writeTo(out);
      indexes.writeTo(out);
    }
  }
}
