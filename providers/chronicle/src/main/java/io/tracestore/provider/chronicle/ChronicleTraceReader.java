package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.NewestFirst;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.provider.support.index.TraceIndex;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Reads traces by id and by filter. Safe for many threads, which never wait for a writer. */
final class ChronicleTraceReader {
  private final TraceMap map;
  private final ConcurrentMap<TraceId, StoredTrace> byId;
  private final TraceIndex<StoredTrace> index;

  ChronicleTraceReader(
      TraceMap map, ConcurrentMap<TraceId, StoredTrace> byId, TraceIndex<StoredTrace> index) {
    this.map = map;
    this.byId = byId;
    this.index = index;
  }

  Optional<FlowTrace> trace(TraceId id) {
    Loaded loaded = load(id);
    FlowTrace header = loaded == null ? null : loaded.header();
    return loaded == null || header == null
        ? Optional.empty()
        : Optional.of(header.withEvents(loaded.events()));
  }

  List<TraceEvent> events(TraceId id) {
    Loaded loaded = load(id);
    return loaded == null ? List.of() : loaded.events();
  }

  private @Nullable Loaded load(TraceId id) {
    StoredTrace stored = byId.get(id);
    return stored == null ? null : Loaded.of(stored, map);
  }

  List<FlowTrace> query(TraceQuery query, int limit) {
    List<FlowTrace> page = new ArrayList<>();
    Matching matching = new Matching(query);
    NewestFirst<StoredTrace> candidates = index.candidates(query, TimeRange.pageOf(query));
    long skip = query.offset();
    for (StoredTrace next = candidates.next(); next != null; next = candidates.next()) {
      Loaded loaded = Loaded.of(next, map);
      FlowTrace header = loaded == null ? null : matching.header(loaded);
      if (loaded == null || header == null || skip-- > 0) {
        continue;
      }
      page.add(query.withEvents() ? header.withEvents(loaded.events()) : header);
      if (page.size() == limit) {
        break;
      }
    }
    return List.copyOf(page);
  }

  long count(TraceQuery query) {
    OptionalLong indexed = index.count(query);
    if (indexed.isPresent()) {
      return indexed.getAsLong();
    }
    Matching matching = new Matching(query);
    NewestFirst<StoredTrace> candidates = index.candidates(query, TimeRange.filterOf(query));
    long count = 0;
    for (StoredTrace next = candidates.next(); next != null; next = candidates.next()) {
      Loaded loaded = Loaded.of(next, map);
      if (loaded != null && matching.header(loaded) != null) {
        count++;
      }
    }
    return count;
  }

  /** Decides by the header and the keys of the events, which are not decoded. */
  private static final class Matching {
    private final TraceQuery ofHeader;
    private final @Nullable String actor;
    private final @Nullable String part;
    private final @Nullable String type;

    Matching(TraceQuery query) {
      this.ofHeader =
          query.toBuilder().actor(null).actorContains(null).eventType((String) null).build();
      this.actor = query.actor();
      this.part = query.actorContains();
      this.type = query.eventType();
    }

    /** The header of a trace that matches; else null. */
    @Nullable FlowTrace header(Loaded loaded) {
      FlowTrace header = loaded.header();
      return header != null && ofHeader.matches(header) && matchesEvents(loaded) ? header : null;
    }

    private boolean matchesEvents(Loaded loaded) {
      if (actor == null && part == null && type == null) {
        return true;
      }
      Set<String> actors = new HashSet<>();
      Set<String> types = new HashSet<>();
      loaded.eventKeys((field, value) -> (field == Field.ACTOR ? actors : types).add(value));
      return (actor == null || actors.contains(actor))
          && (part == null || actors.stream().anyMatch(name -> name.contains(part)))
          && (type == null || types.contains(type));
    }
  }
}
