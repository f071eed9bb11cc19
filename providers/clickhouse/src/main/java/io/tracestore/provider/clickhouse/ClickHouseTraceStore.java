package io.tracestore.provider.clickhouse;

import com.clickhouse.client.api.Client;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.clickhouse.connect.ClickHouseErrors;
import io.tracestore.provider.clickhouse.connect.ClickHouseSettings;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.read.ChunkSource;
import io.tracestore.provider.clickhouse.read.ClickHouseAnalytics;
import io.tracestore.provider.clickhouse.read.ClickHouseTraceReader;
import io.tracestore.provider.clickhouse.read.Rollup;
import io.tracestore.provider.clickhouse.read.StoreStatistics;
import io.tracestore.provider.clickhouse.read.TraceNames;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.write.ClickHousePurge;
import io.tracestore.provider.clickhouse.write.ClickHouseWriteSink;
import io.tracestore.provider.clickhouse.write.RemovalSink;
import io.tracestore.provider.clickhouse.write.Revisions;
import io.tracestore.provider.clickhouse.write.TraceWrite;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.Headers;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.provider.support.read.EventPages;
import io.tracestore.provider.support.write.GroupWriter;
import io.tracestore.provider.support.write.ShardedWriter;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterOptions;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Traces in one database of a ClickHouse server or cluster. */
final class ClickHouseTraceStore extends BaseTraceStore {
  /** How many bytes may wait, and go into one block. */
  private static final long MAX_QUEUED_BYTES = 32L << 20;

  /** How many deletions may wait, and go into one statement. */
  private static final int MAX_QUEUED_DELETIONS = 1_000;

  private final Duration flushInterval;
  private final Server server;
  private final Set<Capability> capabilities;
  private final ClickHouseTraceReader reader;
  private final TraceNames names;
  private final ClickHouseAnalytics analytics;
  private final ClickHousePurge purge;
  private final StoreStatistics statistics;
  private final Schema schema;
  private final ShardedWriter<TraceWrite> writer;
  private final GroupWriter<UUID> remover;

  static TraceStore open(ClickHouseSettings config) {
    String name = config.toString();
    ClickHouseErrors failures = new ClickHouseErrors(name);
    Server server = new Server(config, failures);
    try {
      Schema schema = new Schema(config.database(), config.find(ClickHouseConfig.CLUSTER));
      schema.prepare(server, config.get(ClickHouseConfig.CREATE));
      Integer retentionDays = config.retentionDays();
      if (retentionDays != null) {
        schema.setRetention(server, retentionDays);
      }
      boolean evicts = schema.retention(server) > 0;
      Rollup rollup =
          config.get(ClickHouseConfig.ROLLUPS) == Rollups.NONE
              ? null
              : new Rollup(config.get(ClickHouseConfig.ROLLUPS));
      if (rollup != null) {
        rollup.prepare(server, schema);
      }
      return new ClickHouseTraceStore(name, config, server, schema, rollup, failures, evicts);
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private ClickHouseTraceStore(
      String name,
      ClickHouseSettings config,
      Server server,
      Schema schema,
      @Nullable Rollup rollup,
      ClickHouseErrors failures,
      boolean evicts) {
    super(name);
    this.flushInterval = Duration.ofMillis(config.get(ClickHouseConfig.FLUSH_INTERVAL_MS));
    this.server = server;
    this.schema = schema;
    this.capabilities = capabilities(evicts);
    Revisions revisions = new Revisions(InstantSource.system());
    reader = new ClickHouseTraceReader(server);
    names = new TraceNames(server, reader);
    analytics = new ClickHouseAnalytics(server, rollup);
    purge = new ClickHousePurge(server, schema, revisions);
    statistics = new StoreStatistics(server, schema);
    DataTerms terms = DataTerms.of(config.get(ClickHouseConfig.INDEXED_ATTRIBUTES));
    writer = writer(name, config.get(ClickHouseConfig.BATCH_SIZE), revisions, failures, terms);
    remover =
        new GroupWriter<>(
            name,
            new RemovalSink(purge, failures),
            failures::again,
            traceId -> 1,
            MAX_QUEUED_DELETIONS);
  }

  /**
   * The writer of blocks. There is one, because the server's work is per block, not per row: two
   * write blocks of half the size, and fewer rows, see ADR 31.
   *
   * @param batchSize the largest number of rows in a block. A row weighs so much that one bound
   *     limits both the rows and the bytes of a block
   * @param terms those by which traces are found
   */
  private ShardedWriter<TraceWrite> writer(
      String name, int batchSize, Revisions revisions, ClickHouseErrors failures, DataTerms terms) {
    long rowWeight = Math.max(1, MAX_QUEUED_BYTES / batchSize);
    GroupWriter<TraceWrite> group =
        new GroupWriter<>(
            name,
            new ClickHouseWriteSink(server, revisions, purge, terms),
            failures::again,
            write -> Math.max(rowWeight * write.weightInEvents(), write.bytes()),
            MAX_QUEUED_BYTES);
    return new ShardedWriter<>(List.of(group), Integer.MAX_VALUE, MAX_QUEUED_BYTES);
  }

  private static Set<Capability> capabilities(boolean evicts) {
    Set<Capability> all =
        EnumSet.of(Capability.PERSISTENT, Capability.DURABLE, Capability.ATOMIC, Capability.SHARED);
    if (evicts) {
      all.add(Capability.EVICTING);
    }
    return Set.copyOf(all);
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    long unused = writer.write(trace.traceId(), write(trace));
  }

  /** One whose items wait for others no longer than the store's flush interval. */
  @Override
  public TraceWriter writer(WriterOptions options) {
    return super.writer(
        options.maxDelay().compareTo(flushInterval) <= 0
            ? options
            : options.toBuilder().maxDelay(flushInterval).build());
  }

  private static TraceWrite write(FlowTrace trace) {
    return new TraceWrite(trace.traceId().value(), trace, trace.events());
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    long unused = writer.write(traceId, new TraceWrite(traceId.value(), null, events));
  }

  @Override
  protected List<BatchStoreException.Failure> doStoreTraces(List<FlowTrace> traces) {
    return writer.storeAll(traces, ClickHouseTraceStore::write);
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
    return purge.earlyTraces(after, limit);
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return reader.page(query, limit);
  }

  @Override
  protected ChunkedCursor.Source<FlowTrace> doOpenCursor(TraceQuery query) {
    return query.withEvents() ? new ChunkSource(reader, query) : super.doOpenCursor(query);
  }

  /** Headers are compared in the server, and again when they are read. */
  @Override
  protected boolean answersEveryFilter(TraceQuery query) {
    return !query.filtersEventData() && Headers.tellWhetherDurationMatches(query);
  }

  /** The rows of terms narrow most of the filters that need the data of events. */
  @Override
  protected TraceQuery candidates(TraceQuery query) {
    return query;
  }

  @Override
  protected String leadingIndex(TraceQuery query) {
    return reader.leading(query);
  }

  @Override
  protected Collection<String> doNames(NameKind kind, TraceQuery range) {
    return names.of(kind, range, TOO_MANY_NAMES);
  }

  @Override
  protected long doCount(TraceQuery query) {
    return reader.count(query);
  }

  @Override
  protected List<EventMetrics> doEventMetrics(EventMetricsQuery query) {
    return analytics.eventMetrics(query);
  }

  @Override
  protected List<ActorEdge> doActorGraph(ActorGraphQuery query) {
    return analytics.actorGraph(query);
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return remover.write(traceId.value()).orThrow() > 0;
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return purge.removeUntil(EpochNanos.lastBefore(cutoff));
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    return statistics.check(warnings);
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
  protected String doIdentity() {
    return schema.identity(server);
  }

  /** Whether every insert was synced is the server's decision, and it may be another tomorrow. */
  @Override
  protected boolean doSync() {
    return statistics.isSynced();
  }

  @Override
  protected Map<String, Long> gauges() {
    return statistics.gauges();
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  protected @Nullable Object doUnwrap(Class<?> type) {
    if (type == Client.class) {
      return server.client();
    }
    return type == DataSource.class ? server.dataSource() : null;
  }

  @Override
  protected void doClose() {
    writer.close();
    remover.close();
    server.close();
  }
}
