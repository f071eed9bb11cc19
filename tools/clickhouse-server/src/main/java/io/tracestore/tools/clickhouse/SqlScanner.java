package io.tracestore.tools.clickhouse;

import java.util.Locale;

/**
 * Walks over the words of an SQL text that stand outside of brackets, strings, quoted names and
 * comments, as ClickHouse's lexer separates them.
 */
final class SqlScanner {
  private final String sql;
  private int at;
  private int depth;
  private int wordStart;

  /** A scanner over a text in which each character stands for one byte. */
  SqlScanner(String sql) {
    this.sql = sql;
  }

  /** Where the last word began. */
  int wordStart() {
    return wordStart;
  }

  /** Behind the last word. */
  int position() {
    return at;
  }

  /** The next word in capitals, {@code ";"}, or an empty text at the end. */
  String next() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isLetterOrDigit(c) || c == '_') {
        wordStart = at;
        skipWord();
        if (depth == 0) {
          return sql.substring(wordStart, at).toUpperCase(Locale.ROOT);
        }
      } else if (c == ';' && depth == 0) {
        wordStart = at++;
        return ";";
      } else {
        skip(c);
      }
    }
    wordStart = at;
    return "";
  }

  private void skipWord() {
    while (at < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '_')) {
      at++;
    }
  }

  private void skip(char c) {
    switch (c) {
      case '\'', '"', '`' -> skipQuoted(c);
      case '-' -> skipLineComment("--");
      case '#' -> skipLineComment("#");
      case '/' -> skipBlockComment();
      case '$' -> skipHeredoc();
      case '(', '[', '{' -> {
        depth++;
        at++;
      }
      case ')', ']', '}' -> {
        depth--;
        at++;
      }
      default -> at++;
    }
  }

  private void skipQuoted(char quote) {
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == quote) {
        return; // a doubled quote begins the next part of the same text
      }
    }
  }

  private void skipLineComment(String mark) {
    if (!sql.startsWith(mark, at)) {
      at++;
      return;
    }
    int end = sql.indexOf('\n', at);
    at = end < 0 ? sql.length() : end + 1;
  }

  private void skipBlockComment() {
    if (!sql.startsWith("/*", at)) {
      at++;
      return;
    }
    int end = sql.indexOf("*/", at + 2);
    at = end < 0 ? sql.length() : end + 2;
  }

  private void skipHeredoc() {
    int tagEnd = at + 1;
    while (tagEnd < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(tagEnd)) || sql.charAt(tagEnd) == '_')) {
      tagEnd++;
    }
    if (tagEnd >= sql.length() || sql.charAt(tagEnd) != '$') {
      at++;
      return;
    }
    String tag = sql.substring(at, tagEnd + 1);
    int end = sql.indexOf(tag, tagEnd + 1);
    at = end < 0 ? sql.length() : end + tag.length();
  }
}
