package io.tracestore.provider.sqlite.read;

import io.tracestore.provider.sqlite.connect.Gate;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The connections that read. They are opened as they are needed, keep their prepared statements,
 * and are closed with the pool. Safe for many threads; a caller waits while all are in use.
 */
public final class ReaderPool implements AutoCloseable {
  /** Opens a connection. */
  @FunctionalInterface
  public interface Opening {
    SqliteTraceReader open() throws SQLException;
  }

  /** How long a file is waited for that changes while it is read. */
  private static final Duration MOST_PATIENCE = Duration.ofSeconds(10);

  private final String name;
  private final int size;
  private final Opening opening;
  private final Gate gate;
  private final Semaphore permits;
  private final Deque<SqliteTraceReader> idle = new ConcurrentLinkedDeque<>();

  public ReaderPool(String name, int size, Opening opening, Gate gate) {
    this.name = name;
    this.size = size;
    this.opening = opening;
    this.gate = gate;
    this.permits = new Semaphore(size);
  }

  /** Reads with a connection that no other call uses at the same time. */
  public <R extends @Nullable Object> R read(SqliteTraceReader.Reading<R> reading)
      throws SQLException {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to read from " + name, e);
    }
    try {
      gate.enterToRead(name);
      try {
        return readInside(reading);
      } finally {
        gate.leaveReading();
      }
    } finally {
      permits.release();
    }
  }

  private <R extends @Nullable Object> R readInside(SqliteTraceReader.Reading<R> reading)
      throws SQLException {
    long deadline = System.nanoTime() + MOST_PATIENCE.toNanos();
    while (true) {
      SqliteTraceReader known = idle.poll();
      SqliteTraceReader session = known != null ? known : opening.open();
      boolean usable = false;
      try {
        R result = reading.read(session);
        if (session.isUnchanged()) {
          usable = session.isReusable();
          return result;
        }
      } catch (SQLException | RuntimeException e) {
        if (session.isUnchanged()) {
          throw e;
        }
        // It may have fallen over what was being written.
      } finally {
        // After a failure it is simpler to open another one than to know what is left of this one.
        giveBack(session, usable);
      }
      if (System.nanoTime() > deadline) {
        throw new StoreUnavailableException(
            name + " changed during each read; open it with rights to write beside it", null);
      }
      waitAMoment();
    }
  }

  /** A file tells the time of its last change in steps: until the next one, nothing is certain. */
  private void waitAMoment() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to read from " + name, e);
    }
  }

  private void giveBack(SqliteTraceReader session, boolean usable) {
    if (usable) {
      idle.push(session);
    } else {
      session.close();
    }
  }

  /** {@code readersInUse}, of {@code readers}, and {@code waitingReads}, about how many wait. */
  public Map<String, Long> gauges() {
    return Map.of(
        "readers",
        (long) size,
        "readersInUse",
        (long) size - permits.availablePermits(),
        "waitingReads",
        (long) permits.getQueueLength());
  }

  /** Closes all connections; no call reads any more. */
  @Override
  public void close() {
    idle.forEach(SqliteTraceReader::close);
  }
}
