package io.tracestore.tools.clickhouse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An error with one of ClickHouse's error codes, whose message is what a client is to read. */
final class ClickHouseError extends Exception {
  private static final long serialVersionUID = 1L;
  private static final Pattern CODE = Pattern.compile("Code: (\\d+)\\.");

  static final int UNKNOWN_FORMAT = 73;
  static final int SYNTAX_ERROR = 62;
  static final int CANNOT_READ_ALL_DATA = 33;
  static final int CHECKSUM_DOESNT_MATCH = 40;
  static final int SESSION_NOT_FOUND = 372;
  static final int SESSION_IS_LOCKED = 373;
  static final int REQUIRED_PASSWORD = 194;
  static final int AUTHENTICATION_FAILED = 516;
  static final int UNKNOWN_COMPRESSION_METHOD = 89;
  private static final int UNKNOWN_EXCEPTION = 1002;

  private final int code;
  private final String text;

  private ClickHouseError(int code, String message) {
    super(message);
    this.code = code;
    this.text = message;
  }

  /** The error of an engine's message, which begins with the code. */
  static ClickHouseError ofEngine(String message) {
    Matcher found = CODE.matcher(message);
    return new ClickHouseError(
        found.find() ? Integer.parseInt(found.group(1)) : UNKNOWN_EXCEPTION, message);
  }

  /** An error that this server finds; {@code name} is ClickHouse's for the code. */
  static ClickHouseError of(int code, String name, String message) {
    return new ClickHouseError(
        code, "Code: %d. DB::Exception: %s. (%s)".formatted(code, message, name));
  }

  int code() {
    return code;
  }

  /** As ClickHouse writes it to a client. */
  String text(String version) {
    return text.contains("(version ") ? text : text + " (version " + version + ")";
  }

  /** The HTTP status that ClickHouse answers with, from its {@code exceptionCodeToHTTPStatus}. */
  int httpStatus() {
    return switch (code) {
      case REQUIRED_PASSWORD -> 401;
      case 192, 193, 497, 512, AUTHENTICATION_FAILED -> 403;
      case 46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511 -> 404;
      case 159 -> 408;
      case 381 -> 411;
      case 229 -> 413;
      case 779 -> 415;
      case 48 -> 501;
      case 76, 209, 439 -> 503;
      default -> isOfTheRequest() ? 400 : 500;
    };
  }

  /** Whether ClickHouse finds that the client wrote something wrong. */
  private boolean isOfTheRequest() {
    return switch (code) {
      case 6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72 -> true;
      case 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676 -> true;
      default -> false;
    };
  }
}
