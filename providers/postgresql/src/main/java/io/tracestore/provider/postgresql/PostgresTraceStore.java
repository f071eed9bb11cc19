package io.tracestore.provider.postgresql;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.connect.Durability;
import io.tracestore.provider.postgresql.connect.PostgresErrors;
import io.tracestore.provider.postgresql.connect.PostgresSettings;
import io.tracestore.provider.postgresql.read.ChunkSource;
import io.tracestore.provider.postgresql.read.DataIdentity;
import io.tracestore.provider.postgresql.read.PostgresAnalytics;
import io.tracestore.provider.postgresql.read.PostgresServerInfo;
import io.tracestore.provider.postgresql.read.PostgresTraceReader;
import io.tracestore.provider.postgresql.read.TraceNames;
import io.tracestore.provider.postgresql.read.TraceQueries;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.Schema;
import io.tracestore.provider.postgresql.schema.Upkeep;
import io.tracestore.provider.postgresql.write.EncodedEvents;
import io.tracestore.provider.postgresql.write.HeaderRow;
import io.tracestore.provider.postgresql.write.Maintenance;
import io.tracestore.provider.postgresql.write.PostgresPurge;
import io.tracestore.provider.postgresql.write.PostgresWriteSink;
import io.tracestore.provider.postgresql.write.TraceWrite;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.Headers;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.provider.support.read.EventPages;
import io.tracestore.provider.support.write.ShardedWriter;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Traces in one schema of a PostgreSQL database.
 *
 * <p>Callers encode their rows themselves. A trace always goes to the same of two writers, so that
 * writes of one trace keep their order and do not wait for each other in the server. A caller that
 * is alone writes in its own thread; writes that arrive during a transaction share the next one.
 */
final class PostgresTraceStore extends BaseTraceStore {
  private final Connections reading;
  private final Connections writing;
  private final Partitions partitions;
  private final Upkeep upkeep;
  private final PostgresTraceReader reader;
  private final TraceQueries queries;
  private final TraceNames names;
  private final PostgresAnalytics analytics;
  private final PostgresPurge purge;
  private final PostgresServerInfo statistics;
  private final ShardedWriter<TraceWrite> writers;
  private final Maintenance maintenance;
  private final DataTerms terms;

  static TraceStore open(PostgresSettings config) {
    String name = config.toString();
    PostgresErrors failures = new PostgresErrors(name);
    Schema schema = new Schema(config.get(PostgresConfig.SCHEMA_NAME));
    Connection first = connectAndPrepare(config, schema, failures);
    Connections readers = Connections.forReading(config, failures);
    Connections writers = Connections.forWriting(config, failures, first);
    try {
      return new PostgresTraceStore(name, config, readers, writers, schema, failures);
    } catch (RuntimeException | Error e) {
      readers.close();
      writers.close();
      throw e;
    }
  }

  private static Connection connectAndPrepare(
      PostgresSettings config, Schema schema, PostgresErrors failures) {
    try {
      Connection connection = Connections.connect(config);
      try {
        schema.prepare(
            Connections.forMaintenance(connection, config), config.get(PostgresConfig.CREATE));
        return connection;
      } catch (SQLException | RuntimeException | Error e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failures.translate(e);
    }
  }

  private PostgresTraceStore(
      String name,
      PostgresSettings config,
      Connections reading,
      Connections writing,
      Schema schema,
      PostgresErrors failures) {
    super(name);
    this.reading = reading;
    this.writing = writing;
    upkeep = new Upkeep();
    partitions = new Partitions(writing, config, schema, upkeep, Clock.systemUTC());
    reader = new PostgresTraceReader(reading, partitions);
    queries = new TraceQueries(reading, partitions);
    analytics = new PostgresAnalytics(reading, partitions);
    names = new TraceNames(reading);
    NameRemoval removal = new NameRemoval(writing);
    // A removal takes its time: writers must not wait for its connection.
    purge = new PostgresPurge(reading, partitions, removal, upkeep);
    statistics = new PostgresServerInfo(reading, writing);
    maintenance =
        new Maintenance(
            name, config, reading, writing, partitions, purge, removal, upkeep, Clock.systemUTC());
    terms = DataTerms.of(config.get(PostgresConfig.INDEXED_ATTRIBUTES));
    writers = PostgresWriteSink.writers(name, writing, partitions, failures, terms);
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    writers.write(trace.traceId(), encode(trace));
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    UUID id = traceId.value();
    writers.write(traceId, new TraceWrite(id, null, EncodedEvents.of(id, events, terms)));
  }

  @Override
  protected List<BatchStoreException.Failure> doStoreTraces(List<FlowTrace> traces) {
    return writers.storeAll(traces, this::encode);
  }

  private TraceWrite encode(FlowTrace trace) {
    UUID id = trace.traceId().value();
    return new TraceWrite(id, HeaderRow.of(trace), EncodedEvents.of(id, trace.events(), terms));
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return reader.trace(traceId.value());
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return reader.events(traceId.value());
  }

  @Override
  protected Optional<FlowTrace> doGetHeader(TraceId traceId) {
    return reader.header(traceId.value());
  }

  @Override
  protected Map<TraceId, EventCounts> doEventCounts(List<TraceId> traceIds) {
    return reader.eventCounts(traceIds);
  }

  @Override
  protected ChunkedCursor.Source<TraceEvent> doOpenEvents(TraceId traceId, EventRange range) {
    UUID id = traceId.value();
    return new EventPages(
        range,
        new EventPages.Reader() {
          @Override
          public List<EventPages.Place> places(EventRange.@Nullable Position after, int limit) {
            return reader.places(id, after, limit);
          }

          @Override
          public List<TraceEvent> events(List<EventPages.Place> page) {
            return reader.events(id, page);
          }
        });
  }

  @Override
  protected List<TraceId> doGetEarlyTraces(@Nullable TraceId after, int limit) {
    return reader.earlyTraces(after, limit);
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return queries.page(query, limit);
  }

  @Override
  protected ChunkedCursor.Source<FlowTrace> doOpenCursor(TraceQuery query) {
    return new ChunkSource(query, queries);
  }

  /** Headers are compared in the database. */
  @Override
  protected boolean answersEveryFilter(TraceQuery query) {
    return !query.filtersEventData() && Headers.tellWhetherDurationMatches(query);
  }

  /** The index on terms narrows most of the filters that need the data of events. */
  @Override
  protected TraceQuery candidates(TraceQuery query) {
    return query;
  }

  @Override
  protected String leadingIndex(TraceQuery query) {
    return queries.leading(query);
  }

  @Override
  protected Collection<String> doNames(NameKind kind, TraceQuery range) {
    return names.of(kind, TimeRange.filterOf(range), TOO_MANY_NAMES);
  }

  @Override
  protected long doCount(TraceQuery query) {
    return queries.count(query);
  }

  @Override
  protected List<EventMetrics> doEventMetrics(EventMetricsQuery query) {
    return analytics.metrics(query);
  }

  @Override
  protected List<ActorEdge> doActorGraph(ActorGraphQuery query) {
    return analytics.graph(query);
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return purge.removeTrace(traceId.value());
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return purge.removeUntil(EpochNanos.lastBefore(cutoff));
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    String detail = statistics.check(warnings);
    upkeep.addTo(warnings);
    warnings.addAll(partitions.warnings());
    return detail;
  }

  @Override
  protected String doIdentity() {
    return reading.call(DataIdentity::read);
  }

  @Override
  protected boolean doSync() {
    return new Durability(writing).sync();
  }

  @Override
  protected long storageBytes() {
    return statistics.storageBytes();
  }

  @Override
  protected long dataBytes() {
    return statistics.dataBytes();
  }

  @Override
  protected Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>(statistics.counters());
    counters.put("maintenanceFailures", upkeep.failures());
    return counters;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.PERSISTENT, Capability.DURABLE, Capability.ATOMIC, Capability.SHARED);
  }

  @Override
  protected @Nullable Object doUnwrap(Class<?> type) {
    return type == DataSource.class ? reading.dataSource() : null;
  }

  @Override
  protected void doClose() {
    maintenance.close();
    writers.close();
    reading.close();
    writing.close();
  }
}
