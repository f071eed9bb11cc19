package io.tracestore.cli.terminal;

import io.tracestore.model.ExecutionStatus;

/**
 * Colours text, or does not.
 *
 * @param enabled whether it does
 */
public record Style(boolean enabled) {
  /** Colours nothing. */
  public static final Style PLAIN = new Style(false);

  /** For what went wrong. */
  public String bad(String text) {
    return wrap("31", text);
  }

  /** For what went well. */
  public String good(String text) {
    return wrap("32", text);
  }

  /** For what is under way. */
  public String open(String text) {
    return wrap("33", text);
  }

  /** For what matters most. */
  public String bold(String text) {
    return wrap("1", text);
  }

  /** For what matters least. */
  public String dim(String text) {
    return wrap("2", text);
  }

  /** {@code text} in the colour of a status. */
  public String of(ExecutionStatus.Kind status, String text) {
    return switch (status) {
      case COMPLETED -> good(text);
      case FAILED -> bad(text);
      case PENDING, RUNNING -> open(text);
      case CANCELLED -> dim(text);
    };
  }

  private String wrap(String code, String text) {
    return enabled ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
