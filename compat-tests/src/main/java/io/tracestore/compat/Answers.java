package io.tracestore.compat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/** Compares answers of a store so that a failure keeps both values, for its report. */
final class Answers {
  private Answers() {}

  /** Fails unless the store's {@code actual} answer is equal to {@code expected}. */
  static void isAnswer(@Nullable Object actual, @Nullable Object expected) {
    isAnswer("", actual, expected);
  }

  /** The same, for what was {@code asked}. */
  static void isAnswer(String asked, @Nullable Object actual, @Nullable Object expected) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionFailedError(asked, expected, actual);
    }
  }
}
