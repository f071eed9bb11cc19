package io.tracestore.migration;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Exact counts of a migration; a run that was resumed also counts what the earlier one moved. Early
 * traces are those of which only events are stored; each run moves and counts all of them.
 *
 * @param kind the purpose of the run
 * @param traces moved, those that the target had already included
 * @param events of the traces moved
 * @param bytes they take in memory, roughly
 * @param unfinished how many of them were pending or running; a catch-up run moves them again
 * @param earlyTraces early traces moved, which {@code traces} does not count
 * @param earlyEvents of the early traces moved
 * @param notMoved how many traces could not be moved, early ones included
 * @param firstNotMoved the first {@value #SHOWN_NOT_MOVED} of them
 * @param warnings what the operator should know of the two stores, and of early traces that a
 *     filter leaves out
 * @param elapsed how long this run took
 * @param verification the comparison of both stores; null if none was asked for
 */
public record MigrationReport(
    Kind kind,
    long traces,
    long events,
    long bytes,
    long unfinished,
    long earlyTraces,
    long earlyEvents,
    long notMoved,
    List<NotMoved> firstNotMoved,
    List<String> warnings,
    Duration elapsed,
    @Nullable VerificationReport verification) {
  /** How many traces a report names that were not moved. */
  public static final int SHOWN_NOT_MOVED = 1000;

  /** The purpose of a run. */
  public enum Kind {
    /** Move everything. */
    FULL,
    /** Move what an interrupted run did not come to. */
    RESUMED,
    /** Move what started since a run that ended, and what was unfinished then. */
    CATCH_UP
  }

  public MigrationReport {
    Objects.requireNonNull(kind, "kind");
    firstNotMoved = List.copyOf(firstNotMoved);
    warnings = List.copyOf(warnings);
    Objects.requireNonNull(elapsed, "elapsed");
  }

  /** Whether everything was moved and, where it was verified, is the same in both stores. */
  public boolean isComplete() {
    return notMoved == 0 && (verification == null || verification.isEqual());
  }

  MigrationReport with(VerificationReport verification) {
    return new MigrationReport(
        kind,
        traces,
        events,
        bytes,
        unfinished,
        earlyTraces,
        earlyEvents,
        notMoved,
        firstNotMoved,
        warnings,
        elapsed,
        verification);
  }
}
