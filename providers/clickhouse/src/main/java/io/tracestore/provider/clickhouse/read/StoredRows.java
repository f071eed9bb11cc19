package io.tracestore.provider.clickhouse.read;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of one trace as they come, outdated ones among them. Not safe for several threads. */
final class StoredRows {
  private record Version(long rev, TraceEvent event) {}

  private final Map<EventId, Version> events = new HashMap<>();
  private byte @Nullable [] header;
  private long headerRev;

  void addHeader(long rev, byte[] bytes) {
    if (header == null || Long.compareUnsigned(rev, headerRev) > 0) {
      header = bytes;
      headerRev = rev;
    }
  }

  void addEvent(long rev, TraceEvent event) {
    events.merge(
        event.eventId(),
        new Version(rev, event),
        (before, after) -> after.rev > before.rev ? after : before);
  }

  /** The newest versions, in order. */
  List<TraceEvent> events() {
    List<TraceEvent> newest = new ArrayList<>(events.size());
    events.values().forEach(version -> newest.add(version.event));
    newest.sort(TraceEvent.ORDER);
    return List.copyOf(newest);
  }

  /** The trace, if its header was among the rows. */
  Optional<FlowTrace> trace() {
    return header == null
        ? Optional.empty()
        : Optional.of(TraceBinary.decodeHeader(header).withEvents(events()));
  }
}
