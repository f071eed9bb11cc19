package io.tracestore.provider.mem.heap;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.mem.EvictionPolicy;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.mem.Overflow;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.IndexTerms;
import io.tracestore.provider.support.index.IndexedTraces;
import io.tracestore.provider.support.index.TraceIndex;
import io.tracestore.spi.StoreCapacityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Changes the data of a {@link TraceHeap} and keeps its bounds; for the one thread that has the
 * lock, but for {@link #bytes}, {@link #usage}, {@link #checkRoom} and {@link #counters}.
 *
 * <p>A trace is in the map before it is in an index, and out of the indexes before it is out of the
 * map.
 */
final class HeapWriter {
  /** A store that refuses writes when it is full warns from here on. */
  private static final double NEARLY_FULL = 0.9;

  private final MemorySettings config;
  private final IndexedTraces<StoredTrace> traces;
  private final TraceIndex<StoredTrace> indexes;
  private final Eviction eviction;

  /** The bytes that all traces take, without index entries. */
  private long traceBytes;

  // Written with the lock, read without.
  private final AtomicInteger held = new AtomicInteger();
  private final LongAdder evictedTraces = new LongAdder();
  private final LongAdder droppedEvents = new LongAdder();
  private volatile long bytes;

  HeapWriter(MemorySettings config, IndexedTraces<StoredTrace> traces, Eviction eviction) {
    this.config = config;
    this.traces = traces;
    this.indexes = traces.index();
    this.eviction = eviction;
  }

  /**
   * Stores a header, if there is one, and events.
   *
   * @param events in order, no two with one id
   * @param keys those of {@code events}
   */
  void write(TraceId id, @Nullable FlowTrace header, List<TraceEvent> events, EventKeys keys) {
    StoredTrace stored = traces.get(id);
    if (stored != null) {
      update(stored, header, events);
    } else if (events.size() <= config.get(MemoryConfig.MAX_EVENTS_PER_TRACE)) {
      insert(id, header, events, keys);
    } else {
      refuseOverflow(id, events.size());
      int over = events.size() - config.get(MemoryConfig.MAX_EVENTS_PER_TRACE);
      List<TraceEvent> newest = List.copyOf(events.subList(over, events.size()));
      FlowTrace bounded = header == null ? null : header.withEvents(newest);
      insert(id, bounded, newest, EventKeys.of(newest, config.attributes()));
      droppedEvents.add(over);
    }
    countBytes();
  }

  private void insert(
      TraceId id, @Nullable FlowTrace header, List<TraceEvent> events, EventKeys keys) {
    StoredTrace stored = new StoredTrace(id, new Content(header, events));
    long size = Footprint.trace(header) + keys.bytes();
    makeRoom(stored, 1, size);
    resize(stored, size);
    stored.keys = keys;
    held.incrementAndGet();
    eviction.used(stored);
    eviction.add(stored);
    traces.add(stored, terms(stored, header));
  }

  private void update(StoredTrace stored, @Nullable FlowTrace incoming, List<TraceEvent> events) {
    Content now = stored.content();
    FlowTrace header = now.header();
    boolean replaces = incoming != null && HeaderRule.replaces(header, incoming);
    eviction.used(stored);
    boolean sameEvents = events.isEmpty() || now.surelyHas(events);
    if (sameEvents && incoming != null && incoming.equals(now.trace())) {
      return;
    }
    Content next = incoming != null && replaces ? now.withHeader(incoming) : now;
    if (sameEvents) {
      updateHeader(stored, next);
    } else {
      updateEvents(stored, next, events);
    }
  }

  private void updateHeader(StoredTrace stored, Content next) {
    FlowTrace before = stored.content().header();
    long size = stored.bytes + Footprint.trace(next.header()) - Footprint.trace(before);
    makeRoom(stored, 0, size);
    resize(stored, size);
    stored.publish(next);
    reindexHeader(stored, before, next.header());
  }

  private void updateEvents(StoredTrace stored, Content next, List<TraceEvent> events) {
    EventTable known = stored.table;
    EventTable table =
        known != null ? known : new EventTable(stored.content().events(), config.attributes());
    int count = table.sizeWith(events);
    int over = Math.max(0, count - config.get(MemoryConfig.MAX_EVENTS_PER_TRACE));
    if (over > 0) {
      refuseOverflow(stored.id(), count);
    }
    EventTable.Change change = table.plan(events, over);
    long size = Footprint.trace(next.header()) + table.bytes() + change.bytes();
    makeRoom(stored, 0, size);

    FlowTrace before = stored.content().header();
    resize(stored, size);
    droppedEvents.add(over);
    stored.table = table;
    stored.keys = null;
    stored.publish(next.with(change, count - over));
    table.apply(change, before == null ? EventTable.KeyListener.NONE : indexing(stored));
    reindexHeader(stored, before, next.header());
  }

  private EventTable.KeyListener indexing(StoredTrace stored) {
    return new EventTable.KeyListener() {
      @Override
      public void appeared(Field field, Object value) {
        indexes.add(field, value, stored);
      }

      @Override
      public void disappeared(Field field, Object value) {
        indexes.remove(field, value, stored);
      }
    };
  }

  private void refuseOverflow(TraceId id, int events) {
    if (config.get(MemoryConfig.OVERFLOW) == Overflow.REJECT) {
      throw new StoreCapacityException(
          ("trace %s would have %d events, but %s keeps %d of one trace;"
                  + " raise maxEventsPerTrace or set overflow=DROP_OLDEST")
              .formatted(id, events, name(), config.get(MemoryConfig.MAX_EVENTS_PER_TRACE)),
          null);
    }
  }

  /**
   * Lets other traces go until there is room for {@code stored} to take {@code size} bytes.
   *
   * @param more 1 if it is new, else 0
   */
  private void makeRoom(StoredTrace stored, int more, long size) {
    if (size > config.maxBytes()) {
      throw new StoreCapacityException(
          "trace %s would take about %d bytes, but %s holds %d MiB; raise maxMemoryMb"
              .formatted(stored.id(), size, name(), config.get(MemoryConfig.MAX_MEMORY_MB)),
          null);
    }
    long growth = size - stored.bytes;
    if (hasRoom(more, growth) || (more == 0 && growth <= 0)) {
      return;
    }
    if (config.get(MemoryConfig.EVICTION_POLICY) == EvictionPolicy.NONE) {
      throw full();
    }
    if (more == 0) {
      eviction.remove(stored); // what is written must not go
    }
    while (!hasRoom(more, growth)) {
      StoredTrace victim = eviction.next();
      if (victim == null) {
        break; // nothing is left but the index entries of this very trace
      }
      remove(victim);
      evictedTraces.increment();
    }
    if (more == 0) {
      eviction.add(stored);
    }
  }

  private boolean hasRoom(int moreTraces, long moreBytes) {
    return held.longValue() + moreTraces <= config.get(MemoryConfig.MAX_TRACES)
        && traceBytes + indexes.bytes() + moreBytes <= config.maxBytes();
  }

  private StoreCapacityException full() {
    return new StoreCapacityException(
        "%s is full and evicts nothing: it holds %s; delete or purge traces, or raise the bound"
            .formatted(name(), usage()),
        null);
  }

  private void resize(StoredTrace stored, long size) {
    traceBytes += size - stored.bytes;
    stored.bytes = size;
  }

  private void countBytes() {
    bytes = traceBytes + indexes.bytes();
  }

  private static @Nullable IndexTerms terms(StoredTrace stored, @Nullable FlowTrace header) {
    if (header == null) {
      return null;
    }
    EventKeys keys = stored.keys;
    EventTable table = stored.table;
    IndexTerms events =
        keys != null ? keys.terms() : table != null ? table.terms() : IndexTerms.NONE;
    return IndexTerms.ofHeader(header).and(events);
  }

  private void reindexHeader(
      StoredTrace stored, @Nullable FlowTrace before, @Nullable FlowTrace after) {
    if (after == null) {
      return;
    }
    if (before == null) {
      traces.add(stored, terms(stored, after));
      return;
    }
    indexes.replace(stored, IndexTerms.ofHeader(before), IndexTerms.ofHeader(after));
  }

  boolean delete(TraceId id) {
    StoredTrace stored = traces.get(id);
    if (stored == null) {
      return false;
    }
    deleteStored(stored);
    return true;
  }

  /** Deletes a trace. */
  void deleteStored(StoredTrace stored) {
    remove(stored);
    countBytes();
  }

  /** Deletes events before {@code cutoff} of a trace without a header. */
  void purgeEarlyEvents(StoredTrace stored, Instant cutoff) {
    List<TraceEvent> events = stored.content().events();
    List<TraceEvent> kept =
        events.stream().filter(event -> !event.timestamp().isBefore(cutoff)).toList();
    if (kept.isEmpty()) {
      remove(stored);
    } else if (kept.size() < events.size()) {
      EventKeys keys = EventKeys.of(kept, config.attributes());
      stored.table = null;
      stored.keys = keys;
      stored.publish(new Content(null, kept));
      resize(stored, Footprint.trace(null) + keys.bytes());
    }
    countBytes();
  }

  private void remove(StoredTrace stored) {
    eviction.remove(stored);
    traces.remove(stored, terms(stored, stored.content().header()));
    held.decrementAndGet();
    resize(stored, 0);
  }

  /** Fails if a new trace would be refused, warns if that is near. */
  void checkRoom(List<String> warnings) {
    if (config.get(MemoryConfig.EVICTION_POLICY) != EvictionPolicy.NONE) {
      return;
    }
    double full =
        Math.max(
            held.doubleValue() / config.get(MemoryConfig.MAX_TRACES),
            (double) bytes / config.maxBytes());
    if (full >= 1) {
      throw full();
    }
    if (full >= NEARLY_FULL) {
      warnings.add("nearly full, and evicts nothing: new traces will be refused");
    }
  }

  /** How much of the bounds is used. */
  String usage() {
    return "%d of %d traces, %d of %d MiB"
        .formatted(
            held.get(),
            config.get(MemoryConfig.MAX_TRACES),
            bytes >> 20,
            config.get(MemoryConfig.MAX_MEMORY_MB));
  }

  /** The name of the store in error messages. */
  String name() {
    return nameOf(config);
  }

  static String nameOf(MemorySettings config) {
    return config.sharedName() == null ? "mem:" : "mem:" + config.sharedName();
  }

  /** The estimated bytes of all data. */
  long bytes() {
    return bytes;
  }

  Map<String, Long> counters() {
    return Map.of(
        "traces",
        (long) indexes.size(),
        "tracesWithoutHeader",
        held.longValue() - indexes.size(),
        "evictedTraces",
        evictedTraces.sum(),
        "droppedEvents",
        droppedEvents.sum());
  }
}
