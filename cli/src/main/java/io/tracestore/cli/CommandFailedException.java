package io.tracestore.cli;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A command that ends with one line that says why. */
final class CommandFailedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailedException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** A failure of the command's work: exit code 1. */
  static CommandFailedException failed(String message) {
    return new CommandFailedException(Cli.FAILED, message, null);
  }

  /** A command line that makes no sense: exit code 2. */
  static CommandFailedException usage(String message, @Nullable Throwable cause) {
    return new CommandFailedException(Cli.USAGE, message, cause);
  }

  int exitCode() {
    return exitCode;
  }
}
