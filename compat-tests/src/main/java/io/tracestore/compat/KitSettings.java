package io.tracestore.compat;

import java.time.Duration;

/** The settings of the kit, as system properties: its tries and its patience. */
final class KitSettings {
  private KitSettings() {}

  /** {@code tracestore.kit.tries}: how many random cases each property gets; 200 by default. */
  static int tries() {
    return Integer.getInteger("tracestore.kit.tries", 200);
  }

  /** {@code tracestore.kit.crashRounds}: how often the crash test kills a writer; 3 by default. */
  static int crashRounds() {
    return Integer.getInteger("tracestore.kit.crashRounds", 3);
  }

  /**
   * {@code tracestore.kit.patience}: how long the kit waits for what a store does in the
   * background, as {@link Duration#parse} reads it; two minutes by default, for busy machines.
   */
  static Duration patience() {
    return Duration.parse(System.getProperty("tracestore.kit.patience", "PT2M"));
  }
}
