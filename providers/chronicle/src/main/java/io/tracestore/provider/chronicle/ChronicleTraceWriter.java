package io.tracestore.provider.chronicle;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.StoredTrace.Ref;
import io.tracestore.provider.support.Headers;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.NewestFirst;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.provider.support.index.TraceIndex;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes traces. Writers take turns on one lock; data are encoded before. Safe for many threads.
 *
 * <p>Each write adds a record to the trace, which becomes visible with one assignment. Sixteen
 * records of one level are put together into one of the next level: a trace of n writes has some
 * log(n) records, and each event is written log(n) times. What a record replaces is removed after
 * it is written whole, and a process that opens the map after a kill does the same.
 */
final class ChronicleTraceWriter {
  private static final int RECORDS_OF_A_LEVEL = 16;
  private static final int PURGE_STEP = 64;
  private static final int TOMBSTONE_TRIES = 64;

  private final TraceMap map;
  private final ConcurrentMap<TraceId, StoredTrace> byId;
  private final TraceIndex<StoredTrace> index;
  private final Set<TraceId> early;
  private final ReentrantLock lock = new ReentrantLock();

  ChronicleTraceWriter(
      TraceMap map,
      ConcurrentMap<TraceId, StoredTrace> byId,
      TraceIndex<StoredTrace> index,
      Set<TraceId> early) {
    this.map = map;
    this.byId = byId;
    this.index = index;
    this.early = early;
  }

  void store(FlowTrace trace) {
    TraceRecord.Writing encoded = new TraceRecord.Writing(trace, trace.events());
    locked(() -> {
      StoredTrace stored = byId.get(trace.traceId());
      if (stored == null) {
        insert(trace.traceId(), trace, encoded);
      } else {
        update(stored, trace, trace.events(), encoded);
      }
      return true;
    });
  }

  void storeEvents(TraceId id, List<TraceEvent> events) {
    List<TraceEvent> distinct = lastOfEachId(events);
    TraceRecord.Writing encoded = new TraceRecord.Writing(null, distinct);
    locked(() -> {
      StoredTrace stored = byId.get(id);
      if (stored == null) {
        insert(id, null, encoded);
      } else {
        update(stored, null, distinct, encoded);
      }
      return true;
    });
  }

  private static List<TraceEvent> lastOfEachId(List<TraceEvent> events) {
    if (events.size() == 1) {
      return events;
    }
    Map<EventId, TraceEvent> last = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> last.put(event.eventId(), event));
    return last.values().stream().sorted(TraceEvent.ORDER).toList();
  }

  private <R> R locked(Supplier<R> write) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to write to the map", e);
    }
    try {
      return write.get();
    } finally {
      lock.unlock();
    }
  }

  private void insert(TraceId id, @Nullable FlowTrace header, TraceRecord.Writing encoded) {
    long most = map.sizing().maxTraces();
    if (byId.size() >= most) {
      throw new StoreCapacityException(
          "full: maxTraces is %d; purge, or open it with a larger value".formatted(most), null);
    }
    StoredTrace stored = new StoredTrace(id, write(id, 0, encoded, 0, 0));
    byId.put(id, stored);
    if (header == null) {
      early.add(id);
    } else {
      stored.begin(header);
      index.add(stored, header);
      encoded.eventKeys((field, value) -> index.add(field, value, stored));
    }
  }

  private Ref write(TraceId id, int number, TraceRecord.Writing encoded, int from, int level) {
    byte[] bytes = encoded.toBytes(from, level);
    map.put(id, number, bytes);
    return new TraceRecord(bytes).ref(number);
  }

  /**
   * Stores what is new of a header and events.
   *
   * @param encoded both
   */
  private void update(
      StoredTrace stored,
      @Nullable FlowTrace incoming,
      List<TraceEvent> events,
      TraceRecord.Writing encoded) {
    FlowTrace header = headerOf(stored);
    if (header != null && incoming != null && !header.hasIdentityOf(incoming)) {
      throw Headers.conflict(incoming);
    }
    FlowTrace adopted = adopted(header, incoming);
    Map<EventId, TraceEvent> present = present(stored, encoded);
    List<TraceEvent> fresh =
        present.isEmpty()
            ? events
            : events.stream().filter(event -> !event.equals(present.get(event.eventId()))).toList();
    if (adopted == null && fresh.isEmpty()) {
      return;
    }
    if (fresh.stream().anyMatch(event -> present.containsKey(event.eventId()))) {
      List<TraceEvent> all = new ArrayList<>(fresh);
      Set<EventId> replaced = HashSet.newHashSet(fresh.size());
      fresh.forEach(event -> replaced.add(event.eventId()));
      load(stored).events().stream()
          .filter(event -> !replaced.contains(event.eventId()))
          .forEach(all::add);
      all.sort(TraceEvent.ORDER);
      rewrite(stored, header, adopted, all);
      return;
    }
    boolean whole = fresh.size() == events.size() && (adopted != null || incoming == null);
    append(stored, header, adopted, whole ? encoded : new TraceRecord.Writing(adopted, fresh));
  }

  /** The header to write; null to leave the stored one. */
  private static @Nullable FlowTrace adopted(
      @Nullable FlowTrace header, @Nullable FlowTrace incoming) {
    if (header == null || incoming == null) {
      return incoming;
    }
    return Headers.replaces(header.status().kind().isTerminal(), incoming)
            && !header.equals(incoming.withEvents(List.of()))
        ? incoming
        : null;
  }

  private Loaded load(StoredTrace stored, Ref... refs) {
    Loaded loaded = Loaded.of(stored, map, refs.length == 0 ? stored.records() : refs);
    if (loaded == null) {
      throw new CorruptDataException(
          "damaged trace %s: a part of it is missing".formatted(stored.id()), null);
    }
    return loaded;
  }

  private @Nullable FlowTrace headerOf(StoredTrace stored) {
    Ref[] records = stored.records();
    for (int i = records.length - 1; i >= 0; i--) {
      if (records[i].hasHeader()) {
        return load(stored, records[i]).header();
      }
    }
    return null;
  }

  /** The stored events of those records in which an event of {@code encoded} may be. */
  private Map<EventId, TraceEvent> present(StoredTrace stored, TraceRecord.Writing encoded) {
    Map<EventId, TraceEvent> present = new HashMap<>();
    Ref incoming = encoded.ref();
    for (Ref each : stored.records()) {
      if (each.mayShareEvents(incoming)) {
        load(stored, each).events().forEach(event -> present.put(event.eventId(), event));
      }
    }
    return present;
  }

  /** Adds a record that replaces nothing but the header. */
  private void append(
      StoredTrace stored,
      @Nullable FlowTrace before,
      @Nullable FlowTrace adopted,
      TraceRecord.Writing encoded) {
    Ref[] records = stored.records();
    int number = StoredTrace.nextNumber(records);
    Ref added = write(stored.id(), number, encoded, number, 0);
    Ref[] now = Arrays.copyOf(records, records.length + 1);
    now[records.length] = added;
    stored.publish(now);
    indexHeader(stored, before, adopted);
    if (before != null) {
      encoded.eventKeys((field, value) -> index.add(field, value, stored));
    }
    putTogether(stored);
  }

  private void indexHeader(
      StoredTrace stored, @Nullable FlowTrace before, @Nullable FlowTrace adopted) {
    if (adopted == null) {
      return;
    }
    if (before != null) {
      index.replace(stored, before, adopted);
      return;
    }
    early.remove(stored.id());
    stored.begin(adopted);
    index.add(stored, adopted);
    load(stored).eventKeys((field, value) -> index.add(field, value, stored));
  }

  /** Writes all of a trace again, as one record. */
  private void rewrite(
      StoredTrace stored,
      @Nullable FlowTrace before,
      @Nullable FlowTrace adopted,
      List<TraceEvent> events) {
    Set<Key> gone = new HashSet<>();
    if (before != null) {
      load(stored).eventKeys((field, value) -> gone.add(new Key(field, value)));
    }
    TraceRecord.Writing encoded =
        new TraceRecord.Writing(adopted == null ? before : adopted, events);
    replaceLast(stored, stored.records().length, encoded, 0);
    if (before != null) {
      encoded.eventKeys((field, value) -> {
        if (!gone.remove(new Key(field, value))) {
          index.add(field, value, stored);
        }
      });
      gone.forEach(key -> index.remove(key.field, key.value, stored));
    }
    indexHeader(stored, before, adopted);
  }

  private record Key(Field field, String value) {}

  /** Puts the last records together when there are many of one level. */
  private void putTogether(StoredTrace stored) {
    while (true) {
      Ref[] records = stored.records();
      byte level = records[records.length - 1].level();
      int same = 1;
      while (same < records.length && records[records.length - 1 - same].level() == level) {
        same++;
      }
      if (same < RECORDS_OF_A_LEVEL) {
        return;
      }
      Ref[] last = Arrays.copyOfRange(records, records.length - same, records.length);
      try {
        Loaded loaded = load(stored, last);
        replaceLast(
            stored, same, new TraceRecord.Writing(loaded.header(), loaded.events()), level + 1);
      } catch (StoreCapacityException | CorruptDataException e) {
        return; // they stay as they are
      }
    }
  }

  /** Writes a record that stands for the last {@code count} ones, and removes those. */
  private void replaceLast(StoredTrace stored, int count, TraceRecord.Writing encoded, int level) {
    Ref[] records = stored.records();
    int kept = records.length - count;
    int number = StoredTrace.nextNumber(records);
    Ref together = write(stored.id(), number, encoded, records[kept].number(), level);
    Ref[] now = Arrays.copyOf(records, kept + 1);
    now[kept] = together;
    stored.publish(now);
    for (int i = kept; i < records.length; i++) {
      map.remove(stored.id(), records[i].number(), records[i].bytes());
    }
  }

  boolean delete(TraceId id) {
    return locked(() -> {
      StoredTrace stored = byId.get(id);
      if (stored == null) {
        return false;
      }
      delete(stored);
      return true;
    });
  }

  private void delete(StoredTrace stored) {
    // Before anything is changed: it may be damaged, or the map full.
    FlowTrace header = stored.isDamaged() ? null : headerOf(stored);
    Loaded loaded = header == null ? null : load(stored);
    Ref[] records = stored.records();
    int tombstone = records.length > 1 ? writeTombstone(stored, records) : 0;
    early.remove(stored.id());
    if (loaded != null && header != null) {
      loaded.eventKeys((field, value) -> index.remove(field, value, stored));
      index.remove(stored, header);
    } else {
      index.remove(stored);
    }
    byId.remove(stored.id());
    stored.publishDeleted();
    for (Ref each : records) {
      map.remove(stored.id(), each.number(), each.bytes());
    }
    if (tombstone > 0) {
      map.removePart(stored.id(), tombstone, 0);
    }
  }

  /**
   * Says that all records are deleted, so that a kill leaves all or none. A segment may be full:
   * another number lies in another segment.
   *
   * @return its number
   */
  private int writeTombstone(StoredTrace stored, Ref... records) {
    int number = StoredTrace.nextNumber(records);
    for (int tries = 1; ; tries++, number++) {
      try {
        map.putTombstone(stored.id(), number, TraceRecord.tombstone(records[0].number()));
        return number;
      } catch (StoreCapacityException e) {
        if (tries == TOMBSTONE_TRIES) {
          throw e;
        }
      }
    }
  }

  long purgeBefore(Instant cutoff) {
    List<CorruptDataException> damaged = new ArrayList<>();
    long removed = 0;
    TimeRange range = new TimeRange(Long.MIN_VALUE, EpochNanos.lastBefore(cutoff), null);
    while (range != null) {
      TimeRange step = range;
      List<StoredTrace> seen = new ArrayList<>();
      removed += locked(() -> purgeStep(step, seen, damaged));
      StoredTrace last = seen.size() < PURGE_STEP ? null : seen.getLast();
      range = last == null ? null : new TimeRange(Long.MIN_VALUE, last.start(), last.id());
    }
    for (TraceId id : early) {
      locked(() -> purgeEarlyEvents(id, cutoff, damaged));
    }
    if (!damaged.isEmpty()) {
      throw new CorruptDataException(
          "%d traces were removed, and %d that cannot be read stay; first: %s"
              .formatted(removed, damaged.size(), damaged.getFirst().getMessage()),
          damaged.getFirst());
    }
    return removed;
  }

  private long purgeStep(
      TimeRange range, List<StoredTrace> seen, List<CorruptDataException> damaged) {
    NewestFirst<StoredTrace> traces = index.all(range);
    for (StoredTrace next = traces.next(); next != null; next = traces.next()) {
      seen.add(next);
      if (seen.size() == PURGE_STEP) {
        break;
      }
    }
    long removed = 0;
    for (StoredTrace each : seen) {
      try {
        delete(each);
        removed++;
      } catch (CorruptDataException e) {
        damaged.add(e);
      }
    }
    return removed;
  }

  private boolean purgeEarlyEvents(TraceId id, Instant cutoff, List<CorruptDataException> damaged) {
    StoredTrace stored = byId.get(id);
    if (stored == null || stored.hasHeader()) {
      return false;
    }
    try {
      List<TraceEvent> events = load(stored).events();
      List<TraceEvent> kept =
          events.stream().filter(event -> !event.timestamp().isBefore(cutoff)).toList();
      if (kept.isEmpty()) {
        delete(stored);
      } else if (kept.size() < events.size()) {
        rewrite(stored, null, null, kept);
      }
    } catch (CorruptDataException e) {
      damaged.add(e);
    }
    return true;
  }

  /** Proves that something can be written and read. */
  void probe() {
    locked(() -> {
      map.probe();
      return true;
    });
  }
}
