package io.tracestore.provider.sqlite;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.sqlite.EventRows.Kinds;
import io.tracestore.provider.sqlite.HeaderRows.Stored;
import io.tracestore.provider.support.Headers;
import io.tracestore.spi.StoreConflictException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is done inside a transaction of the one connection that writes. Statements are prepared once
 * and kept. Only for the writer thread.
 */
final class WriteSession {
  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final NameKeys names;
  private final HeaderRows headers;
  private final EventRows events;
  private final FilterRows filters;
  private long lastKey;
  private boolean checkpointWanted;

  WriteSession(Connection connection) throws SQLException {
    this.connection = connection;
    this.begin = connection.prepareStatement("BEGIN IMMEDIATE");
    this.commit = connection.prepareStatement("COMMIT");
    this.names = new NameKeys(connection);
    this.headers = new HeaderRows(connection, names);
    this.events = new EventRows(connection, names);
    this.filters = new FilterRows(connection, names);
  }

  Connection connection() {
    return connection;
  }

  void begin() throws SQLException {
    begin.executeUpdate();
    try {
      lastKey = headers.greatestKey(); // another process may have added traces
    } catch (SQLException e) {
      rollback(e);
      throw e;
    }
  }

  void commit() throws SQLException {
    commit.executeUpdate();
    if (checkpointWanted) {
      checkpointWanted = false;
      checkpoint();
    }
  }

  private void checkpoint() {
    try {
      Sql.execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      // What was committed is safe in the WAL; the next checkpoint does it.
    }
  }

  void rollback(@Nullable Exception failure) {
    names.forget();
    checkpointWanted = false;
    Sql.rollback(connection, failure);
  }

  /**
   * Stores one trace.
   *
   * @throws StoreConflictException if it is stored with another flow, execution or start; nothing
   *     was written then
   */
  void store(EncodedTrace trace) throws SQLException {
    long key = lastKey + 1;
    if (headers.insert(key, trace)) {
      lastKey = key;
      filters.addKinds(key, trace.start(), events.insert(key, trace.events()));
      filters.addTags(key, trace.start(), tags(trace));
      return;
    }
    Stored stored = Objects.requireNonNull(headers.find(trace.traceId()), "the row in the way");
    if (stored.start() == null) {
      addHeader(stored, trace);
    } else {
      replaceHeader(stored, trace);
    }
    merge(stored.key(), trace.start(), trace.events());
  }

  private void addHeader(Stored stored, EncodedTrace trace) throws SQLException {
    headers.update(stored.key(), trace);
    filters.addKinds(stored.key(), trace.start(), events.kinds(stored.key()));
    filters.addTags(stored.key(), trace.start(), tags(trace));
  }

  private void replaceHeader(Stored stored, EncodedTrace trace) throws SQLException {
    FlowTrace incoming = trace.trace();
    if (!stored.hasIdentityOf(trace, names.key(incoming.flowId()))) {
      throw Headers.conflict(incoming);
    }
    if (Headers.replaces(stored.status().isTerminal(), incoming)) {
      headers.update(stored.key(), trace);
      Map<String, String> before = stored.tags();
      if (!before.equals(tags(trace))) {
        filters.removeTags(stored.key(), trace.start(), before);
        filters.addTags(stored.key(), trace.start(), tags(trace));
      }
    }
  }

  private static Map<String, String> tags(EncodedTrace trace) {
    return trace.trace().metadata().tags();
  }

  /** Stores events of one trace, which may not have a header yet. */
  void storeEvents(TraceId traceId, List<EncodedEvent> added) throws SQLException {
    byte[] id = Uuids.toBytes(traceId.value());
    Stored stored = headers.find(id);
    if (stored == null) {
      headers.insertWithoutHeader(++lastKey, id);
      merge(lastKey, null, added);
    } else {
      merge(stored.key(), stored.start(), added);
    }
  }

  private void merge(long key, @Nullable Long start, List<EncodedEvent> added) throws SQLException {
    Kinds replaced = new Kinds();
    Kinds written = events.merge(key, added, replaced);
    if (start == null) {
      return;
    }
    replaced.actors().removeAll(written.actors());
    replaced.types().removeAll(written.types());
    if (!replaced.actors().isEmpty() || !replaced.types().isEmpty()) {
      // An event has another actor or type now; was it the last one of the old?
      Kinds left = events.kinds(key);
      replaced.actors().removeAll(left.actors());
      replaced.types().removeAll(left.types());
      filters.removeKinds(key, start, replaced);
    }
    filters.addKinds(key, start, written);
  }

  /** Removes a trace and its events; false if there was neither. */
  boolean delete(TraceId traceId) throws SQLException {
    Stored stored = headers.find(Uuids.toBytes(traceId.value()));
    if (stored == null) {
      return false;
    }
    delete(stored);
    return true;
  }

  private int delete(Stored stored) throws SQLException {
    if (stored.start() != null) {
      filters.removeKinds(stored.key(), stored.start(), events.kinds(stored.key()));
      filters.removeTags(stored.key(), stored.start(), stored.tags());
    }
    int removed = events.delete(stored.key());
    headers.delete(stored.key());
    return removed;
  }

  /**
   * Removes some traces that started at {@code last} or before.
   *
   * @param enough ends after the trace with which so many events were removed
   * @return how many traces were removed; 0 if there were none left
   */
  int purgeTraces(long last, int enough) throws SQLException {
    int traces = 0;
    for (int rows = 0; rows < enough; traces++) {
      Stored oldest = headers.oldest(last);
      if (oldest == null) {
        break;
      }
      rows += delete(oldest) + 1;
    }
    return traces;
  }

  /**
   * Removes events at {@code last} and before of some traces without a header.
   *
   * @param behind the key behind which to go on
   * @param enough ends after the trace with which so many were looked at or removed
   * @return the key behind which to go on; 0 at the end
   */
  long purgeEarlyEvents(long last, long behind, int enough) throws SQLException {
    long key = headers.nextWithoutHeader(behind);
    for (int rows = 0; key != 0; key = headers.nextWithoutHeader(key)) {
      rows += events.deleteUpTo(key, last) + 1;
      if (!events.any(key)) {
        headers.delete(key);
      }
      if (rows >= enough) {
        break;
      }
    }
    return key;
  }

  /**
   * Gives free pages at the end of the file back to the file system.
   *
   * @param pages at most so many
   * @return how many free pages there are still
   */
  long shrink(int pages) throws SQLException {
    if (freePages() > 0) {
      Sql.execute(connection, "PRAGMA incremental_vacuum(%d)".formatted(pages));
      checkpointWanted = true; // in WAL mode only that makes the file shorter
    }
    return freePages();
  }

  /** How many pages of the file are not in use. */
  long freePages() throws SQLException {
    return Sql.number(connection, "PRAGMA freelist_count");
  }
}
