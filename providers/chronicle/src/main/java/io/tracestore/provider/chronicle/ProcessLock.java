package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreUnavailableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a map for one store of one process, and knows whether the last one closed it. The operating
 * system drops the lock with the process, however that ends.
 */
final class ProcessLock implements AutoCloseable {
  private static final int CLOSED = 'C';
  private static final int OPEN = 'O';

  // POSIX drops all locks of a process on a file when any of its descriptors is closed, so a second
  // store of this process must not even open the file.
  private static final Set<Path> OPENED = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final RandomAccessFile lock;
  private final boolean wasClosed;

  private ProcessLock(Path file, RandomAccessFile lock, boolean wasClosed) {
    this.file = file;
    this.lock = lock;
    this.wasClosed = wasClosed;
  }

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

  private ProcessLock(Path file, RandomAccessFile lock) throws IOException {
    this(file, lock, lock.read() == CLOSED);
  }

  private static RandomAccessFile locked(String name, Path file) throws IOException {
    RandomAccessFile lock = new RandomAccessFile(file.toFile(), "rw");
    try {
      if (lock.getChannel().tryLock() == null) {
        throw inUse(name, null);
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      lock.close();
      throw inUse(name, e);
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
  }

  private static StoreUnavailableException inUse(String name, @Nullable Throwable cause) {
    return new StoreUnavailableException(
        name + ": is open in another process; close it there, a map has one process at a time",
        cause);
  }

  /**
   * Whether the last process that had the map open closed it; otherwise the map has to be
   * recovered.
   */
  boolean wasClosed() {
    return wasClosed;
  }

  /** From now on, a process that ends without closing the map leaves it to be recovered. */
  void opened() throws IOException {
    mark(OPEN);
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
