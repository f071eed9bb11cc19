package io.tracestore.compat;

/** The settings of the kit, as system properties: the number of its tries. */
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
}
