package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
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
    traces++;
    events += trace.events().size();
    bytes += weight;
    if (!trace.status().kind().isTerminal()) {
      unfinished++;
    }
  }

  void notMoved(NotMoved trace) {
    notMoved++;
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
  }

  MigrationTotals copy() {
    return new MigrationTotals(traces, events, bytes, unfinished, notMoved, firstNotMoved);
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
