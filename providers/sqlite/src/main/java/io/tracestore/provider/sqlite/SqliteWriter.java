package io.tracestore.provider.sqlite;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.BatchStoreException.Failure;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceStoreException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  private final WriteSession session;
  private final GroupCommit<WriteSession> group;

  SqliteWriter(String name, WriteSession session, Gate gate, SqliteErrors errors) {
    this.session = session;
    this.group = new GroupCommit<>(name, new Transactions(session, gate, errors), MAX_QUEUED_BYTES);
  }

  /** Transactions of SQLite, with the store's own readers kept out where that is needed. */
  private static final class Transactions implements GroupCommit.Transactions<WriteSession> {
    private final WriteSession session;
    private final Gate gate;
    private final SqliteErrors errors;

    Transactions(WriteSession session, Gate gate, SqliteErrors errors) {
      this.session = session;
      this.gate = gate;
      this.errors = errors;
    }

    @Override
    public WriteSession begin() throws SQLException {
      gate.enterToWrite();
      try {
        session.begin();
        return session;
      } catch (SQLException | RuntimeException e) {
        gate.leaveWriting();
        throw e;
      }
    }

    @Override
    public void commit(WriteSession context) throws SQLException {
      context.commit();
      gate.leaveWriting();
    }

    @Override
    public void rollback(WriteSession context) {
      try {
        context.rollback(null);
      } finally {
        gate.leaveWriting();
      }
    }

    @Override
    public TraceStoreException translate(Exception failure) {
      return errors.translate(failure);
    }
  }

  /** Traces of a batch that are written in one go. */
  private static final class Chunk {
    private final List<Integer> indexes = new ArrayList<>();
    private final List<EncodedTrace> traces = new ArrayList<>();
    private long weight;

    void add(int index, EncodedTrace trace) {
      indexes.add(index);
      traces.add(trace);
      weight += trace.weight();
    }

    boolean isFull() {
      return traces.size() >= CHUNK_TRACES || weight >= CHUNK_BYTES;
    }

    /** Stores what does not conflict; returns what does. */
    List<Failure> store(WriteSession session) throws SQLException {
      List<Failure> failures = new ArrayList<>();
      for (int i = 0; i < traces.size(); i++) {
        try {
          session.store(traces.get(i));
        } catch (StoreConflictException e) {
          failures.add(failure(i, e));
        }
      }
      return failures;
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
    run(encoded.weight(), writing -> writing.store(encoded));
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
      underWay.add(new UnderWay(chunk, group.submit(chunk.weight, chunk::store)));
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
        group.call(
            0,
            writing -> {
              deleted[0] = writing.delete(traceId);
              return writing.freePages();
            });
    shrink(free);
    return deleted[0];
  }

  /** Removes what is as old as {@code last} or older, bit by bit; how many traces that were. */
  long purgeUpTo(long last) {
    long purged = 0;
    int traces;
    do {
      traces = group.call(0, writing -> writing.purgeTraces(last, PURGED_AT_ONCE));
      purged += traces;
    } while (traces > 0);
    long[] behind = new long[1];
    do {
      behind[0] =
          group.call(0, writing -> writing.purgeEarlyEvents(last, behind[0], PURGED_AT_ONCE));
    } while (behind[0] != 0);
    shrink(group.call(0, WriteSession::freePages));
    return purged;
  }

  /** Gives free pages back to the file system, bit by bit, as long as there are many. */
  private void shrink(long free) {
    long before = Long.MAX_VALUE;
    while (free > SPARE_PAGES && free < before) {
      before = free;
      free = group.call(0, writing -> writing.shrink(SHRUNK_AT_ONCE));
    }
  }

  /** Proves that a write could begin. */
  void checkWritable() {
    run(0, writing -> {});
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
    group.call(
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

  void disconnect() {
    Connections.close(session.connection(), null);
  }
}
