package io.tracestore.provider.sqlite.connect;

import io.tracestore.provider.sqlite.JournalMode;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps the readers and the writer of one store apart where SQLite would let them collide: without
 * a WAL they lock each other out of the file, and in memory they have one connection. With a WAL
 * they run at the same time, except for the short moments in which the log starts over.
 */
public final class Gate {
  private final Lock reading;
  private final Lock writing;
  private final boolean apart;

  private Gate(Lock reading, Lock writing, boolean apart) {
    this.reading = reading;
    this.writing = writing;
    this.apart = apart;
  }

  public static Gate of(SqliteSettings config) {
    if (config.path() == null) {
      Lock one = new ReentrantLock(true);
      return new Gate(one, one, true);
    }
    ReadWriteLock lock = new ReentrantReadWriteLock(true);
    return new Gate(
        lock.readLock(),
        lock.writeLock(),
        config.get(SqliteConfig.JOURNAL_MODE) != JournalMode.WAL);
  }

  /** Waits until reading is allowed; the same thread calls {@link #leaveReading} then. */
  public void enterToRead(String name) {
    try {
      reading.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to read from " + name, e);
    }
  }

  public void leaveReading() {
    reading.unlock();
  }

  /** Waits until writing is allowed; the same thread calls {@link #leaveWriting} then. */
  public void enterToWrite() {
    if (apart) {
      writing.lock();
    }
  }

  public void leaveWriting() {
    if (apart) {
      writing.unlock();
    }
  }

  /**
   * Runs {@code work} while nobody reads. New readers wait until it has ended. It waits for current
   * readers; if they take longer than {@code patience}, the work is not run.
   */
  public void withoutReaders(Duration patience, Runnable work) {
    try {
      if (!writing.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      work.run();
    } finally {
      writing.unlock();
    }
  }
}
