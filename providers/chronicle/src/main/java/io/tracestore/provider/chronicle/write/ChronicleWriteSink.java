package io.tracestore.provider.chronicle.write;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.connect.TraceMap;
import io.tracestore.provider.chronicle.index.Loaded;
import io.tracestore.provider.chronicle.index.StoredTrace;
import io.tracestore.provider.chronicle.schema.RecordHead;
import io.tracestore.provider.chronicle.schema.TraceRecord;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.provider.support.index.IndexTerms;
import io.tracestore.provider.support.index.IndexedTraces;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes traces. Writers take turns on one lock; data are encoded before. Safe for many threads.
 *
 * <p>Each write adds a record to the trace, which becomes visible with one assignment. Sixteen
 * records of one level are put together into one of the next level: a trace of n writes has some
 * log(n) records, and each event is written log(n) times. What a record replaces is removed after
 * it is written whole, and a process that opens the map after a kill does the same.
 */
public final class ChronicleWriteSink {
  private static final int RECORDS_OF_A_LEVEL = 16;

  private final TraceMap map;
  private final IndexedTraces<StoredTrace> traces;

  public ChronicleWriteSink(TraceMap map, IndexedTraces<StoredTrace> traces) {
    this.map = map;
    this.traces = traces;
  }

  public void storeTrace(FlowTrace trace) {
    store(trace.traceId(), trace, trace.events());
  }

  public void storeEvents(TraceId id, List<TraceEvent> events) {
    store(id, null, events);
  }

  private void store(TraceId id, @Nullable FlowTrace header, List<TraceEvent> events) {
    TraceRecord record = TraceRecord.of(header, events);
    IndexTerms attributes = traces.index().attributesOf(events);
    traces.write(() -> {
      StoredTrace stored = traces.get(id);
      if (stored == null) {
        insert(id, header, record, attributes);
      } else {
        update(stored, header, events, record);
      }
      return true;
    });
  }

  private void insert(
      TraceId id, @Nullable FlowTrace header, TraceRecord record, IndexTerms attributes) {
    long most = map.sizing().maxTraces();
    if (traces.size() >= most) {
      throw new StoreCapacityException(
          "full: maxTraces is %d; purge, or open it with a larger value".formatted(most), null);
    }
    map.put(id, record);
    StoredTrace stored = new StoredTrace(id, record.head());
    traces.add(
        stored,
        header == null
            ? null
            : IndexTerms.ofHeader(header).and(record.eventTerms()).and(attributes));
  }

  /** Stores what is new of a header and events, which {@code record} has both. */
  private void update(
      StoredTrace stored,
      @Nullable FlowTrace incoming,
      List<TraceEvent> events,
      TraceRecord record) {
    FlowTrace header = headerOf(stored);
    FlowTrace adopted = incoming != null && adopts(header, incoming) ? incoming : null;
    Map<EventId, TraceEvent> fresh = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> fresh.put(event.eventId(), event));
    boolean replaces = false;
    for (RecordHead each : stored.records()) {
      if (each.mayShareEvents(record.head())) {
        for (TraceEvent event : stored.loadSome(map, each).events()) {
          if (!fresh.remove(event.eventId(), event)) {
            replaces |= fresh.containsKey(event.eventId());
          }
        }
      }
    }
    if (adopted == null && fresh.isEmpty()) {
      return;
    }
    boolean whole = fresh.size() == events.size() && (adopted != null || incoming == null);
    TraceRecord added = whole ? record : TraceRecord.of(adopted, List.copyOf(fresh.values()));
    int from = replaces ? 0 : firstToPutTogether(stored.records());
    append(stored, from, header, adopted, added);
  }

  /** Whether a header is stored that differs from the stored one. */
  private static boolean adopts(@Nullable FlowTrace header, FlowTrace incoming) {
    return HeaderRule.replaces(header, incoming)
        && (header == null || !header.withEvents(List.of()).equals(incoming.withEvents(List.of())));
  }

  /**
   * The index of the first record that is put together with those after it and a new one; their
   * number if none is.
   */
  private static int firstToPutTogether(RecordHead... records) {
    int first = records.length;
    for (int level = 0; ; level++) {
      int begin = first;
      while (begin > 0 && records[begin - 1].level() == level) {
        begin--;
      }
      if (first - begin < RECORDS_OF_A_LEVEL - 1) {
        return first;
      }
      first = begin;
    }
  }

  /** Writes a record that also stands for the stored ones from index {@code from} on. */
  private void append(
      StoredTrace stored,
      int from,
      @Nullable FlowTrace before,
      @Nullable FlowTrace adopted,
      TraceRecord added) {
    RecordHead[] records = stored.records();
    Loaded last = stored.loadSome(map, Arrays.copyOfRange(records, from, records.length));
    TraceRecord next = added;
    int level = 0;
    if (from < records.length) {
      next = TraceRecord.of(adopted == null ? last.header() : adopted, last.eventsWith(added));
      level = records[from].level() + 1;
    }
    IndexTerms lastTerms = last.eventTerms(traces.index());
    IndexTerms nextTerms = next.eventTerms().and(next.attributes(traces.index()));
    replaceFrom(stored, from, next, level);
    if (before != null && adopted != null) {
      traces
          .index()
          .replace(
              stored,
              IndexTerms.ofHeader(before).and(lastTerms),
              IndexTerms.ofHeader(adopted).and(nextTerms));
    } else if (before != null) {
      traces.index().replace(stored, lastTerms, nextTerms);
    } else if (adopted != null) {
      stored.begin(adopted);
      traces.add(stored, load(stored).terms(traces.index()));
    }
  }

  /** Writes a record in the place of those from index {@code kept} on. */
  private void replaceFrom(StoredTrace stored, int kept, TraceRecord record, int level) {
    RecordHead[] records = stored.records();
    int number = records[records.length - 1].number() + 1;
    int from = kept == 0 ? 0 : kept == records.length ? number : records[kept].number();
    TraceRecord added = record.at(number, from, level);
    map.put(stored.id(), added);
    RecordHead[] now = Arrays.copyOf(records, kept + 1);
    now[kept] = added.head();
    stored.publish(now);
    for (int i = kept; i < records.length; i++) {
      map.remove(stored.id(), records[i]);
    }
  }

  private Loaded load(StoredTrace stored) {
    return stored.loadSome(map, stored.records());
  }

  private @Nullable FlowTrace headerOf(StoredTrace stored) {
    for (RecordHead each : Arrays.asList(stored.records()).reversed()) {
      if (each.hasHeader()) {
        return stored.loadSome(map, each).header();
      }
    }
    return null;
  }

  public boolean delete(TraceId id) {
    return traces.write(() -> {
      StoredTrace stored = traces.get(id);
      if (stored == null) {
        return false;
      }
      delete(stored);
      return true;
    });
  }

  private void delete(StoredTrace stored) {
    IndexTerms terms = null;
    try {
      terms = load(stored).terms(traces.index());
    } catch (CorruptDataException e) {
      // A damaged trace is removed from wherever it is.
    }
    traces.remove(stored, terms);
    RecordHead[] records = stored.records();
    stored.publish();
    // The first record comes first: a trace without it is deleted, and a kill leaves all or none.
    for (RecordHead each : records) {
      map.remove(stored.id(), each);
    }
  }

  public long purgeBefore(Instant cutoff) {
    return traces.purge(cutoff, this::delete, early -> purgeEvents(early, cutoff));
  }

  private void purgeEvents(StoredTrace stored, Instant cutoff) {
    List<TraceEvent> events = load(stored).events();
    List<TraceEvent> kept =
        events.stream().filter(event -> !event.timestamp().isBefore(cutoff)).toList();
    if (kept.isEmpty()) {
      delete(stored);
    } else if (kept.size() < events.size()) {
      replaceFrom(stored, 0, TraceRecord.of(null, kept), 0);
    }
  }

  /** Proves that something can be written and read. */
  public void probe() {
    traces.write(() -> {
      map.probe();
      return true;
    });
  }
}
