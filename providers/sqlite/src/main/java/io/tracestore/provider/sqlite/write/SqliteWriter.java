package io.tracestore.provider.sqlite.write;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.sqlite.connect.SqliteErrors;
import io.tracestore.provider.sqlite.schema.BodyDictionaries;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.write.GroupWriter;
import io.tracestore.provider.support.write.ShardedWriter;
import io.tracestore.spi.BatchStoreException.Failure;
import java.util.List;
import java.util.Map;

/**
 * The writing half of a store: encodes in the callers' threads and queues the rows. Safe for many
 * threads.
 */
public final class SqliteWriter {
  /** How many bytes of rows may wait, and go into one transaction. */
  private static final long MAX_QUEUED_BYTES = 32L << 20;

  private static final int PART_TRACES = 32;
  private static final long PART_BYTES = 1L << 20;

  private final SqliteWriteSink sink;
  private final DataTerms terms;
  private final GroupWriter<SqliteWrite> group;
  private final ShardedWriter<SqliteWrite> traces;
  private final SqlitePurge purge;
  private final BodyEncoder bodies;

  /**
   * @param sink writes; it is closed with the writer
   * @param terms those by which traces are found
   * @param dictionaries those of the file
   */
  public SqliteWriter(
      String name,
      SqliteWriteSink sink,
      SqliteErrors errors,
      DataTerms terms,
      BodyDictionaries dictionaries) {
    this.sink = sink;
    this.terms = terms;
    this.group =
        new GroupWriter<>(name, sink, errors::translate, SqliteWrite::weight, MAX_QUEUED_BYTES);
    this.traces = new ShardedWriter<>(List.of(group), PART_TRACES, PART_BYTES);
    this.purge = new SqlitePurge(group);
    this.bodies = new BodyEncoder(dictionaries, group);
  }

  public void store(FlowTrace trace) {
    write(storing(trace));
  }

  private SqliteWrite storing(FlowTrace trace) {
    EncodedTrace encoded = EncodedTrace.of(trace, terms, bodies);
    return SqliteWrite.of(encoded.weight(), session -> session.store(encoded));
  }

  private void write(SqliteWrite write) {
    group.write(write).orThrow();
  }

  /** Stores all traces that can be stored, and returns the others. */
  public List<Failure> storeAll(List<FlowTrace> all) {
    return traces.storeAll(all, this::storing);
  }

  public void storeEvents(TraceId traceId, List<TraceEvent> events) {
    List<EncodedEvent> encoded = EncodedEvent.all(events, bodies);
    long[] added = terms.of(events);
    write(
        SqliteWrite.of(
            EncodedEvent.weight(encoded), session -> session.storeEvents(traceId, encoded, added)));
  }

  public SqlitePurge purge() {
    return purge;
  }

  /** Proves by a write that writes succeed. */
  public void prove() {
    write(SqliteWrite.of(WriteSession::prove));
  }

  /** Puts everything on disk that was committed before. */
  public void sync() {
    write(SqliteWrite.SYNC);
  }

  public Map<String, Long> gauges() {
    return group.gauges();
  }

  public Map<String, Long> counters() {
    return group.counters();
  }

  /** Refuses further writes and waits for those that were accepted. */
  public void finish() {
    traces.close();
  }

  /** Closes the connection; after {@link #finish}. */
  public void disconnect() {
    sink.close();
  }
}
