package io.tracestore.migration;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Moves traces from one store to another, of the same or of different backends.
 *
 * <p><b>What is moved.</b> Every trace that matches the filter and is stored when the run begins,
 * with all its events. Traces that start later are left for a later run: nothing newer than the
 * newest trace at the beginning is moved. What was deleted in the source stays in the target.
 *
 * <p><b>Early traces</b>, of which only events are stored, are moved after all others, by every run
 * without a filter. A filter asks for what only a header tells, so it leaves them out, and the
 * report says so.
 *
 * <p><b>Repeating.</b> Every write is an upsert, so a run may be repeated. With a {@linkplain
 * MigrationOptions#checkpoint() checkpoint}, a run that was interrupted, killed included, goes on
 * where the target had acknowledged everything; and a run after one that came to its end catches
 * up: it moves what started since (and the {@linkplain MigrationOptions#overlap() overlap} before),
 * what the last run could not move, and again what the target holds unfinished. Neither sees a
 * trace that is stored later than the overlap after its start, nor what is changed in a trace that
 * was finished; a {@linkplain #verify() verification} does.
 *
 * <p><b>Memory.</b> Each thread holds one batch and one trace, however many there are. Of a trace
 * that is too large to hold, the events are moved piece by piece, and then the header.
 *
 * <p>The stores stay open. Not safe for several threads; an interrupted thread's run ends with an
 * exception.
 */
public final class StorageMigrator {
  private final TraceStore source;
  private final TraceStore target;
  private final MigrationOptions options;

  /** Moves all traces of {@code source} to {@code target}. */
  public StorageMigrator(TraceStore source, TraceStore target) {
    this(source, target, MigrationOptions.DEFAULT);
  }

  /**
   * Moves traces of {@code source} to {@code target} as {@code options} say.
   *
   * @throws IllegalArgumentException if both are one store
   */
  public StorageMigrator(TraceStore source, TraceStore target, MigrationOptions options) {
    this.source = Objects.requireNonNull(source, "source");
    this.target = Objects.requireNonNull(target, "target");
    this.options = Objects.requireNonNull(options, "options");
    if (source.equals(target) || source.identity().equals(target.identity())) {
      throw new IllegalArgumentException("source and target are one store: " + source);
    }
  }

  /**
   * Moves the traces, and compares both stores if the options say so. What cannot be moved is left
   * out and reported.
   *
   * @throws MigrationFailedException if a store cannot go on; it says what was moved until then
   * @throws TraceStoreException if the checkpoint is damaged, of another migration, or cannot be
   *     written, or if verifying fails
   */
  public MigrationReport migrateAllTraces() {
    return MigrationRun.run(source, target, options);
  }

  /**
   * Reads both stores and compares them trace by trace, within the filter; without a filter, early
   * traces too.
   *
   * @throws TraceStoreException if a store cannot be read
   */
  public VerificationReport verify() {
    return Verification.run(
        source, target, options.filter(), EarlyTraces.match(options.filter()), options.listener());
  }

  /**
   * Writes the source's traces to a backup, as {@link Backup#write} does.
   *
   * @throws TraceStoreException if reading or writing fails; the file is as before then
   */
  public BackupReport exportToFile(Path file) {
    return Backup.write(source, options.filter(), file, Backup.Layout.BACKUP, traces -> {});
  }

  /**
   * Stores the traces of a backup, or of another file in Reflow's format, in the target; of a file
   * that is damaged, none. A pipe can be read only once: what is good in it is stored, and the
   * report names the rest.
   *
   * @throws CorruptDataException if the file is damaged; {@link TraceFiles#openToSalvage} reads
   *     what is good in it
   * @throws ImportFailedException if the target cannot go on; it says what was stored until then
   */
  public ImportReport importFromFile(Path file) {
    if (TraceFiles.canBeReadAgain(file)) {
      Backup.check(file, ImportListener.NONE);
    }
    return TraceImporter.importFiles(
        target, List.of(file), TraceFormat.REFLOW, ImportListener.NONE);
  }
}
