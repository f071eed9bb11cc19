package io.tracestore.provider.mem;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.index.NewestFirst;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.provider.support.index.TraceIndex;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data of one private store or of all stores of one name.
 *
 * <p>Writers take turns on one lock, readers take none: they find a {@link StoredTrace} in the map
 * or in an index and read its {@link Content}, which is one consistent trace.
 */
final class TraceHeap {
  /** The number of traces that are purged before other writers get a turn. */
  private static final int PURGE_STEP = 256;

  private final String identity = "mem:" + UUID.randomUUID();
  private final MemorySettings config;
  private final ConcurrentMap<TraceId, StoredTrace> byId = new ConcurrentHashMap<>();
  private final TraceIndex<StoredTrace> indexes = new TraceIndex<>();
  private final Eviction eviction;
  private final LongAdder examinedTraces = new LongAdder();
  private final ReentrantLock lock = new ReentrantLock();
  private final HeapWriter writer;

  TraceHeap(MemorySettings config) {
    this.config = config;
    this.eviction = Eviction.of(config.get(MemoryConfig.EVICTION_POLICY));
    this.writer = new HeapWriter(config, byId, indexes, eviction);
  }

  /** The identity of the data, for every store that shows them. */
  String identity() {
    return identity;
  }

  MemorySettings config() {
    return config;
  }

  @Nullable FlowTrace trace(TraceId id) {
    StoredTrace stored = byId.get(id);
    if (stored == null) {
      return null;
    }
    eviction.used(stored);
    return stored.content().trace();
  }

  List<TraceEvent> events(TraceId id) {
    StoredTrace stored = byId.get(id);
    if (stored == null) {
      return List.of();
    }
    eviction.used(stored);
    return stored.content().events();
  }

  List<FlowTrace> query(TraceQuery query, int limit) {
    List<FlowTrace> page = new ArrayList<>();
    NewestFirst<StoredTrace> candidates = indexes.candidates(query, TimeRange.pageOf(query));
    long skip = query.offset();
    for (StoredTrace stored = candidates.next(); stored != null; stored = candidates.next()) {
      FlowTrace trace = match(stored, query);
      if (trace == null || skip-- > 0) {
        continue;
      }
      eviction.used(stored);
      page.add(query.withEvents() ? trace : trace.withEvents(List.of()));
      if (page.size() == limit) {
        break;
      }
    }
    return List.copyOf(page);
  }

  long count(TraceQuery query) {
    OptionalLong indexed = indexes.count(query);
    if (indexed.isPresent()) {
      return indexed.getAsLong();
    }
    long count = 0;
    NewestFirst<StoredTrace> candidates = indexes.candidates(query, TimeRange.filterOf(query));
    for (StoredTrace stored = candidates.next(); stored != null; stored = candidates.next()) {
      if (match(stored, query) != null) {
        count++;
      }
    }
    return count;
  }

  /** Shows the events of each trace of a flow; if that is null of every trace, stored or not. */
  void forEachEvents(@Nullable String flowId, Consumer<List<TraceEvent>> visitor) {
    if (flowId == null) {
      byId.values().forEach(stored -> visitor.accept(stored.content().events()));
      return;
    }
    TraceQuery ofFlow = TraceQuery.builder().flowId(flowId).build();
    NewestFirst<StoredTrace> candidates = indexes.candidates(ofFlow, TimeRange.ALL);
    for (StoredTrace stored = candidates.next(); stored != null; stored = candidates.next()) {
      FlowTrace trace = match(stored, ofFlow);
      if (trace != null) {
        visitor.accept(trace.events());
      }
    }
  }

  /** Ids of traces without a header after one, or the first, in ascending order. */
  List<TraceId> earlyTraces(@Nullable TraceId after, int limit) {
    return byId.entrySet().stream()
        .filter(entry -> entry.getValue().content().header() == null)
        .map(Map.Entry::getKey)
        .filter(id -> after == null || id.compareTo(after) > 0)
        .sorted()
        .limit(limit)
        .toList();
  }

  private @Nullable FlowTrace match(StoredTrace stored, TraceQuery query) {
    examinedTraces.increment();
    FlowTrace trace = stored.content().trace();
    return trace != null && query.matches(trace) ? trace : null;
  }

  void storeTrace(FlowTrace trace) {
    write(trace.traceId(), trace, trace.events());
  }

  void storeEvents(TraceId id, List<TraceEvent> events) {
    write(id, null, lastOfEachId(events));
  }

  private static List<TraceEvent> lastOfEachId(List<TraceEvent> events) {
    if (events.size() == 1) {
      return events;
    }
    Map<EventId, TraceEvent> byId = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> byId.put(event.eventId(), event));
    return byId.values().stream().sorted(TraceEvent.ORDER).toList();
  }

  private void write(TraceId id, @Nullable FlowTrace header, List<TraceEvent> events) {
    EventKeys keys = EventKeys.of(events); // takes the most time, so before the lock
    acquire();
    try {
      writer.write(id, header, events, keys);
    } finally {
      lock.unlock();
    }
  }

  boolean delete(TraceId id) {
    acquire();
    try {
      return writer.delete(id);
    } finally {
      lock.unlock();
    }
  }

  long purgeBefore(Instant cutoff) {
    long purged = 0;
    if (cutoff.isAfter(EpochNanos.MIN)) {
      TimeRange range = new TimeRange(Long.MIN_VALUE, EpochNanos.lastBefore(cutoff), null);
      long step;
      do {
        step = purgeStep(range);
        purged += step;
      } while (step == PURGE_STEP);
    }
    acquire();
    try {
      writer.purgeEarlyEvents(cutoff);
    } finally {
      lock.unlock();
    }
    return purged;
  }

  private int purgeStep(TimeRange range) {
    acquire();
    try {
      return writer.deleteNewest(range, PURGE_STEP);
    } finally {
      lock.unlock();
    }
  }

  private void acquire() {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to write to " + writer.name(), e);
    }
  }

  /** Says how much room is left, and fails if a new trace would be refused. */
  String checkRoom(List<String> warnings) {
    writer.checkRoom(warnings);
    return "holds " + writer.usage();
  }

  /** The estimated bytes of the data. */
  long bytes() {
    return writer.bytes();
  }

  /** How many traces queries and counts have looked at. */
  long examinedTraces() {
    return examinedTraces.sum();
  }

  Map<String, Long> counters() {
    return writer.counters();
  }
}
