package io.tracestore.migration;

import java.time.Duration;
import java.util.Optional;

/**
 * The progress of a migration, including the traces that earlier runs moved.
 *
 * @param traces moved so far
 * @param events in them
 * @param bytes they take in memory, roughly
 * @param notMoved traces that could not be moved
 * @param total how many traces there were to move at the start; -1 if not known
 * @param tracesPerSecond of this run
 * @param elapsed since this run began
 */
public record MigrationProgress(
    long traces,
    long events,
    long bytes,
    long notMoved,
    long total,
    double tracesPerSecond,
    Duration elapsed) {

  /** How long the rest will take at this rate; empty if that is not known yet. */
  public Optional<Duration> timeLeft() {
    long left = total - traces - notMoved;
    if (total < 0 || tracesPerSecond <= 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis((long) (Math.max(left, 0) * 1000 / tracesPerSecond)));
  }
}
