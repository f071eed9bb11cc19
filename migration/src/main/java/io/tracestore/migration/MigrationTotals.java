package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery.Position;
import java.util.ArrayList;
import java.util.List;

/** Counts of what was moved and what was not; not safe for several threads. */
final class MigrationTotals {
  private long traces;
  private long events;
  private long bytes;
  private long unfinished;
  private long notMoved;
  private final List<NotMoved> firstNotMoved = new ArrayList<>();
  private final List<Position> placesNotMoved = new ArrayList<>();

  MigrationTotals() {}

  MigrationTotals(
      long traces,
      long events,
      long bytes,
      long unfinished,
      long notMoved,
      List<NotMoved> firstNotMoved) {
    this.traces = traces;
    this.events = events;
    this.bytes = bytes;
    this.unfinished = unfinished;
    this.notMoved = notMoved;
    this.firstNotMoved.addAll(firstNotMoved);
  }

  void moved(FlowTrace trace, long weight) {
    moved(trace, trace.events().size(), weight);
  }

  /** Counts a trace that has {@code eventCount} events. */
  void moved(FlowTrace trace, long eventCount, long weight) {
    traces++;
    events += eventCount;
    bytes += weight;
    if (!trace.status().kind().isTerminal()) {
      unfinished++;
    }
  }

  void notMoved(Position place, String reason) {
    NotMoved trace = new NotMoved(place.traceId(), reason);
    notMoved++;
    placesNotMoved.add(place);
    if (firstNotMoved.size() < MigrationReport.SHOWN_NOT_MOVED) {
      firstNotMoved.add(trace);
    }
  }

  void add(MigrationTotals other) {
    traces += other.traces;
    events += other.events;
    bytes += other.bytes;
    unfinished += other.unfinished;
    notMoved += other.notMoved;
    int room = MigrationReport.SHOWN_NOT_MOVED - firstNotMoved.size();
    firstNotMoved.addAll(
        other.firstNotMoved.subList(0, Math.min(room, other.firstNotMoved.size())));
    placesNotMoved.addAll(other.placesNotMoved);
  }

  /** The places of all that were not moved since the last call. */
  List<Position> takePlacesNotMoved() {
    List<Position> places = List.copyOf(placesNotMoved);
    placesNotMoved.clear();
    return places;
  }

  MigrationTotals copy() {
    MigrationTotals copy =
        new MigrationTotals(traces, events, bytes, unfinished, notMoved, firstNotMoved);
    copy.placesNotMoved.addAll(placesNotMoved);
    return copy;
  }

  long traces() {
    return traces;
  }

  long events() {
    return events;
  }

  long bytes() {
    return bytes;
  }

  long unfinished() {
    return unfinished;
  }

  long notMoved() {
    return notMoved;
  }

  List<NotMoved> firstNotMoved() {
    return List.copyOf(firstNotMoved);
  }
}
