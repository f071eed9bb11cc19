package io.tracestore.spi;

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
   * What to store in place of {@code trace}, which could not be stored, after {@code later}
   * versions of it may have been: its events, but those that a later version replaces, and the
   * header that the versions have together. So storing it late changes nothing that came after it.
   */
  static FlowTrace under(FlowTrace trace, List<FlowTrace> later) {
    FlowTrace header = trace;
    Set<EventId> replaced = new HashSet<>();
    for (FlowTrace version : later) {
      if (!version.hasIdentityOf(trace)) {
        continue; // one of the two is refused whatever its place
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
