package io.tracestore.bench.app;

import java.util.ArrayList;
import java.util.List;

/**
 * A user's needs of a store.
 *
 * @param durable writes survive the end of the process
 * @param shared several processes use the store at once
 * @param concurrency how many threads write at once; 1 if it does not matter
 * @param events how many events are kept; 0 if it does not matter
 * @param analytics sums over all events are asked for often
 */
record Need(boolean durable, boolean shared, int concurrency, double events, boolean analytics) {
  /** Nothing in particular. */
  static final Need NONE = new Need(false, false, 1, 0, false);

  private static final String KNOWN = "durable, shared, analytics, concurrency=N, events=N";

  /**
   * Reads such as {@code durable,concurrency=50,events=1e8,analytics}.
   *
   * @throws IllegalArgumentException if it has something else; it says what there is
   */
  static Need parse(String text) {
    boolean durable = false;
    boolean shared = false;
    boolean analytics = false;
    int concurrency = 1;
    double events = 0;
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split("=", 2);
      String value = pair.length > 1 ? pair[1] : "";
      switch (pair.length > 1 ? pair[0] + "=" : pair[0]) {
        case "durable" -> durable = true;
        case "shared" -> shared = true;
        case "analytics" -> analytics = true;
        case "concurrency=" -> concurrency = (int) number(part, value, Integer.MAX_VALUE);
        case "events=" -> events = number(part, value, 1e15);
        case "" -> {
          // Nothing between two commas.
        }
        default ->
            throw new IllegalArgumentException(
                "--need knows %s, not '%s'".formatted(KNOWN, part.strip()));
      }
    }
    return new Need(durable, shared, concurrency, events, analytics);
  }

  private static double number(String part, String text, double max) {
    try {
      double value = Double.parseDouble(text);
      if (value >= 1 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "--need has '%s': a number of 1 or more is wanted, such as events=1e8"
            .formatted(part.strip()));
  }

  /** The needs in words. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    if (durable) {
      words.add("durable");
    }
    if (shared) {
      words.add("shared by processes");
    }
    if (concurrency > 1) {
      words.add(concurrency + " writers at once");
    }
    if (events > 0) {
      words.add(Numbers.count(events) + " events");
    }
    if (analytics) {
      words.add("analytics");
    }
    return words.isEmpty() ? "nothing in particular" : String.join(", ", words);
  }
}
