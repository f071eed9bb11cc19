package io.tracestore.provider.sqlite.write;

import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.provider.sqlite.connect.Gate;
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
public final class LogLength {
  /**
   * How long readers are waited for, and held back, for each {@link Connections#LOG_BYTES} that
   * there is.
   */
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private static final Duration MOST_PATIENCE = Duration.ofSeconds(5);

  private final @Nullable Path log;
  private final Gate gate;
  private long next = Connections.LOG_BYTES;

  /**
   * @param log the log; null if the store has none
   */
  public LogLength(@Nullable Path log, Gate gate) {
    this.log = log;
    this.gate = gate;
  }

  /** The length of the log. */
  public long bytes() {
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
  public void keepShort(WriteSession session) {
    if (log == null) {
      return;
    }
    if (session.takeShrunk()) {
      gate.withoutReaders(PATIENCE, session::checkpoint);
    }
    long bytes = bytes();
    if (bytes <= Connections.LOG_BYTES) {
      next = Connections.LOG_BYTES;
    } else if (bytes >= next) {
      next = bytes + bytes / 4;
      // The next commit overwrites from the start what is copied then, and cuts off the rest.
      gate.withoutReaders(patience(bytes), session::checkpoint);
    }
  }

  private static Duration patience(long bytes) {
    Duration patience = PATIENCE.multipliedBy(bytes / Connections.LOG_BYTES);
    return patience.compareTo(MOST_PATIENCE) < 0 ? patience : MOST_PATIENCE;
  }
}
