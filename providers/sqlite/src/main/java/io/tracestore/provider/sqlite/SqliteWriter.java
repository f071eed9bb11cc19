package io.tracestore.provider.sqlite;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.GroupCommit;
import io.tracestore.provider.support.GroupCommit.Unit;
import io.tracestore.spi.BatchStoreException.Failure;
import io.tracestore.spi.TraceStoreException;
import java.io.Serial;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a store: encodes in the callers' threads and hands rows to the one thread
 * that writes. Safe for many threads.
 */
final class SqliteWriter {
  /** How many bytes of rows may wait, and go into one transaction. */
  private static final long MAX_QUEUED_BYTES = 32L << 20;

  private static final int CHUNK_TRACES = 32;
  private static final long CHUNK_BYTES = 1L << 20;
  private static final int CHUNKS_UNDER_WAY = 32;

  /** About as many rows are removed in one transaction: others wait for some milliseconds. */
  private static final int PURGED_AT_ONCE = 2_000;

  private static final int SHRUNK_AT_ONCE = 500;

  /** Free pages that are kept to be used again. */
  private static final int SPARE_PAGES = 64;

  private final SqliteErrors errors;
  private final Transactions transactions;
  private final GroupCommit<WriteSession> group;

  /** Opens a session. */
  @FunctionalInterface
  interface Opening {
    WriteSession open() throws SQLException;
  }

  /**
   * @param session the first session, which is closed with the writer
   * @param opening opens further ones, each after a failure
   */
  SqliteWriter(
      String name,
      WriteSession session,
      Opening opening,
      Gate gate,
      LogLength log,
      SqliteErrors errors) {
    this.errors = errors;
    this.transactions = new Transactions(session, opening, gate, log, errors);
    this.group = new GroupCommit<>(name, transactions, MAX_QUEUED_BYTES);
  }

  /** Transactions of SQLite, with the store's own readers kept out where that is needed. */
  private static final class Transactions implements GroupCommit.Transactions<WriteSession> {
    private final Opening opening;
    private final Gate gate;
    private final LogLength log;
    private final SqliteErrors errors;

    /** Null after a failure, until the next transaction opens another one. */
    private @Nullable WriteSession session;

    Transactions(
        WriteSession session, Opening opening, Gate gate, LogLength log, SqliteErrors errors) {
      this.session = session;
      this.opening = opening;
      this.gate = gate;
      this.log = log;
      this.errors = errors;
    }

    @Override
    public WriteSession begin() throws SQLException {
      gate.enterToWrite();
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
        gate.leaveWriting();
        throw e;
      }
    }

    @Override
    public void commit(WriteSession context) throws SQLException {
      context.commit();
      if (context.isBroken()) {
        close();
      }
      gate.leaveWriting();
      if (session != null) {
        log.keepShort(session);
      }
    }

    @Override
    public void rollback(WriteSession context) {
      try {
        context.rollback();
      } finally {
        session = null;
        gate.leaveWriting();
      }
    }

    void close() {
      if (session != null) {
        session.close();
        session = null;
      }
    }

    @Override
    public TraceStoreException translate(Exception failure) {
      return errors.translate(failure instanceof HalfDone half ? half.refusal : failure);
    }
  }

  /** A refusal that comes after something was written, so that it has to be undone. */
  private static final class HalfDone extends Exception {
    @Serial private static final long serialVersionUID = 1L;
    private final TraceStoreException refusal;

    HalfDone(TraceStoreException refusal) {
      super(refusal);
      this.refusal = refusal;
    }
  }

  /** Lets {@code work} refuse only if it has written nothing. */
  private static <R> R whole(WriteSession session, Unit<WriteSession, R> work) throws Exception {
    long before = session.rowsWritten();
    try {
      return work.apply(session);
    } catch (TraceStoreException e) {
      if (session.rowsWritten() != before) {
        throw new HalfDone(e);
      }
      throw e;
    }
  }

  /** Traces of a batch that are written in one go. */
  private final class Chunk implements Unit<WriteSession, List<Failure>> {
    private final List<Integer> indexes = new ArrayList<>();
    private final List<EncodedTrace> traces = new ArrayList<>();
    private long weight;
    private int attempts;

    void add(int index, EncodedTrace trace) {
      indexes.add(index);
      traces.add(trace);
      weight += trace.weight();
    }

    boolean isFull() {
      return traces.size() >= CHUNK_TRACES || weight >= CHUNK_BYTES;
    }

    /** A chunk that broke its transaction is tried again, with each trace undone by itself. */
    @Override
    public boolean hasAnotherWay() {
      return attempts == 1;
    }

    /** Stores what can be; returns what cannot. */
    @Override
    public List<Failure> apply(WriteSession session) throws Exception {
      attempts++;
      return attempts == 1 ? storeFast(session) : storeOneByOne(session);
    }

    private List<Failure> storeFast(WriteSession session) throws Exception {
      List<Failure> failures = new ArrayList<>();
      for (int i = 0; i < traces.size(); i++) {
        EncodedTrace trace = traces.get(i);
        try {
          whole(session, storing(trace));
        } catch (TraceStoreException e) {
          failures.add(failure(i, e));
        }
      }
      return failures;
    }

    /**
     * A savepoint for each trace would cost the others time, so it is only made when it is needed.
     */
    private List<Failure> storeOneByOne(WriteSession session) throws SQLException {
      List<Failure> failures = new ArrayList<>();
      for (int i = 0; i < traces.size(); i++) {
        session.beginPart();
        try {
          session.store(traces.get(i));
          session.endPart();
        } catch (SQLException | RuntimeException e) {
          failures.add(failure(i, errors.translate(e)));
          undoPart(session, e);
        }
      }
      return failures;
    }

    private static void undoPart(WriteSession session, Exception failure) throws SQLException {
      try {
        session.undoPart();
      } catch (SQLException e) {
        // SQLite has undone everything, as after a full disk.
        if (failure instanceof SQLException first) {
          first.addSuppressed(e);
          throw first;
        }
        throw e;
      }
    }

    List<Failure> allFailed(TraceStoreException cause) {
      List<Failure> failures = new ArrayList<>();
      for (int i = 0; i < traces.size(); i++) {
        failures.add(failure(i, cause));
      }
      return failures;
    }

    private Failure failure(int i, TraceStoreException cause) {
      return new Failure(indexes.get(i), traces.get(i).trace().traceId(), cause);
    }
  }

  /** A chunk that was handed over; what became of it. */
  private record UnderWay(Chunk chunk, GroupCommit.Ticket<List<Failure>> ticket) {
    List<Failure> await() {
      try {
        return ticket.await();
      } catch (TraceStoreException e) {
        return chunk.allFailed(e);
      }
    }
  }

  void store(FlowTrace trace) {
    EncodedTrace encoded = EncodedTrace.of(trace);
    call(encoded.weight(), storing(encoded));
  }

  private static Unit<WriteSession, Boolean> storing(EncodedTrace trace) {
    return session -> {
      session.store(trace);
      return true;
    };
  }

  private <R> R call(long weight, Unit<WriteSession, R> work) {
    return group.call(weight, session -> whole(session, work));
  }

  /** Stores all that can be; while one chunk is written, the next one is encoded. */
  List<Failure> storeAll(List<FlowTrace> traces) {
    List<Failure> failures = new ArrayList<>();
    Deque<UnderWay> underWay = new ArrayDeque<>();
    Chunk chunk = new Chunk();
    for (int i = 0; i < traces.size(); i++) {
      try {
        chunk.add(i, EncodedTrace.of(traces.get(i)));
      } catch (TraceStoreException e) {
        failures.add(new Failure(i, traces.get(i).traceId(), e));
      }
      if (chunk.isFull() || i == traces.size() - 1) {
        submit(chunk, underWay, failures);
        chunk = new Chunk();
      }
      if (underWay.size() > CHUNKS_UNDER_WAY) {
        failures.addAll(underWay.remove().await());
      }
    }
    underWay.forEach(last -> failures.addAll(last.await()));
    failures.sort((a, b) -> Integer.compare(a.index(), b.index()));
    return failures;
  }

  private void submit(Chunk chunk, Deque<UnderWay> underWay, List<Failure> failures) {
    try {
      underWay.add(new UnderWay(chunk, group.submit(chunk.weight, chunk)));
    } catch (TraceStoreException e) {
      failures.addAll(chunk.allFailed(e));
    }
  }

  void storeEvents(TraceId traceId, List<TraceEvent> events) {
    List<EncodedEvent> encoded = EncodedEvent.all(lastOfEachId(events));
    run(EncodedEvent.weight(encoded), writing -> writing.storeEvents(traceId, encoded));
  }

  private static Collection<TraceEvent> lastOfEachId(List<TraceEvent> events) {
    if (events.size() == 1) {
      return events;
    }
    Map<EventId, TraceEvent> last = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> last.put(event.eventId(), event));
    return last.values();
  }

  boolean delete(TraceId traceId) {
    boolean[] deleted = new boolean[1];
    long free =
        call(
            0,
            writing -> {
              deleted[0] = writing.delete(traceId);
              return writing.freePages();
            });
    shrink(free);
    return deleted[0];
  }

  /**
   * Removes the traces that started at {@code last} or earlier, step by step; returns their number.
   */
  long purgeUpTo(long last) {
    long purged = 0;
    int traces;
    do {
      traces = call(0, writing -> writing.purgeTraces(last, PURGED_AT_ONCE));
      purged += traces;
    } while (traces > 0);
    long[] behind = new long[1];
    do {
      behind[0] = call(0, writing -> writing.purgeEarlyEvents(last, behind[0], PURGED_AT_ONCE));
    } while (behind[0] != 0);
    shrink(call(0, WriteSession::freePages));
    return purged;
  }

  /** Gives free pages back to the file system, bit by bit, as long as there are many. */
  private void shrink(long free) {
    long before = Long.MAX_VALUE;
    while (free > SPARE_PAGES && free < before) {
      before = free;
      free = call(0, writing -> writing.shrink(SHRUNK_AT_ONCE));
    }
  }

  /** Proves that a write succeeds, by one. */
  void prove() {
    run(0, WriteSession::prove);
  }

  /** Puts everything on disk that was committed before. */
  void sync() {
    try {
      call(0, WriteSession::sync).check();
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  Map<String, Long> gauges() {
    return group.gauges();
  }

  Map<String, Long> counters() {
    return group.counters();
  }

  /** Writing that returns nothing. */
  @FunctionalInterface
  private interface Action {
    void apply(WriteSession session) throws SQLException;
  }

  private void run(long weight, Action action) {
    call(
        weight,
        writing -> {
          action.apply(writing);
          return true;
        });
  }

  /** Refuses further writes and waits for those that were accepted. */
  void finish() {
    group.close();
  }

  /** After {@link #finish}. */
  void disconnect() {
    transactions.close();
  }
}
