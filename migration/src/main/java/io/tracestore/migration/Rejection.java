package io.tracestore.migration;

import java.util.Objects;

/**
 * Something in a source that was not stored, and why.
 *
 * @param source the file it stands in
 * @param message one line that begins with the file and, where known, the line and the column
 */
public record Rejection(String source, String message) {
  public Rejection {
    Objects.requireNonNull(source, "source");
    message = oneLine(message);
  }

  /** Something wrong at a place of a text; lines and columns count from 1. */
  public static Rejection at(String source, long line, long column, String reason) {
    return new Rejection(source, "%s:%d:%d: %s".formatted(source, line, column, reason));
  }

  /** Something wrong with a whole source. */
  public static Rejection of(String source, String reason) {
    return new Rejection(source, source + ": " + reason);
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}]+", " ").strip();
  }
}
