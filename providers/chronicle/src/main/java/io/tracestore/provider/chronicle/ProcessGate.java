package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreUnavailableException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The gate among processes: words in memory that all of them map, and locks of the operating system
 * that tell who is alive.
 *
 * <p>Each process has a slot, whose byte of the file it keeps locked until it ends, however it
 * ends. In the slot it counts its readers; a further word names the slot that writes. So entering
 * takes no system call. Only who waits for long asks whether the other is alive: it tries to lock
 * the other's byte, and if that succeeds, the other has ended, and what it left is cleaned away.
 *
 * <p>A file must be opened by one gate in this process only: POSIX drops all locks of a process on
 * a file as soon as it closes any descriptor of it.
 */
final class ProcessGate implements Gate {
  private static final int SLOTS = 256;
  private static final int LINE = 64;
  private static final long MAGIC = 0x7472616365733031L;
  private static final int MAGIC_AT = 0;
  private static final int WRITER_AT = LINE;
  private static final int USED_SLOTS_AT = LINE + Long.BYTES;
  private static final int LAST_TO_CHANGE_AT = LINE + 2 * Long.BYTES;
  private static final int LOCKS_LEFT_AT = LINE + 3 * Long.BYTES;
  private static final int WAITING_AT = 2 * LINE;
  private static final int SLOTS_AT = 3 * LINE;
  private static final int SIZE = SLOTS_AT + SLOTS * LINE;

  /** Locked bytes lie behind the file's end. */
  private static final long OPENING_BYTE = 1L << 20;

  private static final long FIRST_SLOT_BYTE = OPENING_BYTE + 1;

  /** Of the writer's word: the lower half is its slot, counted from 1. */
  private static final long CHANGING = 1L << 32;

  private static final long NANOS_UNTIL_ASKED = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

  /** So long ago another process was seen waiting, and it may still be. */
  private static final long RECENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long OPENING_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int SPINS = 200;

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer memory;

  /** Asynchronous only because such a channel is not closed by a thread's interrupt. */
  private final AsynchronousFileChannel channel;

  private final String name;
  private @Nullable FileLock opening;
  private int slot = -1;
  private boolean wroteLast;

  private ProcessGate(ByteBuffer memory, AsynchronousFileChannel channel, String name) {
    this.memory = memory;
    this.channel = channel;
    this.name = name;
  }

  /**
   * Opens the file and waits until no other process is opening. {@link #opened} ends that.
   *
   * @throws StoreUnavailableException if another process does not get done with opening
   */
  static ProcessGate open(Path file, String name) throws IOException {
    // Mapped before the first lock: closing this channel would drop it.
    ByteBuffer memory;
    try (FileChannel mapping =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      memory = mapping.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
    }
    AsynchronousFileChannel channel =
        AsynchronousFileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ProcessGate gate = new ProcessGate(memory, channel, name);
    try {
      gate.lockForOpening();
      return gate;
    } catch (IOException | RuntimeException e) {
      gate.close();
      throw e;
    }
  }

  private void lockForOpening() throws IOException {
    long start = System.nanoTime();
    while (opening == null) {
      opening = channel.tryLock(OPENING_BYTE, 1, false);
      if (opening == null) {
        if (System.nanoTime() - start > OPENING_NANOS) {
          throw new StoreUnavailableException(
              name + ": another process has been opening it for a minute", null);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
    }
    long magic = (long) LONG.getVolatile(memory, MAGIC_AT);
    if (magic == 0) {
      LONG.setVolatile(memory, MAGIC_AT, MAGIC);
    } else if (magic != MAGIC) {
      throw new StoreUnavailableException(
          name
              + ": the lock file beside it is of another release; close all processes and delete it",
          null);
    }
  }

  /** Whether another process has the store open. Only while opening. */
  boolean isAlone() throws IOException {
    for (int other = 0; other < SLOTS; other++) {
      if (other != slot && !isFree(other)) {
        return false;
      }
    }
    return true;
  }

  private boolean isFree(int other) throws IOException {
    try (FileLock lock = channel.tryLock(FIRST_SLOT_BYTE + other, 1, false)) {
      return lock != null;
    }
  }

  /** Forgets what ended processes left; for a map that is new. Only while opening, and alone. */
  void forget() {
    LONG.setVolatile(memory, WRITER_AT, 0L);
    LONG.setVolatile(memory, LOCKS_LEFT_AT, 0L);
    for (int other = 0; other < SLOTS; other++) {
      LONG.setVolatile(memory, readersAt(other), 0L);
    }
  }

  /** Takes a slot, and cleans away what its owner before left there. */
  void join(Repairs repairs) throws IOException {
    takeSlot();
    forgetReadersOf(slot);
    if (areLocksLeft() || owner((long) LONG.getVolatile(memory, WRITER_AT)) == slot) {
      enterToWrite(repairs);
      leaveWriting();
    }
  }

  private void takeSlot() throws IOException {
    for (int free = 0; free < SLOTS; free++) {
      FileLock lock = channel.tryLock(FIRST_SLOT_BYTE + free, 1, false);
      if (lock != null) {
        slot = free; // locked until the channel is closed
        long used = (long) LONG.getVolatile(memory, USED_SLOTS_AT);
        LONG.setVolatile(memory, USED_SLOTS_AT, Math.max(used, slot + 1L));
        return;
      }
    }
    throw new StoreCapacityException(
        "%s: %d processes have it open, and more cannot".formatted(name, SLOTS), null);
  }

  /** Lets other processes open. */
  void opened() throws IOException {
    if (opening != null) {
      opening.release();
      opening = null;
    }
  }

  private static int readersAt(int slot) {
    return SLOTS_AT + slot * LINE;
  }

  private static int owner(long writer) {
    return (int) writer - 1;
  }

  @Override
  public boolean enterToRead() {
    Waiting waiting = new Waiting();
    while (true) {
      LONG.getAndAdd(memory, readersAt(slot), 1L);
      long writer = (long) LONG.getVolatile(memory, WRITER_AT);
      if (writer == 0) {
        return true;
      }
      LONG.getAndAdd(memory, readersAt(slot), -1L);
      while ((long) LONG.getVolatile(memory, WRITER_AT) == writer) {
        if (waiting.pause() && hasEnded(owner(writer))) {
          return false;
        }
      }
    }
  }

  @Override
  public void leaveReading() {
    LONG.getAndAdd(memory, readersAt(slot), -1L);
  }

  @Override
  public void enterToWrite(Repairs repairs) {
    letOthersGoFirst();
    boolean writerDied = takeOver();
    int used = (int) (long) LONG.getVolatile(memory, USED_SLOTS_AT);
    for (int other = 0; other < used; other++) {
      awaitReadersOf(other);
    }
    // What is to be repaired is forgotten only when that is done: this process may end too.
    if (writerDied) {
      repairs.afterWriter();
      LONG.setVolatile(memory, LOCKS_LEFT_AT, 0L);
      LONG.setVolatile(memory, WRITER_AT, slot + 1L);
    } else if (areLocksLeft()) {
      repairs.afterReader();
      LONG.setVolatile(memory, LOCKS_LEFT_AT, 0L);
    }
  }

  /** Whether a process that ended may have left the map's own locks locked. */
  private boolean areLocksLeft() {
    return (long) LONG.getVolatile(memory, LOCKS_LEFT_AT) != 0;
  }

  /** Forgets the readers of a process that ended; that some were there, is noted first. */
  private void forgetReadersOf(int ended) {
    if ((long) LONG.getVolatile(memory, readersAt(ended)) != 0) {
      LONG.setVolatile(memory, LOCKS_LEFT_AT, 1L);
      LONG.setVolatile(memory, readersAt(ended), 0L);
    }
  }

  /** Who wrote last gives way to other processes that wait; else the fastest would always win. */
  private void letOthersGoFirst() {
    if (wroteLast) {
      long waiting = (long) LONG.getVolatile(memory, WAITING_AT);
      if (waiting != 0 && System.nanoTime() - waiting < RECENT_NANOS) {
        LockSupport.parkNanos(2 * PAUSE_NANOS);
      }
    }
    wroteLast = true;
  }

  /** Becomes the writer; whether the one before ended while it changed entries. */
  private boolean takeOver() {
    Waiting waiting = new Waiting();
    while (true) {
      long writer = (long) LONG.getVolatile(memory, WRITER_AT);
      if (writer == 0) {
        if (LONG.compareAndSet(memory, WRITER_AT, 0L, slot + 1L)) {
          return false;
        }
      } else if (owner(writer) == slot) {
        // Left by a process that had this slot, or by a repair that failed.
        return hasChanged(writer);
      } else if (waiting.pause() && takeFromEnded(writer)) {
        return hasChanged(writer);
      }
    }
  }

  /** Whether a writer that ended had begun to change entries. It may also have been reading. */
  private boolean hasChanged(long writer) {
    LONG.setVolatile(memory, LOCKS_LEFT_AT, 1L);
    return (writer & CHANGING) != 0;
  }

  /** The slot's byte stays locked meanwhile, so that no process takes that slot anew. */
  private boolean takeFromEnded(long writer) {
    try (FileLock lock = channel.tryLock(FIRST_SLOT_BYTE + owner(writer), 1, false)) {
      return lock != null
          && LONG.compareAndSet(memory, WRITER_AT, writer, (writer & CHANGING) | (slot + 1L));
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private void awaitReadersOf(int other) {
    if (other == slot || (long) LONG.getVolatile(memory, readersAt(other)) == 0) {
      return;
    }
    Waiting waiting = new Waiting();
    while ((long) LONG.getVolatile(memory, readersAt(other)) != 0) {
      if (waiting.pause()) {
        forgetEndedReadersOf(other);
      }
    }
  }

  private void forgetEndedReadersOf(int other) {
    try (FileLock lock = channel.tryLock(FIRST_SLOT_BYTE + other, 1, false)) {
      if (lock != null) {
        forgetReadersOf(other);
      }
    } catch (OverlappingFileLockException e) {
      // another store of this process: alive
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private boolean hasEnded(int other) {
    if (other == slot) {
      return true; // a repair that failed
    }
    try {
      return isFree(other);
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private StoreUnavailableException unavailable(IOException e) {
    return new StoreUnavailableException(
        "%s: the lock file cannot be used: %s".formatted(name, e.getMessage()), e);
  }

  @Override
  public boolean wasLastToChange() {
    return (long) LONG.getVolatile(memory, LAST_TO_CHANGE_AT) == slot + 1L;
  }

  @Override
  public void changing() {
    LONG.setVolatile(memory, LAST_TO_CHANGE_AT, slot + 1L);
    LONG.setVolatile(memory, WRITER_AT, CHANGING | (slot + 1L));
  }

  @Override
  public void changed() {
    LONG.setVolatile(memory, WRITER_AT, slot + 1L);
  }

  @Override
  public boolean isChanging() {
    return ((long) LONG.getVolatile(memory, WRITER_AT) & CHANGING) != 0;
  }

  @Override
  public void leaveWriting() {
    LONG.compareAndSet(memory, WRITER_AT, slot + 1L, 0L);
  }

  /** Gives up the slot, and with it everything the operating system holds. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /** Waits a little longer each time. */
  private final class Waiting {
    private int spins;
    private long asked;

    /** Waits; whether it took so long that the other should be asked whether it is alive. */
    boolean pause() {
      if (spins < SPINS) {
        spins++;
        Thread.onSpinWait();
        return false;
      }
      long now = System.nanoTime();
      if (asked == 0) {
        asked = now;
      }
      LONG.setVolatile(memory, WAITING_AT, now);
      wroteLast = false;
      LockSupport.parkNanos(PAUSE_NANOS);
      if (now - asked < NANOS_UNTIL_ASKED) {
        return false;
      }
      asked = now;
      return true;
    }
  }
}
