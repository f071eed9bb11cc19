package io.tracestore.provider.chronicle.index;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.chronicle.schema.TraceRecord;
import io.tracestore.provider.support.index.IndexTerms;
import io.tracestore.provider.support.index.TraceIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of a trace at one moment, read and not decoded.
 *
 * @param records oldest first
 */
public record Loaded(List<TraceRecord> records) {
  /** The last header; null while only events are there. */
  public @Nullable FlowTrace header() {
    for (TraceRecord each : records.reversed()) {
      if (each.head().hasHeader()) {
        return each.header();
      }
    }
    return null;
  }

  /** The last header with all events; null while only events are there. */
  public @Nullable FlowTrace trace() {
    FlowTrace header = header();
    return header == null ? null : header.withEvents(events());
  }

  /** All events in order; unmodifiable. */
  public List<TraceEvent> events() {
    if (records.size() == 1) {
      return records.getFirst().events();
    }
    return records.stream()
        .flatMap(each -> each.events().stream())
        .sorted(TraceEvent.ORDER)
        .toList();
  }

  /** All events, and those of {@code later}, which take the place of others; in order. */
  public List<TraceEvent> eventsWith(TraceRecord later) {
    Map<EventId, TraceEvent> all = new HashMap<>();
    events().forEach(event -> all.put(event.eventId(), event));
    later.events().forEach(event -> all.put(event.eventId(), event));
    return all.values().stream().sorted(TraceEvent.ORDER).toList();
  }

  /** The actors and types of the events. */
  public IndexTerms eventTerms() {
    return to -> records.forEach(each -> each.eventTerms().forEach(to));
  }

  /** The terms of the events in {@code index}. */
  public IndexTerms eventTerms(TraceIndex<?> index) {
    return eventTerms().and(to -> records.forEach(each -> each.attributes(index).forEach(to)));
  }

  /** The terms of the trace in {@code index}, read now; those of the start are not among them. */
  public IndexTerms terms(TraceIndex<?> index) {
    FlowTrace header = header();
    return header == null
        ? IndexTerms.NONE
        : IndexTerms.ofHeader(header).and(eventTerms(index)).evaluated();
  }
}
