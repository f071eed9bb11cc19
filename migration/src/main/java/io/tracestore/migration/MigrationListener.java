package io.tracestore.migration;

/**
 * Gets the progress of a migration, on the thread that called it. Every method does nothing by
 * default.
 */
public interface MigrationListener {
  /** Does nothing. */
  MigrationListener NONE = new MigrationListener() {};

  /** Some more was moved; called a few times a second. */
  default void moved(MigrationProgress progress) {}

  /**
   * Some more was compared.
   *
   * @param traces the traces compared so far
   * @param total how many there were at the start
   */
  default void verified(long traces, long total) {}
}
