package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceStoreException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the readers and the writer of one store apart where SQLite would let them collide: without a
 * WAL they lock each other out of the file, and in memory they have one connection.
 */
final class Gate {
  private final @Nullable Lock reading;
  private final @Nullable Lock writing;

  private Gate(@Nullable Lock reading, @Nullable Lock writing) {
    this.reading = reading;
    this.writing = writing;
  }

  /** A way in or out, held until it is closed by the same thread. */
  interface Pass extends AutoCloseable {
    @Override
    void close();
  }

  static Gate of(SqliteConfig config) {
    if (config.path() == null) {
      Lock one = new ReentrantLock(true);
      return new Gate(one, one);
    }
    if (config.journalMode() == JournalMode.WAL) {
      return new Gate(null, null);
    }
    ReadWriteLock lock = new ReentrantReadWriteLock(true);
    return new Gate(lock.readLock(), lock.writeLock());
  }

  /** Waits until reading is allowed. */
  Pass enterToRead(String name) {
    if (reading == null) {
      return () -> {};
    }
    try {
      reading.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to read from " + name, e);
    }
    return reading::unlock;
  }

  /** Waits until writing is allowed. */
  Pass enterToWrite() {
    if (writing == null) {
      return () -> {};
    }
    writing.lock();
    return writing::unlock;
  }
}
