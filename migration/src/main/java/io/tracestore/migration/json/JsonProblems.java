package io.tracestore.migration.json;

import io.tracestore.migration.Rejection;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** What the JSON parser's exceptions mean, in one short line. */
public final class JsonProblems {
  private static final Pattern ADVICE =
      Pattern.compile(
          "(: enable `.*| \\(start marker at .*| \\(`StreamReadConstraints.*"
              + "|: was expecting \\(JSON String.*| \\(from `StreamReadConstraints.*)",
          Pattern.DOTALL);

  private JsonProblems() {}

  /** The rejection that {@code e} stands for, at the place where it was found. */
  public static Rejection rejection(String source, JacksonException e) {
    TokenStreamLocation location = e.getLocation();
    String reason = reason(e);
    return location == null || location.getLineNr() < 1
        ? Rejection.of(source, reason)
        : Rejection.at(source, location.getLineNr(), location.getColumnNr(), reason);
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "unknown reason" : String.valueOf(cause.getMessage());
  }

  private static String reason(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    // Between the elements of a list the parser throws the general exception.
    if (e instanceof UnexpectedEndOfInputException
        || message.startsWith("Unexpected end-of-input")) {
      return "the file ends in the middle of a value (truncated?)";
    }
    return switch (e) {
      case JacksonIOException io -> "cannot be read: " + reason(io.getCause());
      case StreamConstraintsException big -> ADVICE.matcher(message).replaceFirst("");
      default -> "not valid JSON: " + ADVICE.matcher(message).replaceFirst("");
    };
  }
}
