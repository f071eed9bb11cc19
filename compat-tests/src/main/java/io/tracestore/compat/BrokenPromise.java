package io.tracestore.compat;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * A test's failure as its reader needs it: in one line the promise, what is missing or surplus by
 * id, and where the promise is written; then a page at most.
 */
final class BrokenPromise extends AssertionError {
  private static final long serialVersionUID = 1L;

  private static final String CONTRACT = "docs/contract.md";
  private static final int MOST_LINES = 40;
  private static final int LONGEST_LINE = 400;
  private static final int LONGEST_HEADLINE = 200;

  /** The number of the promise by the nested class of the kit; the others have none. */
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("RoundTrip", 1),
          Map.entry("RoundTripProperty", 1),
          Map.entry("Upsert", 2),
          Map.entry("Identity", 2),
          Map.entry("Order", 3),
          Map.entry("Filters", 4),
          Map.entry("FilterProperty", 4),
          Map.entry("EarlyEvents", 5),
          Map.entry("Atomicity", 6),
          Map.entry("Crash", 6),
          Map.entry("ReadYourWrites", 7),
          Map.entry("Threads", 8),
          Map.entry("Close", 9),
          Map.entry("Cursors", 10),
          Map.entry("BoundedMemory", 10),
          Map.entry("Batches", 11));

  private BrokenPromise(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * The report of {@code failure}.
   *
   * @param concern the nested class of the kit
   * @param test the name of its method
   */
  static BrokenPromise of(String concern, String test, Throwable failure) {
    Integer number = NUMBERS.get(concern);
    String promise = number == null ? concern : "Promise %d, %s".formatted(number, concern);
    String headline = promise + ": " + inWords(test) + " does not hold: ";
    boolean asserted = failure instanceof AssertionError;
    BrokenPromise report =
        new BrokenPromise(
            asserted
                ? ofAssertion(headline, failure)
                : "%sthe store threw %s; see %s".formatted(headline, failure, CONTRACT),
            asserted ? null : failure);
    report.setStackTrace(failure.getStackTrace());
    return report;
  }

  private static String ofAssertion(String headline, Throwable failure) {
    String message = String.valueOf(failure.getMessage()).strip();
    if (failure instanceof AssertionFailedError error
        && error.isExpectedDefined()
        && error.isActualDefined()
        && !(error.getActual().getEphemeralValue() instanceof String)) {
      Differences differences =
          Differences.between(
              error.getExpected().getEphemeralValue(), error.getActual().getEphemeralValue());
      String summary = differences.summary();
      if (!summary.isEmpty()) {
        String asked = message.isEmpty() ? "" : "\nasked: " + message;
        String rest =
            differences.details().size() > 1 ? "\n" + String.join("\n", differences.details()) : "";
        return "%s%s; see %s%s".formatted(headline, summary, CONTRACT, page(asked + rest));
      }
    }
    String line = message.replaceAll("\\s+", " ");
    return line.length() <= LONGEST_HEADLINE
        ? "%s%s; see %s".formatted(headline, line, CONTRACT)
        : "%ssee %s%s".formatted(headline, CONTRACT, page("\n" + message));
  }

  private static String page(String text) {
    String shown =
        text.lines()
            .limit(MOST_LINES)
            .map(line ->
                line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…")
            .collect(Collectors.joining("\n"));
    long lines = text.lines().count();
    return lines <= MOST_LINES ? shown : shown + "\n… %d more lines".formatted(lines - MOST_LINES);
  }

  /** {@code theNewestTraceComesFirst} as a sentence. */
  private static String inWords(String test) {
    return test.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }
}
