package io.tracestore.migration.json;

import io.tracestore.migration.Rejection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** The JSON parser's exceptions in the project's own words, one short line each. */
public final class JsonProblems {
  private static final Pattern CHARACTER =
      Pattern.compile("^Unexpected character \\('(.{1,2})' \\(code.*", Pattern.DOTALL);
  private static final Pattern TOKEN =
      Pattern.compile("^(?:Unrecognized|Non-standard) token '([^']{1,40}).*", Pattern.DOTALL);
  private static final String PREFIX = "not valid JSON";

  private JsonProblems() {}

  /** The rejection that {@code e} stands for, at the place where it was found. */
  public static Rejection rejection(String source, JacksonException e) {
    return rejection(source, e, "file", 0);
  }

  /**
   * The rejection that {@code e} stands for.
   *
   * @param text what was parsed: the file, or a line of it
   * @param linesBefore lines of the source before the text that was parsed
   */
  public static Rejection rejection(
      String source, JacksonException e, String text, long linesBefore) {
    TokenStreamLocation location = e.getLocation();
    String reason = reason(e, text);
    return location == null || location.getLineNr() < 1
        ? Rejection.of(source, reason)
        : Rejection.at(source, linesBefore + location.getLineNr(), location.getColumnNr(), reason);
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null || cause.getMessage() == null
        ? "unknown reason"
        : String.valueOf(cause.getMessage());
  }

  private static String reason(JacksonException e, String text) {
    String message = String.valueOf(e.getOriginalMessage());
    // Between the elements of a list the parser throws the general exception.
    if (e instanceof UnexpectedEndOfInputException
        || message.startsWith("Unexpected end-of-input")) {
      return "the %s ends in the middle of a value (truncated?)".formatted(text);
    }
    return switch (e) {
      case JacksonIOException io -> "cannot be read: " + reason(io.getCause());
      case StreamConstraintsException big -> bound(message);
      default -> invalid(message);
    };
  }

  private static String bound(String message) {
    if (message.startsWith("Document nesting")) {
      return "it is nested too deep";
    }
    if (message.startsWith("String")) {
      return "a text is too long";
    }
    if (message.startsWith("Name")) {
      return "a name is too long";
    }
    return message.startsWith("Number") ? "a number is too long" : "a value is too large";
  }

  private static String invalid(String message) {
    Matcher character = CHARACTER.matcher(message);
    if (character.matches()) {
      return "%s: unexpected character '%s'".formatted(PREFIX, character.group(1));
    }
    Matcher token = TOKEN.matcher(message);
    if (token.matches()) {
      return "%s: unexpected text '%s'".formatted(PREFIX, token.group(1));
    }
    if (message.startsWith("Illegal unquoted character")) {
      return PREFIX + ": a text holds a control character";
    }
    if (message.startsWith("Unrecognized character escape")) {
      return PREFIX + ": a text holds an unknown escape";
    }
    if (message.contains("UTF-8")) {
      return PREFIX + ": it is not UTF-8";
    }
    return message.contains("umeric") || message.contains("number")
        ? PREFIX + ": a number is malformed"
        : PREFIX;
  }
}
