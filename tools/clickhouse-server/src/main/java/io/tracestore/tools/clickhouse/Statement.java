package io.tracestore.tools.clickhouse;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The facts about an SQL text that the HTTP interface needs before the engine gets it.
 *
 * @param kind how it is executed
 * @param format the format that the text names, null if it names none
 * @param end where the text ends that goes to the engine; of an insertion of rows that is before
 *     the format
 * @param dataStart where the rows begin, of an insertion of rows
 */
record Statement(Kind kind, @Nullable String format, int end, int dataStart) {
  /** The way in which a statement is executed. */
  enum Kind {
    /** Gives rows, block by block. */
    SELECT,
    /** An insertion that is followed by rows. */
    INSERT_ROWS,
    /** Anything else. */
    OTHER,
    /** Several statements, which ClickHouse does not take over HTTP. */
    SEVERAL
  }

  private static final Set<String> INSERTED_OTHERWISE = Set.of("SELECT", "WITH", "FROM", "WATCH");

  /** Reads the beginning of a request, one character for each byte. */
  static Statement of(String text) {
    SqlScanner scanner = new SqlScanner(text);
    String first = scanner.next();
    return first.equals("INSERT") ? insertion(text, scanner) : other(text, first, scanner);
  }

  private static Statement insertion(String text, SqlScanner scanner) {
    for (String word = scanner.next(); !word.isEmpty(); word = scanner.next()) {
      if (word.equals("VALUES")) {
        return new Statement(Kind.INSERT_ROWS, "Values", scanner.wordStart(), scanner.position());
      } else if (word.equals("FORMAT")) {
        int end = scanner.wordStart();
        scanner.next();
        String format = text.substring(scanner.wordStart(), scanner.position());
        return new Statement(Kind.INSERT_ROWS, format, end, dataStart(text, scanner.position()));
      } else if (INSERTED_OTHERWISE.contains(word)) {
        return new Statement(Kind.OTHER, null, text.length(), text.length());
      }
    }
    return new Statement(Kind.OTHER, null, text.length(), text.length());
  }

  /** Behind the spaces and one line end that may follow the format. */
  private static int dataStart(String text, int formatEnd) {
    int at = formatEnd;
    while (at < text.length() && " \t\f".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (text.startsWith("\r", at)) {
      at++;
    }
    return text.startsWith("\n", at) ? at + 1 : at;
  }

  private static Statement other(String text, String first, SqlScanner scanner) {
    String format = null;
    boolean inserts = false;
    for (String word = scanner.next(); !word.isEmpty(); word = scanner.next()) {
      if (word.equals("FORMAT")) {
        scanner.next();
        format = text.substring(scanner.wordStart(), scanner.position());
      } else if (word.equals("INSERT")) {
        inserts = true;
      } else if (word.equals(";") && !scanner.next().isEmpty()) {
        return new Statement(Kind.SEVERAL, null, text.length(), text.length());
      }
    }
    boolean selects = first.equals("SELECT") || (first.equals("WITH") && !inserts);
    return new Statement(selects ? Kind.SELECT : Kind.OTHER, format, text.length(), text.length());
  }
}
