package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.support.index.Field;
import io.tracestore.spi.CorruptDataException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of a trace at one moment, read and not decoded.
 *
 * @param records oldest first
 */
record Loaded(List<TraceRecord> records) {
  /**
   * Reads all records of a trace.
   *
   * @return null if the trace is not there
   */
  @SuppressWarnings("ReferenceEquality") // whether another array was published
  static @Nullable Loaded of(StoredTrace stored, TraceMap map) {
    StoredTrace.Ref[] refs = stored.records();
    while (refs.length > 0) {
      Loaded loaded = of(stored, map, refs);
      if (loaded != null) {
        return loaded;
      }
      StoredTrace.Ref[] now = stored.records();
      if (now == refs) {
        throw new CorruptDataException(
            "damaged trace %s: a part of it is missing".formatted(stored.id()), null);
      }
      refs = now; // another thread put records together, and removed what this one wanted
    }
    return null;
  }

  /** Reads some records; null if one of them is gone. */
  static @Nullable Loaded of(StoredTrace stored, TraceMap map, StoredTrace.Ref... refs) {
    List<TraceRecord> records = new ArrayList<>(refs.length);
    for (StoredTrace.Ref ref : refs) {
      byte[] bytes = map.get(stored.id(), ref.number(), ref.bytes());
      if (bytes == null) {
        return null;
      }
      records.add(new TraceRecord(bytes));
    }
    return new Loaded(records);
  }

  /** The last header; null while only events are there. */
  @Nullable FlowTrace header() {
    for (TraceRecord each : records.reversed()) {
      FlowTrace header = each.header();
      if (header != null) {
        return header;
      }
    }
    return null;
  }

  /** All events in order; unmodifiable. */
  List<TraceEvent> events() {
    if (records.size() == 1) {
      return records.getFirst().events();
    }
    List<TraceEvent> events = new ArrayList<>();
    records.forEach(each -> events.addAll(each.events()));
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }

  /** Takes each actor and type of the events, in some cases more than once. */
  void eventKeys(BiConsumer<Field, String> to) {
    records.forEach(each -> each.eventKeys(to));
  }
}
