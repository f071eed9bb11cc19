package io.tracestore.migration;

import java.util.Objects;

/**
 * A part of a source that was not stored, with the reason.
 *
 * @param source the file that has it
 * @param message one line that begins with the file and, where known, the line and the column
 */
public record Rejection(String source, String message) {
  public Rejection {
    Objects.requireNonNull(source, "source");
    message = oneLine(message);
  }

  /** A fault at a place of a text; lines and columns count from 1. */
  public static Rejection at(String source, long line, long column, String reason) {
    return new Rejection(source, "%s:%d:%d: %s".formatted(source, line, column, reason));
  }

  /** A fault of a whole source. */
  public static Rejection of(String source, String reason) {
    return new Rejection(source, source + ": " + reason);
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}]+", " ").strip();
  }
}
