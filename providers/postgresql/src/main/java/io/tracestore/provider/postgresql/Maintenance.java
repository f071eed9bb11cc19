package io.tracestore.provider.postgresql;

import io.tracestore.model.EpochNanos;
import io.tracestore.spi.TraceStoreException;
import java.time.Clock;
import java.time.Duration;

/**
 * Makes partitions ahead and removes what is too old: when a store is opened, and from then on
 * regularly, in a thread of its own.
 */
final class Maintenance implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMinutes(5);

  private final PostgresConfig config;
  private final Partitions partitions;
  private final Purge purge;
  private final Clock clock;
  private final Thread thread;

  /** Starts the thread, which begins at once. */
  @SuppressWarnings("this-escape") // the thread reads fields that are all set
  Maintenance(String name, PostgresConfig config, Partitions partitions, Purge purge, Clock clock) {
    this.config = config;
    this.partitions = partitions;
    this.purge = purge;
    this.clock = clock;
    this.thread =
        Thread.ofPlatform().daemon().name("tracestore-maintenance " + name).start(this::run);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        runOnce();
        Thread.sleep(PERIOD); // close interrupts it
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void runOnce() {
    try {
      partitions.makeAhead();
      if (config.partitionRetentionDays() > 0) {
        Duration kept = Duration.ofDays(config.partitionRetentionDays());
        purge.removeUntil(EpochNanos.of(clock.instant().minus(kept)));
      }
    } catch (TraceStoreException e) {
      // The next time will do; meanwhile writers make what they need, and say what is wrong.
    }
  }

  /** Ends the thread, after the statement that it is at. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
