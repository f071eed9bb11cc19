package io.tracestore.tools.clickhouse;

import java.util.Set;

/** The output formats that can be put together from blocks that are whole documents. */
final class FormatHeaders {
  private static final Set<String> WITHOUT_HEADER =
      Set.of(
          "RowBinary",
          "Native",
          "TabSeparated",
          "TSV",
          "TabSeparatedRaw",
          "TSVRaw",
          "CSV",
          "JSONEachRow",
          "JSONCompactEachRow",
          "JSONStringsEachRow");
  private static final String WITH_NAMES = "RowBinaryWithNames";
  private static final String WITH_TYPES = "RowBinaryWithNamesAndTypes";

  /** More than the names and types of any table in a test. */
  private static final int LONGEST = 1 << 16;

  private FormatHeaders() {}

  static boolean canBeStreamed(String format) {
    return WITHOUT_HEADER.contains(format)
        || format.equals(WITH_NAMES)
        || format.equals(WITH_TYPES);
  }

  /** How many bytes at the start of each block are the same. */
  static int length(String format, EngineConnection.Result block) {
    return switch (format) {
      case WITH_NAMES -> new Reader(block.first(LONGEST)).skipColumns(1);
      case WITH_TYPES -> new Reader(block.first(LONGEST)).skipColumns(2);
      default -> 0;
    };
  }

  /** Steps over a number of columns and over the texts of each. */
  private static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    int skipColumns(int textsPerColumn) {
      int columns = number();
      for (int i = 0; i < columns * textsPerColumn; i++) {
        int length = number();
        at += length;
      }
      return at;
    }

    /** A number in groups of seven bits, the lowest first. */
    private int number() {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        byte group = bytes[at++];
        value |= (group & 0x7f) << shift;
        if (group >= 0) {
          return value;
        }
      }
    }
  }
}
