package io.tracestore.bench.app;

import io.tracestore.bench.Scratch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Removes everything that a run must not leave: processes that measure, scratch places, temporary
 * files. Runs once, when the run ends or when it is interrupted (Control-C, SIGTERM).
 */
final class Cleanup implements AutoCloseable {
  private static final long LOOK_MILLIS = 50;
  private static final String LOCK = "lock";
  private static final String INTERRUPTED = "interrupted";

  private final PrintStream out;
  private final Path temporary;
  private final List<String> uris = new CopyOnWriteArrayList<>();
  private final ReentrantLock working = new ReentrantLock();
  private final Thread hook = new Thread(this::interrupt);
  private volatile boolean interrupted;
  private volatile Set<ProcessHandle> before = Set.of();
  private boolean done;

  /** Holds the lock: a channel that nobody refers to is closed. */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private final FileChannel lock;

  private Cleanup(PrintStream out, Path temporary, FileChannel lock) {
    this.lock = lock;
    this.out = out;
    this.temporary = temporary;
  }

  /** Begins a run of its own name. */
  static Cleanup begin(PrintStream out) throws IOException {
    String run = Scratch.newRun();
    System.setProperty(Scratch.RUN_PROPERTY, run);
    System.clearProperty(Scratch.FOLDER_PROPERTY);
    // A scratch place too, so that what is left after a kill can be found.
    Path temporary = Scratch.folder("files");
    FileChannel lock = lock(temporary);
    System.setProperty(Scratch.FOLDER_PROPERTY, temporary.toString());
    Cleanup cleanup = new Cleanup(out, temporary, lock);
    Runtime.getRuntime().addShutdownHook(cleanup.hook);
    return cleanup;
  }

  /** Says that the run goes on, until this process ends: nobody else removes its files then. */
  private static FileChannel lock(Path temporary) throws IOException {
    FileChannel channel =
        FileChannel.open(
            temporary.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.lock();
    return channel;
  }

  /** Whether the run whose temporary files are in {@code temporary} goes on. */
  static boolean isGoingOn(Path temporary) throws IOException {
    Path file = temporary.resolve(LOCK);
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  /** For files of the run. */
  Path temporary() {
    return temporary;
  }

  /** From here on, scratch places are made at {@code uri}. */
  void willUse(String uri) {
    uris.add(uri);
  }

  /**
   * Runs a step of the run; none begins after an interruption.
   *
   * @throws BenchException if the run is interrupted
   */
  <T> T step(Callable<T> step) throws IOException {
    working.lock();
    try {
      if (interrupted) {
        throw new BenchException(INTERRUPTED);
      }
      before = ProcessHandle.current().children().collect(Collectors.toUnmodifiableSet());
      return step.call();
    } catch (IOException | RuntimeException e) {
      if (interrupted) {
        throw new BenchException(INTERRUPTED, e);
      }
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      working.unlock();
    }
  }

  private void interrupt() {
    interrupted = true;
    try {
      while (!working.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        endProcessesOfStep();
      }
      try {
        close();
      } finally {
        working.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The step waits for the process that measures. */
  private void endProcessesOfStep() {
    ProcessHandle.current()
        .children()
        .filter(child -> !before.contains(child))
        .forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public synchronized void close() {
    if (done) {
      return;
    }
    done = true;
    for (String uri : uris) {
      attempt(() -> Scratch.removeLeftOfThisRun(uri));
    }
    attempt(() -> Scratch.deleteAll(temporary));
    if (!interrupted) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private void attempt(Runnable removal) {
    try {
      removal.run();
    } catch (RuntimeException e) {
      out.println("not removed (./tracestore bench clean does it): " + e.getMessage());
    }
  }
}
