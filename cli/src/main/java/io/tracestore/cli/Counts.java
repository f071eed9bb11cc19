package io.tracestore.cli;

/** Numbers of things in sentences. */
final class Counts {
  private Counts() {}

  /** Such as {@code 1 trace} or {@code 20 traces}. */
  static String of(long count, String thing) {
    return count + " " + (count == 1 ? thing : thing + "s");
  }
}
