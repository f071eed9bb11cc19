package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.connect.ChronicleSettings;
import io.tracestore.provider.chronicle.connect.MapFile;
import io.tracestore.provider.chronicle.connect.Sizing;
import io.tracestore.provider.chronicle.connect.TraceMap;
import io.tracestore.provider.chronicle.index.IndexBuild;
import io.tracestore.provider.chronicle.index.StoredTrace;
import io.tracestore.provider.chronicle.read.ChronicleTraceReader;
import io.tracestore.provider.chronicle.write.ChronicleWriteSink;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.IndexedTraces;
import io.tracestore.spi.Capability;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Traces in a Chronicle Map, found by an index on the heap that is built when the map is opened.
 */
final class ChronicleTraceStore extends BaseTraceStore {
  private static final double NEARLY_FULL = 0.9;

  private final MapFile file;
  private final TraceMap map;
  private final Set<Capability> capabilities;
  private final IndexedTraces<StoredTrace> traces;
  private final ChronicleWriteSink writer;
  private final ChronicleTraceReader reader;
  private final long damaged;

  private ChronicleTraceStore(String name, MapFile file, DataTerms attributes) {
    super(name);
    this.file = file;
    this.traces = new IndexedTraces<>(name, attributes);
    this.map = file.map();
    this.capabilities =
        file.files().isEmpty()
            ? Set.of(Capability.ATOMIC)
            : Set.of(Capability.PERSISTENT, Capability.DURABLE, Capability.ATOMIC);
    this.damaged = IndexBuild.fill(traces, map);
    this.writer = new ChronicleWriteSink(map, traces);
    this.reader = new ChronicleTraceReader(map, traces);
  }

  static ChronicleTraceStore open(ChronicleSettings config) {
    String name = config.toString();
    Path path = config.path();
    MapFile file =
        path == null
            ? MapFile.inMemory(name, config.sizing())
            : MapFile.open(name, path, config.sizing(), config.create());
    try {
      return new ChronicleTraceStore(name, file, config.attributes());
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  protected String doIdentity() {
    return "chronicle:" + file.id();
  }

  @Override
  protected Set<Path> doFiles() {
    return file.files();
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    writer.storeTrace(trace);
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    writer.storeEvents(traceId, events);
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return reader.trace(traceId);
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return reader.events(traceId);
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return reader.query(query, limit);
  }

  @Override
  protected String leadingIndex(TraceQuery query) {
    return traces.index().leading(query);
  }

  @Override
  protected TraceQuery candidates(TraceQuery query) {
    return query;
  }

  @Override
  protected Collection<String> doNames(NameKind kind, TraceQuery range) {
    return reader.names(kind, range);
  }

  @Override
  protected long doCount(TraceQuery query) {
    return reader.count(query);
  }

  @Override
  protected void doForEachEarlyTrace(Consumer<TraceId> visitor) {
    traces.forEachEarly(visitor);
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return writer.delete(traceId);
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return writer.purgeBefore(cutoff);
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    file.ensureThere();
    writer.probe();
    Sizing sizing = map.sizing();
    double used =
        Math.max(
            (double) traces.size() / sizing.maxTraces(),
            (double) map.chunks() / sizing.chunkLimit());
    if (used > NEARLY_FULL) {
      warnings.add("%.0f %% full: open it with a larger maxTraces, or purge".formatted(100 * used));
    }
    if (damaged > 0) {
      warnings.add("%d traces cannot be read: delete them".formatted(damaged));
    }
    return "Chronicle Map, %d of %d traces, %.0f %% full"
        .formatted(traces.size(), sizing.maxTraces(), 100 * used);
  }

  @Override
  protected long storageBytes() {
    return map.chunks() * Sizing.CHUNK;
  }

  /**
   * {@code traces}: how many there are, those without a header too; {@code maxTraces}: how many
   * there may be; {@code recoveries}: 1 if the process before had not closed the map; {@code
   * damagedTraces}: how many could not be read at the open.
   */
  @Override
  protected Map<String, Long> counters() {
    return Map.of(
        "traces",
        (long) traces.size(),
        "maxTraces",
        map.sizing().maxTraces(),
        "recoveries",
        file.recovered() ? 1L : 0L,
        "damagedTraces",
        damaged);
  }

  @Override
  protected void doClose() {
    file.close();
  }
}
