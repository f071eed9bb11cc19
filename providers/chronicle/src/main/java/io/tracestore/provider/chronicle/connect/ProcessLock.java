package io.tracestore.provider.chronicle.connect;

import io.tracestore.spi.StoreUnavailableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a map for one store of one process, and knows whether the last one closed it. The operating
 * system drops the lock with the process, however that ends.
 *
 * @param file the real path of the lock's file
 * @param lock the open file
 */
record ProcessLock(Path file, RandomAccessFile lock) implements AutoCloseable {
  private static final int CLOSED = 'C';
  private static final int OPEN = 'O';

  // POSIX drops all locks of a process on a file when any of its descriptors is closed, so a second
  // store of this process must not even open the file.
  private static final Set<Path> OPENED = ConcurrentHashMap.newKeySet();

  /**
   * Takes the lock.
   *
   * @param name the store, for errors
   * @param file the real path of the lock's file
   * @throws StoreUnavailableException if another store has it
   */
  static ProcessLock acquire(String name, Path file) throws IOException {
    if (!OPENED.add(file)) {
      throw new StoreUnavailableException(
          name + ": is open in this process already; share that store, a map has one at a time",
          null);
    }
    try {
      return new ProcessLock(file, locked(name, file));
    } catch (Throwable e) {
      OPENED.remove(file);
      throw e;
    }
  }

  private static RandomAccessFile locked(String name, Path file) throws IOException {
    RandomAccessFile lock = new RandomAccessFile(file.toFile(), "rw");
    try {
      if (lock.getChannel().tryLock() != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Another class loader of this process has it.
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
    lock.close();
    throw new StoreUnavailableException(
        name + ": is open in another process; close it there, a map has one process at a time",
        null);
  }

  /**
   * From now on, a process that ends without closing the map leaves it to be recovered.
   *
   * @return whether the last process that had the map open closed it
   */
  boolean opened() throws IOException {
    lock.seek(0);
    boolean wasClosed = lock.read() == CLOSED;
    mark(OPEN);
    return wasClosed;
  }

  /** The map is closed. */
  void closed() throws IOException {
    mark(CLOSED);
  }

  private void mark(int state) throws IOException {
    lock.seek(0);
    lock.write(state);
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } finally {
      OPENED.remove(file);
    }
  }
}
