package io.tracestore.provider.sqlite.write;

import io.tracestore.provider.sqlite.connect.Gate;
import io.tracestore.provider.sqlite.connect.SqliteErrors;
import io.tracestore.provider.support.write.WriteOutcome;
import io.tracestore.provider.support.write.WriteSink;
import io.tracestore.spi.TraceStoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of SQLite on the one connection that writes. The store's own readers are kept out
 * where that is needed. For one thread at a time.
 */
public final class SqliteWriteSink implements WriteSink<SqliteWrite>, AutoCloseable {
  /** In bytes of rows. */
  private static final long SMALL_BATCH = 1L << 20;

  private final Opening opening;
  private final Gate gate;
  private final LogLength log;
  private final SqliteErrors errors;

  /** Null after a failure, until the next transaction opens another one. */
  private @Nullable WriteSession session;

  /** Opens a session. */
  @FunctionalInterface
  public interface Opening {
    WriteSession open() throws SQLException;
  }

  /**
   * @param session the first session, which is closed with the sink
   * @param opening opens further ones, each after a failure
   */
  public SqliteWriteSink(
      WriteSession session, Opening opening, Gate gate, LogLength log, SqliteErrors errors) {
    this.session = session;
    this.opening = opening;
    this.gate = gate;
    this.log = log;
    this.errors = errors;
  }

  /**
   * Writes the batch. If the disk has no space for less than {@link #SMALL_BATCH}, everything is
   * refused: to look for writes that fit would take a transaction for each.
   */
  @Override
  public List<WriteOutcome> write(List<SqliteWrite> batch) throws SQLException {
    try {
      return writeAll(batch);
    } catch (SQLException e) {
      if (errors.isDiskFull(e)
          && batch.stream().mapToLong(SqliteWrite::weight).sum() < SMALL_BATCH) {
        return batch.stream().map(write -> WriteOutcome.refused(errors.translate(e))).toList();
      }
      throw e;
    }
  }

  private List<WriteOutcome> writeAll(List<SqliteWrite> batch) throws SQLException {
    List<WriteOutcome> outcomes;
    gate.enterToWrite();
    try {
      WriteSession current = begin();
      outcomes = commit(current, batch);
      if (batch.contains(SqliteWrite.SYNC)) {
        outcomes = sync(current, batch, outcomes);
      }
    } finally {
      gate.leaveWriting();
    }
    if (session != null) {
      log.keepShort(session);
    }
    return outcomes;
  }

  private WriteSession begin() throws SQLException {
    try {
      if (session == null) {
        session = opening.open();
      }
      session.begin();
      return session;
    } catch (Throwable e) {
      if (!SqliteErrors.isBusy(e)) {
        close();
      }
      throw e;
    }
  }

  private List<WriteOutcome> commit(WriteSession current, List<SqliteWrite> batch)
      throws SQLException {
    try {
      List<WriteOutcome> outcomes = new ArrayList<>(batch.size());
      for (SqliteWrite write : batch) {
        outcomes.add(apply(current, write));
      }
      current.commit();
      return outcomes;
    } catch (Throwable e) {
      session = null;
      current.rollback();
      throw e;
    }
  }

  /** Does a write, which may refuse only if it has written nothing. */
  private static WriteOutcome apply(WriteSession session, SqliteWrite write) throws SQLException {
    long before = session.rowsWritten();
    try {
      return WriteOutcome.stored(write.action().apply(session));
    } catch (TraceStoreException e) {
      if (session.rowsWritten() != before) {
        throw e;
      }
      return WriteOutcome.refused(e);
    }
  }

  /** Syncs after the commit. If that fails, only those who asked for it are refused. */
  private List<WriteOutcome> sync(
      WriteSession current, List<SqliteWrite> batch, List<WriteOutcome> outcomes) {
    try {
      current.sync();
      return outcomes;
    } catch (SQLException e) {
      close(); // its settings are not known now
      List<WriteOutcome> corrected = new ArrayList<>(outcomes);
      for (int i = 0; i < batch.size(); i++) {
        if (batch.get(i).equals(SqliteWrite.SYNC)) {
          corrected.set(i, WriteOutcome.refused(errors.translate(e)));
        }
      }
      return corrected;
    }
  }

  /** Closes the session; the next write opens another one. */
  @Override
  public void close() {
    if (session != null) {
      session.close();
      session = null;
    }
  }
}
