package io.tracestore.provider.redis;

import io.lettuce.core.SetArgs;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.redis.connect.Layout;
import io.tracestore.provider.redis.connect.RedisLink;
import io.tracestore.provider.redis.connect.RedisServerInfo;
import io.tracestore.provider.redis.connect.RedisSettings;
import io.tracestore.provider.redis.read.MatchingHeaders;
import io.tracestore.provider.redis.read.RedisTraceReader;
import io.tracestore.provider.redis.write.RedisPurge;
import io.tracestore.provider.redis.write.RedisWriteSink;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.provider.support.read.WholeTraces;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Traces in Redis. */
final class RedisTraceStore extends BaseTraceStore {
  private static final Duration PROBE_LIFE = Duration.ofSeconds(10);

  private final RedisLink link;
  private final Layout layout;
  private final RedisWriteSink writes;
  private final RedisPurge purge;
  private final RedisTraceReader reads;
  private final Set<Capability> capabilities;
  private final boolean usualTtl;

  private RedisTraceStore(
      String name, RedisSettings config, RedisLink link, Layout layout, RedisServerInfo facts) {
    super(name);
    this.link = link;
    this.layout = layout;
    this.usualTtl = !config.options().isSet(RedisConfig.TTL);
    this.writes = new RedisWriteSink(link, layout, config, facts.evicts());
    this.purge = new RedisPurge(link, layout.keys(), config.answerMillis());
    this.reads = new RedisTraceReader(link, layout.keys());
    this.capabilities = facts.capabilities(config.ttlMillis() != 0);
  }

  static RedisTraceStore open(RedisSettings config) {
    String name = config.toString();
    RedisLink link = RedisLink.open(name, config);
    try {
      RedisServerInfo facts = RedisServerInfo.read(link);
      facts.check(name);
      return new RedisTraceStore(name, config, link, Layout.open(link, config), facts);
    } catch (Throwable e) { // after every failure, nothing may stay open
      link.close();
      throw e;
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    writes.storeTrace(trace);
  }

  @Override
  protected List<BatchStoreException.Failure> doStoreTraces(List<FlowTrace> traces) {
    return writes.storeTraces(traces);
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    writes.storeEvents(traceId, events);
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return reads.trace(traceId);
  }

  @Override
  protected Optional<FlowTrace> doGetHeader(TraceId traceId) {
    return reads.header(traceId);
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return reads.events(traceId);
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return reads.query(query, limit);
  }

  @Override
  protected ChunkedCursor.Source<FlowTrace> doOpenCursor(TraceQuery query) {
    MatchingHeaders headers = new MatchingHeaders(reads, query);
    return query.withEvents() ? new WholeTraces(query, headers, reads::trace) : headers;
  }

  @Override
  protected TraceQuery candidates(TraceQuery query) {
    return query;
  }

  @Override
  protected String leadingIndex(TraceQuery query) {
    return reads.leading(query);
  }

  @Override
  protected Collection<String> doNames(NameKind kind, TraceQuery range) {
    Set<String> names = reads.names(kind, range, TOO_MANY_NAMES);
    return names == null ? super.doNames(kind, range) : names;
  }

  @Override
  protected long doCount(TraceQuery query) {
    return reads.count(query);
  }

  @Override
  protected void doForEachEarlyTrace(Consumer<TraceId> visitor) {
    reads.forEachEarlyTrace(visitor);
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return writes.delete(traceId);
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return purge.before(cutoff);
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    byte[] written = Uuids.toBytes(TraceId.random().value());
    byte[] key = layout.keys().probe(0);
    link.call(commands -> commands.set(key, written, SetArgs.Builder.px(PROBE_LIFE)));
    // Another store's check may have written in between: it is enough that the key has a value.
    byte[] read = link.await(link.<byte[]>send(commands -> commands.get(key)));
    if (read == null || read.length != written.length) {
      throw new TraceStoreException(
          "%s: what was written is not there: %s".formatted(name(), Arrays.toString(read)), null);
    }
    layout.currentId(link); // throws if the data were made again in another way
    RedisServerInfo facts = RedisServerInfo.read(link);
    facts.warnings(warnings);
    if (usualTtl) {
      warnings.add(
          "ttl is 1h, as it is by default: a trace is dropped an hour after its last write; ttl=none keeps it");
    }
    return facts.description();
  }

  @Override
  protected long storageBytes() {
    return ifKnown(RedisServerInfo::usedMemory);
  }

  @Override
  protected long dataBytes() {
    return ifKnown(RedisServerInfo::dataMemory);
  }

  /**
   * Returns -1, not known, while a server cannot be asked, so that the counts of this store are
   * still reported.
   */
  private long ifKnown(ToLongFunction<RedisServerInfo> bytes) {
    try {
      return bytes.applyAsLong(RedisServerInfo.read(link));
    } catch (StoreUnavailableException | StoreTimeoutException e) {
      return -1;
    }
  }

  @Override
  protected String doIdentity() {
    return "redis:" + layout.currentId(link);
  }

  @Override
  protected boolean doSync() {
    return RedisServerInfo.read(link).syncEachWrite() || link.sync(layout.keys());
  }

  /** {@code cleanedEntries}: index entries of traces that are gone, removed by reads. */
  @Override
  protected Map<String, Long> counters() {
    return Map.of("cleanedEntries", reads.cleaned());
  }

  @Override
  protected void doClose() {
    link.close();
  }
}
