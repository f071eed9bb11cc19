package io.tracestore.provider.sqlite;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.util.List;

/**
 * Maintenance of a store in a file by SQLite's own means; {@code
 * store.unwrap(SqliteMaintenance.class)} returns it. Safe for many threads.
 */
public interface SqliteMaintenance {
  /**
   * Copies the database to a new file while it is used: everything that was acknowledged before the
   * call, and nothing half. In WAL mode no writer waits. The copy is compact, and opens as a store;
   * it gets its name when it is whole, checked and on disk.
   *
   * @throws CorruptDataException if the database, and so its copy, is damaged
   * @throws TraceStoreException if the file is there already or cannot be written
   */
  void backupTo(Path file);

  /**
   * Reads the whole database and checks it.
   *
   * @return the faults, one line each; empty if there are none
   * @throws TraceStoreException if it cannot be read at all
   */
  List<String> checkIntegrity();
}
