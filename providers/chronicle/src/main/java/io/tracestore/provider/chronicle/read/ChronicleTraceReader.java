package io.tracestore.provider.chronicle.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.connect.TraceMap;
import io.tracestore.provider.chronicle.index.Loaded;
import io.tracestore.provider.chronicle.index.StoredTrace;
import io.tracestore.provider.support.index.HeaderAndTermFilter;
import io.tracestore.provider.support.index.IndexedTraces;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads traces by id and by filter. Safe for many threads, which never wait for a writer. */
public final class ChronicleTraceReader {
  private final TraceMap map;
  private final IndexedTraces<StoredTrace> traces;

  public ChronicleTraceReader(TraceMap map, IndexedTraces<StoredTrace> traces) {
    this.map = map;
    this.traces = traces;
  }

  public Optional<FlowTrace> trace(TraceId id) {
    Loaded loaded = load(id);
    return loaded == null ? Optional.empty() : Optional.ofNullable(loaded.trace());
  }

  public List<TraceEvent> events(TraceId id) {
    Loaded loaded = load(id);
    return loaded == null ? List.of() : loaded.events();
  }

  private @Nullable Loaded load(TraceId id) {
    StoredTrace stored = traces.get(id);
    return stored == null ? null : stored.load(map);
  }

  public List<FlowTrace> query(TraceQuery query, int limit) {
    HeaderAndTermFilter filter = new HeaderAndTermFilter(query);
    return traces
        .index()
        .page(query, limit, stored -> matching(stored, filter, query.withEvents()));
  }

  /** The names of one kind in the traces of a time; those of traces that cannot be read are not. */
  public List<String> names(NameKind kind, TraceQuery range) {
    return traces.index().names(kind, range);
  }

  public long count(TraceQuery query) {
    HeaderAndTermFilter filter = new HeaderAndTermFilter(query);
    return traces.index().count(query, stored -> matching(stored, filter, false) != null);
  }

  private @Nullable FlowTrace matching(
      StoredTrace stored, HeaderAndTermFilter filter, boolean withEvents) {
    Loaded loaded = stored.load(map);
    FlowTrace header = loaded == null ? null : loaded.header();
    if (loaded == null
        || header == null
        || !filter.matches(header)
        || !filter.matches(loaded.eventTerms())) {
      return null;
    }
    return withEvents ? header.withEvents(loaded.events()) : header;
  }
}
