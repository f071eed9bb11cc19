package io.tracestore.provider.sqlite.write;

import static io.tracestore.provider.sqlite.jooq.Tables.STORE;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACES;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.beginImmediate;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.pragma;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.update;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.sqlite.Synchronous;
import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.provider.sqlite.schema.BodyDictionaries;
import io.tracestore.provider.sqlite.schema.Dictionary;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Pragma;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.Sql;
import io.tracestore.provider.sqlite.sql.Statements;
import io.tracestore.provider.sqlite.write.EventRows.Kinds;
import io.tracestore.provider.sqlite.write.HeaderRows.Stored;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.StoreConflictException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * The writes inside a transaction of the one connection that writes. Statements are prepared once
 * and kept. After a failed transaction the session is closed and replaced: the driver closes a
 * statement that fails, and the state of the others is not known. For one thread at a time.
 */
public final class WriteSession implements AutoCloseable {
  private static final Rendered BEGIN = Rendered.of(beginImmediate());
  private static final Rendered COMMIT = Rendered.of(DSL.commit());

  /** The state that another process may have changed. */
  private static final Rendered STATE =
      Rendered.of(
          select(
              field(select(max(TRACES.TRACE_KEY)).from(TRACES)),
              field(select(STORE.NAMES_REMOVED).from(STORE))));

  private static final Rendered PROVE =
      Rendered.of(update(STORE).set(STORE.PROOFS, STORE.PROOFS.plus(one())));

  private static final Rendered NOTE_REMOVED_NAMES =
      Rendered.of(update(STORE).set(STORE.NAMES_REMOVED, STORE.NAMES_REMOVED.plus(one())));

  private static final Rendered ADD_EMPTY_PAGES =
      Rendered.of(
          update(STORE).set(STORE.EMPTY_PAGES, STORE.EMPTY_PAGES.plus(param(STORE.EMPTY_PAGES))));

  private static final Rendered FREE_PAGES = Rendered.of(pragma(Pragma.FREELIST_COUNT));

  private final SQLiteConnection connection;
  private final Synchronous synchronous;
  private final boolean ownsConnection;
  private final DataTerms terms;
  private final Prepared prepared;
  private boolean listed;
  private long lastKey;
  private long namesRemoved;

  /** The numbers of names that may not be in use any more. */
  private final Set<Long> perhapsUnused = new HashSet<>();

  private boolean shrunk;

  /** The statements, and what they do. */
  private record Prepared(
      Statements statements,
      PreparedStatement begin,
      PreparedStatement commit,
      PreparedStatement state,
      PreparedStatement prove,
      PreparedStatement noteRemovedNames,
      PreparedStatement freePages,
      Dictionary names,
      HeaderRows headers,
      EventRows events,
      IndexTerms filters) {
    static Prepared on(SQLiteConnection connection, DataTerms terms, BodyDictionaries dictionaries)
        throws SQLException {
      Statements statements = new Statements(connection);
      Dictionary names = new Dictionary(statements);
      return new Prepared(
          statements,
          statements.prepare(BEGIN),
          statements.prepare(COMMIT),
          statements.prepare(STATE),
          statements.prepare(PROVE),
          statements.prepare(NOTE_REMOVED_NAMES),
          statements.prepare(FREE_PAGES),
          names,
          new HeaderRows(statements, names),
          new EventRows(statements, names, terms, dictionaries),
          new IndexTerms(statements, names));
    }
  }

  /**
   * @param terms those by which traces are found
   * @param dictionaries those of the file
   * @param ownsConnection whether the connection is closed with the session
   */
  public WriteSession(
      SQLiteConnection connection,
      Synchronous synchronous,
      DataTerms terms,
      BodyDictionaries dictionaries,
      boolean ownsConnection)
      throws SQLException {
    this.connection = connection;
    this.synchronous = synchronous;
    this.ownsConnection = ownsConnection;
    this.terms = terms;
    this.listed = terms.list().isEmpty();
    this.prepared = Prepared.on(connection, terms, dictionaries);
  }

  public void begin() throws SQLException {
    prepared.begin.executeUpdate();
    try {
      readState();
    } catch (SQLException e) {
      Sql.rollback(connection, e);
      throw e;
    }
  }

  /** Reads the state that another process may have changed: it adds traces, and removes names. */
  private void readState() throws SQLException {
    try (ResultSet row = prepared.state.executeQuery()) {
      row.next();
      lastKey = row.getLong(1);
      long removed = row.getLong(2);
      if (removed != namesRemoved) {
        namesRemoved = removed;
        prepared.names.forget();
      }
    }
  }

  public void commit() throws SQLException {
    prepared.filters.flush();
    removeUnusedNames();
    prepared.commit.executeUpdate();
  }

  private void removeUnusedNames() throws SQLException {
    if (perhapsUnused.isEmpty()) {
      return;
    }
    if (prepared.names.removeUnused(perhapsUnused)) {
      prepared.noteRemovedNames.executeUpdate();
      namesRemoved++;
    }
    perhapsUnused.clear();
  }

  /** Whether pages were given back since the last call: in WAL mode a checkpoint cuts them off. */
  public boolean takeShrunk() {
    boolean was = shrunk;
    shrunk = false;
    return was;
  }

  /** Copies the part of the log that no reader needs any more to the file. Waits for nobody. */
  public void checkpoint() {
    try {
      Sql.execute(connection, pragma(Pragma.WAL_CHECKPOINT));
    } catch (SQLException e) {
      // Committed writes are safe in the WAL; the next checkpoint copies them.
    }
  }

  /** Writes something, if the commit of a write is what puts everything on disk. */
  public void prepareSync() throws SQLException {
    if (isSyncedByCommit()) {
      prove();
    }
  }

  private boolean isSyncedByCommit() {
    return synchronous.compareTo(Synchronous.FULL) >= 0;
  }

  /**
   * Puts on disk what was committed, after a transaction with {@link #prepareSync()}. A commit with
   * FULL also syncs everything that was committed before. A checkpoint would not: it does nothing
   * while a reader needs the content of the log. If this fails, the session must not be used again.
   */
  public void sync() throws SQLException {
    if (!isSyncedByCommit()) {
      Sql.execute(connection, pragma(Pragma.SYNCHRONOUS, Synchronous.FULL));
      prove();
      Sql.execute(connection, pragma(Pragma.SYNCHRONOUS, synchronous));
    }
  }

  /** Closes it, and so undoes everything since {@link #begin}. */
  public void rollback() {
    Sql.rollback(connection, null);
    close();
  }

  /**
   * A number that grows with each row that is written or will be at the end, but for names, which
   * are taken back if nothing uses them.
   */
  public long rowsWritten() throws SQLException {
    return connection.getDatabase().total_changes()
        - prepared.names.inserted()
        + prepared.filters.added();
  }

  /** Writes something that nobody needs. */
  public void prove() throws SQLException {
    prepared.prove.executeUpdate();
  }

  /**
   * Stores a dictionary for bodies. The pages that it takes do not count as data.
   *
   * @return its number
   */
  public long addDictionary(byte[] encoded) throws SQLException {
    long before = usedPages();
    long number = BodyDictionaries.insert(encoded, connection);
    try (PreparedStatement update = connection.prepareStatement(ADD_EMPTY_PAGES.sql())) {
      Binder.of(update).number(usedPages() - before).run();
    }
    return number;
  }

  private long usedPages() throws SQLException {
    return Sql.number(connection, pragma(Pragma.PAGE_COUNT)) - freePages();
  }

  /**
   * Stores one trace.
   *
   * @throws StoreConflictException if it is stored with another flow, execution or start; nothing
   *     was written then
   */
  public void store(EncodedTrace trace) throws SQLException {
    long key = lastKey + 1;
    if (prepared.headers.insert(key, trace)) {
      lastKey = key;
      addKinds(key, trace.start(), prepared.events.insert(key, trace.events()));
      addTerms(key, trace.start(), setOf(trace.terms()));
      prepared.filters.addTags(key, trace.start(), tags(trace));
      return;
    }
    Stored stored =
        Objects.requireNonNull(prepared.headers.find(trace.traceId()), "the row in the way");
    if (stored.start() == null) {
      addHeader(stored, trace);
    } else {
      replaceHeader(stored, trace);
    }
    merge(stored.key(), trace.start(), trace.events(), stored.terms(), trace.terms());
  }

  private static SortedSet<Long> setOf(long[] terms) {
    return LongStream.of(terms).boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  private void addTerms(long key, long start, Collection<Long> added) throws SQLException {
    noteList();
    prepared.filters.addTerms(key, start, added);
  }

  /** Notes with which keys the terms of traces are made; readers have to know it. */
  private void noteList() throws SQLException {
    if (!listed) {
      prepared.filters.addList(terms.list());
      listed = true; // after a failed transaction the session is replaced
    }
  }

  private void addKinds(long key, long start, Kinds kinds) throws SQLException {
    prepared.filters.addKinds(key, start, kinds);
    prepared.filters.addNames(key, kinds.receivers());
  }

  private void addHeader(Stored stored, EncodedTrace trace) throws SQLException {
    prepared.headers.update(stored.key(), trace);
    prepared.filters.addKinds(stored.key(), trace.start(), prepared.events.kinds(stored.key()));
    addTerms(stored.key(), trace.start(), stored.terms());
    prepared.filters.addTags(stored.key(), trace.start(), tags(trace));
  }

  private void replaceHeader(Stored stored, EncodedTrace trace) throws SQLException {
    FlowTrace incoming = trace.trace();
    long flow = prepared.names.find(incoming.flowId());
    long environment = prepared.names.find(incoming.metadata().environment());
    if (stored.environment() != environment) {
      perhapsUnused.addAll(List.of(stored.environment(), environment));
    }
    HeaderRule decision =
        HeaderRule.decide(stored.hasIdentityOf(trace, flow), stored.isTerminal(), incoming);
    if (decision == HeaderRule.REFUSE) {
      perhapsUnused.add(flow);
      throw HeaderRule.conflict(incoming, stored.differingFrom(trace, flow));
    }
    if (decision == HeaderRule.REPLACE) {
      prepared.headers.update(stored.key(), trace);
      Map<String, String> before = stored.tags();
      if (!tags(trace).equals(before)) {
        perhapsUnused.addAll(prepared.filters.removeTags(stored.key(), trace.start(), before));
        prepared.filters.addTags(stored.key(), trace.start(), tags(trace));
      }
    }
  }

  private static Map<String, String> tags(EncodedTrace trace) {
    return trace.trace().metadata().tags();
  }

  /** Stores events of one trace, which may not have a header yet. */
  public void storeEvents(TraceId traceId, List<EncodedEvent> added, long[] addedTerms)
      throws SQLException {
    noteList();
    byte[] id = Uuids.toBytes(traceId.value());
    Stored stored = prepared.headers.find(id);
    if (stored == null) {
      prepared.headers.insertWithoutHeader(++lastKey, id, addedTerms);
      merge(lastKey, null, added, setOf(addedTerms), addedTerms);
    } else {
      merge(stored.key(), stored.start(), added, stored.terms(), addedTerms);
    }
  }

  private void merge(
      long key,
      @Nullable Long start,
      List<EncodedEvent> added,
      SortedSet<Long> storedTerms,
      long[] addedTerms)
      throws SQLException {
    Kinds replaced = new Kinds();
    Kinds written = prepared.events.merge(key, added, replaced);
    replaceTerms(key, start, storedTerms, setOf(addedTerms), replaced.terms());
    if (start == null) {
      prepared.filters.addNames(key, written.all());
      return;
    }
    replaced.actors().removeAll(written.actors());
    replaced.types().removeAll(written.types());
    if (!replaced.actors().isEmpty() || !replaced.types().isEmpty()) {
      // An event has another actor or type now; was it the last one of the old?
      Kinds left = prepared.events.kinds(key);
      replaced.actors().removeAll(left.actors());
      replaced.types().removeAll(left.types());
      prepared.filters.removeKinds(key, start, replaced);
      perhapsUnused.addAll(replaced.all());
    }
    addKinds(key, start, written);
  }

  private void replaceTerms(
      long key,
      @Nullable Long start,
      SortedSet<Long> stored,
      SortedSet<Long> added,
      SortedSet<Long> replaced)
      throws SQLException {
    SortedSet<Long> next = new TreeSet<>(stored);
    next.addAll(added);
    replaced.removeAll(added);
    replaced.retainAll(stored);
    if (!replaced.isEmpty()) {
      // An event does not have these terms any more; was it the last one?
      next = prepared.events.terms(key);
    }
    if (next.equals(stored)) {
      return;
    }
    prepared.headers.setTerms(key, next);
    if (start != null) {
      SortedSet<Long> gone = new TreeSet<>(stored);
      gone.removeAll(next);
      prepared.filters.removeTerms(key, start, gone);
      next.removeAll(stored);
      addTerms(key, start, next);
    }
  }

  /** Removes a trace and its events; false if there was neither. */
  public boolean delete(TraceId traceId) throws SQLException {
    Stored stored = prepared.headers.find(Uuids.toBytes(traceId.value()));
    if (stored == null) {
      return false;
    }
    delete(stored);
    return true;
  }

  private int delete(Stored stored) throws SQLException {
    if (stored.start() != null) {
      Kinds kinds = prepared.events.kinds(stored.key());
      prepared.filters.removeKinds(stored.key(), stored.start(), kinds);
      prepared.filters.removeTerms(stored.key(), stored.start(), stored.terms());
      perhapsUnused.addAll(kinds.all());
      perhapsUnused.addAll(
          prepared.filters.removeTags(stored.key(), stored.start(), stored.tags()));
      perhapsUnused.add(stored.flow());
      perhapsUnused.add(stored.environment());
    }
    int removed = prepared.events.delete(stored.key());
    deleteRow(stored.key());
    return removed;
  }

  private void deleteRow(long key) throws SQLException {
    perhapsUnused.addAll(prepared.filters.removeNames(key));
    prepared.headers.delete(key);
  }

  /**
   * Removes some traces that started at {@code last} or before.
   *
   * @param enough the number of removed rows after which it ends, with the trace that reaches it
   * @return how many traces were removed; 0 if there were none left
   */
  public int purgeTraces(long last, int enough) throws SQLException {
    int traces = 0;
    for (int rows = 0; rows < enough; traces++) {
      Stored oldest = prepared.headers.oldest(last);
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
   * @param after the key after which to go on
   * @param enough the number of rows looked at or removed after which it ends
   * @return the key after which to go on; 0 at the end
   */
  public long purgeEarlyEvents(long last, long after, int enough) throws SQLException {
    long key = prepared.headers.nextWithoutHeader(after);
    for (int rows = 0; key != 0; key = prepared.headers.nextWithoutHeader(key)) {
      rows += prepared.events.deleteUpTo(key, last) + 1;
      if (!prepared.events.any(key)) {
        deleteRow(key);
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
   * @param pages the largest number of pages
   * @return how many free pages there are still
   */
  public long shrink(int pages) throws SQLException {
    if (freePages() > 0) {
      Sql.execute(connection, pragma(Pragma.INCREMENTAL_VACUUM, pages));
      shrunk = true;
    }
    return freePages();
  }

  /** How many pages of the file are not in use. */
  public long freePages() throws SQLException {
    try (ResultSet row = prepared.freePages.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() {
    if (ownsConnection) {
      Connections.close(connection, null);
    } else {
      prepared.statements.close();
    }
  }
}
