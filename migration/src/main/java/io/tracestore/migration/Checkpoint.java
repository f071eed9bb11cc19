package io.tracestore.migration;

import io.tracestore.spi.TraceQuery.Position;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a migration, as a file keeps it.
 *
 * @param job the stores and the filter that it belongs to
 * @param kind whether the run it tells of is a full one or a catch-up
 * @param startedAt when that run began
 * @param newest the newest trace at that time, or in an earlier run; null if none was ever seen
 * @param downTo the run ends with traces that started here; null for all
 * @param done everything down to here is acknowledged by the target; null at the beginning
 * @param ended whether the run came to its end
 * @param again traces that the run before could not move, to be tried again
 * @param notMoved traces that this run could not move so far
 * @param totals what was moved, and what was not
 */
record Checkpoint(
    Job job,
    MigrationReport.Kind kind,
    Instant startedAt,
    @Nullable Position newest,
    @Nullable Instant downTo,
    @Nullable Position done,
    boolean ended,
    Logged again,
    Logged notMoved,
    MigrationTotals totals) {

  /**
   * The migration that a checkpoint belongs to; no part holds a secret.
   *
   * @param source the source's name
   * @param target the target's name
   * @param sourceIdentity the identity of the source's data
   * @param targetIdentity the identity of the target's data
   * @param filter the filter as JSON
   */
  record Job(
      String source, String target, String sourceIdentity, String targetIdentity, String filter) {}

  /**
   * Traces in the {@link NotMovedLog} of a run.
   *
   * @param run the number of the run
   * @param bytes the number of bytes of the log that are valid
   * @param more further traces, not in the log
   */
  record Logged(long run, long bytes, List<Position> more) {
    Logged {
      more = List.copyOf(more);
    }

    static Logged none(long run) {
      return new Logged(run, 0, List.of());
    }
  }

  /** The checkpoint of a run that begins, with nothing done. */
  static Checkpoint beginning(Job job, Instant now) {
    return new Checkpoint(
        job,
        MigrationReport.Kind.FULL,
        now,
        null,
        null,
        null,
        false,
        Logged.none(0),
        Logged.none(1),
        new MigrationTotals());
  }

  /**
   * The next run: the same one if it did not come to its end, otherwise one that catches up with
   * it.
   *
   * @param downTo where a run that catches up ends
   */
  Checkpoint next(Instant now, @Nullable Instant downTo) {
    if (!ended) {
      return this;
    }
    return new Checkpoint(
        job,
        downTo == null ? MigrationReport.Kind.FULL : MigrationReport.Kind.CATCH_UP,
        now,
        newest,
        downTo,
        null,
        false,
        notMoved,
        Logged.none(notMoved.run() + 1),
        new MigrationTotals());
  }

  /** The same for stores that are called otherwise now. */
  Checkpoint of(Job job) {
    return new Checkpoint(
        job, kind, startedAt, newest, downTo, done, ended, again, notMoved, totals);
  }

  Checkpoint withNewest(Position newest) {
    return new Checkpoint(
        job, kind, startedAt, newest, downTo, done, ended, again, notMoved, totals);
  }

  Checkpoint at(@Nullable Position done, Logged notMoved, MigrationTotals totals, boolean ended) {
    return new Checkpoint(
        job, kind, startedAt, newest, downTo, done, ended, again, notMoved, totals.copy());
  }
}
