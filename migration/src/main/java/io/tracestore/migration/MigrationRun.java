package io.tracestore.migration;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.Checkpoint.Job;
import io.tracestore.model.EpochNanos;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of a migration: its threads, its progress and its checkpoint. */
final class MigrationRun {
  private static final long TELL_MILLIS = 200;
  private static final long STOP_SECONDS = 60;

  private final TraceStore source;
  private final TraceStore target;
  private final MigrationOptions options;
  private final @Nullable CheckpointFile file;
  private final Checkpoint start;
  private final MigrationReport.Kind kind;
  private final long startNanos = System.nanoTime();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicInteger refusedInARow = new AtomicInteger();
  private final EarlyTraces early;
  private boolean areEarlyLeftOut;
  private volatile boolean stopped;
  private boolean isSynced = true;
  private @Nullable Position savedPosition;

  private MigrationRun(
      TraceStore source,
      TraceStore target,
      MigrationOptions options,
      @Nullable CheckpointFile file) {
    this.source = source;
    this.target = target;
    this.options = options;
    this.file = file;
    this.early = new EarlyTraces(source, target, options.dryRun(), refusedInARow);
    Job job =
        new Job(
            source.toString(),
            target.toString(),
            source.identity(),
            target.identity(),
            ReflowJson.write(options.filter()));
    Instant now = Instant.now();
    Optional<Checkpoint> before = file == null ? Optional.empty() : file.read(job);
    this.start =
        before
            .map(last -> last.next(now, downTo(last)))
            .orElseGet(() -> Checkpoint.beginning(job, now));
    this.kind =
        before.isPresent() && !before.get().ended() ? MigrationReport.Kind.RESUMED : start.kind();
  }

  /**
   * Moves everything.
   *
   * @throws MigrationFailedException if a store cannot go on, or the thread is interrupted
   */
  static MigrationReport run(TraceStore source, TraceStore target, MigrationOptions options) {
    Path path = options.checkpoint();
    if (path == null) {
      return new MigrationRun(source, target, options, null).run();
    }
    try (CheckpointFile file = CheckpointFile.open(path, options.dryRun())) {
      return new MigrationRun(source, target, options, file).run();
    }
  }

  /** Where a run that catches up with {@code last} ends; null if that one saw no trace. */
  private @Nullable Instant downTo(Checkpoint last) {
    Position newest = last.newest();
    if (newest == null) {
      return null;
    }
    Instant begin =
        newest.startTime().isBefore(last.startedAt()) ? newest.startTime() : last.startedAt();
    Duration room = Duration.between(EpochNanos.MIN, begin);
    return options.overlap().compareTo(room) >= 0 ? EpochNanos.MIN : begin.minus(options.overlap());
  }

  private MigrationReport run() {
    TraceQuery walk = WorkPlan.walk(options.filter(), start.downTo());
    long total = walk == null ? 0 : source.count(walk);
    Checkpoint.Logged again = start.again();
    Supplier<NotMovedLog.Places> notMovedBefore =
        () ->
            file == null
                ? NotMovedLog.none()
                : NotMovedLog.read(file.logOf(again.run()), again.bytes());
    try (NotMovedLog log =
            file == null || options.dryRun()
                ? null
                : new NotMovedLog(file.logOf(start.notMoved().run()), start.notMoved().bytes());
        WorkBoard board =
            new WorkBoard(
                new WorkPlan(source, target, options.filter(), start, notMovedBefore),
                start,
                log)) {
      save(board.checkpoint(false)); // what cannot be written is found out before anything is moved
      moveAll(board, total);
      moveEarly();
      end(board);
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw failed(board.soFar(), thrown);
      }
      options.listener().moved(progress(board.soFar(), total));
      MigrationReport report = report(board.soFar());
      return options.verify() && !options.dryRun() ? verified(report, board) : report;
    }
  }

  /** Saves how far the run has come; the error of a run that failed before stays the first. */
  private void end(WorkBoard board) {
    try {
      save(board.checkpoint(failure.get() == null));
    } catch (TraceStoreException e) {
      fail(e);
    }
  }

  private MigrationReport verified(MigrationReport report, WorkBoard board) {
    try {
      return report.with(verify(board.checkpoint(true)));
    } catch (TraceStoreException e) {
      throw new MigrationFailedException(report, e);
    }
  }

  private VerificationReport verify(Checkpoint end) {
    Position newest = end.newest();
    TraceQuery filter = options.filter();
    // Newer traces started after the migration began, and were not to be moved.
    TraceQuery moved =
        newest == null ? filter : filter.toBuilder().startedTo(newest.startTime()).build();
    return Verification.run(source, target, moved, EarlyTraces.match(filter), options.listener());
  }

  private void moveAll(WorkBoard board, long total) {
    List<Thread> threads = new ArrayList<>();
    CountDownLatch running = new CountDownLatch(options.threads());
    try {
      for (int i = 0; i < options.threads(); i++) {
        threads.add(
            Thread.ofPlatform()
                .name("tracestore-migration-" + i)
                .daemon()
                .start(() -> work(board, running)));
      }
      while (!running.await(TELL_MILLIS, TimeUnit.MILLISECONDS)) {
        options.listener().moved(progress(board.soFar(), total));
        saveIfFarther(board.checkpoint(false));
      }
    } catch (InterruptedException e) {
      fail(TraceStoreException.interrupted("migrating", e));
    } catch (TraceStoreException e) {
      fail(e);
    } finally {
      stop(threads, running);
    }
  }

  /** Moves the early traces after all others, so that a run that fails here is not at its end. */
  private void moveEarly() {
    if (failure.get() != null) {
      return;
    }
    try {
      if (EarlyTraces.match(options.filter())) {
        early.move();
      } else {
        areEarlyLeftOut = EarlyTraces.areIn(source);
      }
    } catch (TargetFailedException e) {
      fail(e.reason());
    } catch (TraceStoreException | OutOfMemoryError e) {
      fail(e);
    }
  }

  private void work(WorkBoard board, CountDownLatch running) {
    try {
      while (!stopped) {
        WorkBoard.Task task = board.next();
        if (task == null) {
          return;
        }
        new UnitCopier(source, target, options, board, task, refusedInARow).copy();
      }
    } catch (TargetFailedException e) {
      fail(e.reason());
    } catch (InterruptedException e) {
      fail(TraceStoreException.interrupted("migrating", e));
    } catch (Throwable e) {
      fail(e);
    } finally {
      running.countDown();
    }
  }

  private void fail(Throwable e) {
    stopped = true;
    failure.compareAndSet(null, e);
  }

  /** Ends the threads, even if this one is interrupted. */
  private void stop(List<Thread> threads, CountDownLatch running) {
    stopped = true;
    threads.forEach(Thread::interrupt);
    boolean interrupted = Thread.interrupted();
    try {
      boolean ended = running.await(STOP_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        fail(new TraceStoreException("a thread of the migration does not end", null));
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void saveIfFarther(Checkpoint now) {
    if (!Objects.equals(now.done(), savedPosition)) {
      save(now);
    }
  }

  /** Writes the checkpoint; an interrupt must not close the file in the middle. */
  private void save(Checkpoint checkpoint) {
    if (file == null || options.dryRun()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      syncTarget();
      file.write(checkpoint);
      file.removeOldLogs(checkpoint);
      savedPosition = checkpoint.done();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Makes the target's acknowledged writes durable before the checkpoint: a loss of power must not
   * lose them and keep it.
   */
  private void syncTarget() {
    Backoff backoff = new Backoff();
    while (true) {
      try {
        isSynced = target.sync() && isSynced;
        return;
      } catch (TraceStoreException e) {
        if (failure.get() != null) {
          throw e;
        }
        backoff.await(e);
      }
    }
  }

  private MigrationFailedException failed(MigrationTotals end, Throwable thrown) {
    if (thrown instanceof OutOfMemoryError) {
      return new MigrationFailedException(
          report(end),
          new TraceStoreException(
              "the memory does not suffice for traces of this size (java -Xmx sets it; fewer"
                  + " threads need less)",
              thrown));
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    return new MigrationFailedException(
        report(end),
        thrown instanceof TraceStoreException known
            ? known
            : new TraceStoreException("the migration failed: " + thrown, thrown));
  }

  private MigrationProgress progress(MigrationTotals totals, long total) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
    long ofThisRun = totals.traces() - start.totals().traces();
    double rate = ofThisRun * 1e9 / Math.max(elapsed.toNanos(), 1);
    return new MigrationProgress(
        totals.traces(), totals.events(), totals.bytes(), totals.notMoved(), total, rate, elapsed);
  }

  private MigrationReport report(MigrationTotals totals) {
    return new MigrationReport(
        kind,
        totals.traces(),
        totals.events(),
        totals.bytes(),
        totals.unfinished(),
        early.traces(),
        early.events(),
        totals.notMoved() + early.notMoved(),
        firstNotMoved(totals),
        warnings(),
        Duration.ofNanos(System.nanoTime() - startNanos),
        null);
  }

  private List<NotMoved> firstNotMoved(MigrationTotals totals) {
    return Stream.concat(totals.firstNotMoved().stream(), early.firstNotMoved().stream())
        .limit(MigrationReport.SHOWN_NOT_MOVED)
        .toList();
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (areEarlyLeftOut) {
      warnings.add(
          "the source has events whose trace is not stored; a migration with a filter leaves them"
              + " out");
    }
    if (target.capabilities().contains(Capability.EVICTING)) {
      warnings.add(
          "%s drops old traces when a bound is reached; a verification shows whether it did"
              .formatted(target));
    }
    if (file != null && !target.capabilities().contains(Capability.DURABLE)) {
      warnings.add("%s may lose in a crash what the checkpoint says is moved".formatted(target));
    } else if (!isSynced) {
      warnings.add(
          ("%s may lose with the power what the checkpoint says is moved: it does not sync, as it"
                  + " is set")
              .formatted(target));
    }
    return warnings;
  }
}
