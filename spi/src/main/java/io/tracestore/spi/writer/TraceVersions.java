package io.tracestore.spi.writer;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Versions of one trace that were written one after the other, and must end up so. */
final class TraceVersions {
  private TraceVersions() {}

  /**
   * The trace to store in place of {@code trace}, whose write failed while {@code later} versions
   * of it may have been stored: its events without those that a later version replaces, and the
   * header that all versions result in. Storing it late therefore undoes nothing that came after
   * it.
   */
  static FlowTrace under(FlowTrace trace, List<FlowTrace> later) {
    FlowTrace header = trace;
    Set<EventId> replaced = new HashSet<>();
    for (FlowTrace version : later) {
      if (!version.hasIdentityOf(trace)) {
        continue; // one of the two is refused, in either order
      }
      if (version.status().kind().isTerminal() || !header.status().kind().isTerminal()) {
        header = version;
      }
      version.events().forEach(event -> replaced.add(event.eventId()));
    }
    List<TraceEvent> events = new ArrayList<>(trace.events());
    events.removeIf(event -> replaced.contains(event.eventId()));
    return header.withEvents(events);
  }
}
