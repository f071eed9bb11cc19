package io.tracestore.provider.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a write-ahead log short. SQLite starts the log over only when no reader needs its content.
 * Of readers that overlap there is always one that does, and the log would grow without end. Only
 * {@link #bytes()} may be called by several threads at a time.
 */
final class LogLength {
  /** The length in bytes that the log may have, and keeps when it starts over. */
  static final long ENOUGH = 32L << 20;

  /** How long readers are waited for, and held back, for each {@link #ENOUGH} that there is. */
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private static final Duration MOST_PATIENCE = Duration.ofSeconds(5);

  private final @Nullable Path log;
  private final Gate gate;
  private long next = ENOUGH;

  /**
   * @param log the log; null if the store has none
   */
  LogLength(@Nullable Path log, Gate gate) {
    this.log = log;
    this.gate = gate;
  }

  /** The length of the log. */
  long bytes() {
    if (log == null) {
      return 0;
    }
    try {
      return Files.size(log);
    } catch (IOException e) {
      return 0; // not there
    }
  }

  /**
   * Lets the log start over if it is too long and this was not just tried. Does the same after free
   * pages were given back: SQLite makes the file shorter only when it has copied all of the log,
   * which readers that overlap prevent.
   */
  void keepShort(WriteSession session) {
    if (log == null) {
      return;
    }
    if (session.takeShrunk()) {
      gate.withoutReaders(PATIENCE, session::checkpoint);
    }
    long bytes = bytes();
    if (bytes <= ENOUGH) {
      next = ENOUGH;
    } else if (bytes >= next) {
      next = bytes + bytes / 4;
      // The next commit overwrites from the start what is copied then, and cuts off the rest.
      gate.withoutReaders(patience(bytes), session::checkpoint);
    }
  }

  private static Duration patience(long bytes) {
    Duration patience = PATIENCE.multipliedBy(bytes / ENOUGH);
    return patience.compareTo(MOST_PATIENCE) < 0 ? patience : MOST_PATIENCE;
  }
}
