package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceStoreException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the readers and the writer of one store apart where SQLite would let them collide: without
 * a WAL they lock each other out of the file, and in memory they have one connection.
 */
final class Gate {
  private final @Nullable Lock reading;
  private final @Nullable Lock writing;

  private Gate(@Nullable Lock reading, @Nullable Lock writing) {
    this.reading = reading;
    this.writing = writing;
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

  /** Waits until reading is allowed; the same thread calls {@link #leaveReading} then. */
  void enterToRead(String name) {
    if (reading != null) {
      try {
        reading.lockInterruptibly();
      } catch (InterruptedException e) {
        throw TraceStoreException.interrupted("waiting to read from " + name, e);
      }
    }
  }

  void leaveReading() {
    if (reading != null) {
      reading.unlock();
    }
  }

  /** Waits until writing is allowed; the same thread calls {@link #leaveWriting} then. */
  void enterToWrite() {
    if (writing != null) {
      writing.lock();
    }
  }

  void leaveWriting() {
    if (writing != null) {
      writing.unlock();
    }
  }
}
