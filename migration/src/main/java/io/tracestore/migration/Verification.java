package io.tracestore.migration;

import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads two stores side by side, both newest first, and compares trace by trace. What seems to
 * differ is read a second time, since the source may have been written to between the two reads.
 */
final class Verification {
  private static final int STEP = 256;

  private final TraceStore source;
  private final TraceStore target;
  private final TraceDigest sourceDigest = new TraceDigest();
  private final TraceDigest targetDigest = new TraceDigest();
  private final List<Difference> differences = new ArrayList<>();
  private long different;
  private long onlyInTarget;

  private Verification(TraceStore source, TraceStore target) {
    this.source = source;
    this.target = target;
  }

  /** Compares what matches {@code filter}. */
  static VerificationReport run(
      TraceStore source, TraceStore target, TraceQuery filter, MigrationListener listener) {
    return new Verification(source, target).run(filter, listener);
  }

  private VerificationReport run(TraceQuery filter, MigrationListener listener) {
    long total = source.count(filter);
    try (TraceCursor sources = source.openCursor(filter);
        TraceCursor targets = target.openCursor(filter)) {
      compareAll(sources, targets, total, listener);
    }
    listener.verified(sourceDigest.traces(), total);
    return new VerificationReport(
        sourceDigest.traces(),
        sourceDigest.events(),
        sourceDigest.hex(),
        targetDigest.traces(),
        targetDigest.events(),
        targetDigest.hex(),
        onlyInTarget,
        different,
        differences);
  }

  private void compareAll(
      TraceCursor sources, TraceCursor targets, long total, MigrationListener listener) {
    FlowTrace one = nextOf(sources);
    FlowTrace other = nextOf(targets);
    while (one != null || other != null) {
      if (Thread.currentThread().isInterrupted()) {
        throw new TraceStoreException("interrupted while verifying", null);
      }
      int order = order(one, other);
      if (one != null && order <= 0) {
        compare(one, order == 0 ? other : null);
        one = nextOf(sources);
        if (sourceDigest.traces() % STEP == 0) {
          listener.verified(sourceDigest.traces(), total);
        }
      } else {
        onlyInTarget++;
      }
      if (order >= 0) {
        other = nextOf(targets);
      }
    }
  }

  private static @Nullable FlowTrace nextOf(TraceCursor cursor) {
    return cursor.hasNext() ? cursor.next() : null;
  }

  private static int order(@Nullable FlowTrace one, @Nullable FlowTrace other) {
    if (one == null) {
      return 1;
    }
    return other == null ? -1 : FlowTrace.NEWEST_FIRST.compare(one, other);
  }

  private void compare(FlowTrace read, @Nullable FlowTrace readFromTarget) {
    if (read.equals(readFromTarget)) {
      TraceDigest.addToBoth(sourceDigest, targetDigest, read);
      return;
    }
    FlowTrace one = source.getTrace(read.traceId()).orElse(read);
    FlowTrace other = target.getTrace(read.traceId()).orElse(null);
    sourceDigest.add(one);
    if (other == null) {
      differs(one, "missing in the target");
      return;
    }
    targetDigest.add(other);
    if (!one.equals(other)) {
      differs(one, whatDiffers(one, other));
    }
  }

  private void differs(FlowTrace trace, String what) {
    different++;
    if (differences.size() < VerificationReport.SHOWN_DIFFERENCES) {
      differences.add(new Difference(trace.traceId(), what));
    }
  }

  /** Such as {@code status, 2 events missing in the target}. */
  static String whatDiffers(FlowTrace source, FlowTrace target) {
    List<String> parts = new ArrayList<>();
    addIf(parts, "flow", source.flowId(), target.flowId());
    addIf(parts, "execution", source.executionId(), target.executionId());
    addIf(parts, "version", source.version(), target.version());
    addIf(parts, "start", source.startTime(), target.startTime());
    addIf(parts, "end", source.endTime(), target.endTime());
    addIf(parts, "status", source.status(), target.status());
    addIf(parts, "metadata", source.metadata(), target.metadata());
    addEvents(parts, source, target);
    return String.join(", ", parts);
  }

  private static void addIf(
      List<String> parts, String name, @Nullable Object one, @Nullable Object other) {
    if (!Objects.equals(one, other)) {
      parts.add(name);
    }
  }

  private static void addEvents(List<String> parts, FlowTrace source, FlowTrace target) {
    Map<EventId, TraceEvent> others = new HashMap<>();
    target.events().forEach(event -> others.put(event.eventId(), event));
    List<EventId> missing = new ArrayList<>();
    List<EventId> changed = new ArrayList<>();
    for (TraceEvent event : source.events()) {
      TraceEvent other = others.remove(event.eventId());
      if (other == null) {
        missing.add(event.eventId());
      } else if (!other.equals(event)) {
        changed.add(event.eventId());
      }
    }
    addEvents(parts, missing, "missing in the target");
    addEvents(parts, changed, "different");
    addEvents(parts, List.copyOf(others.keySet()), "only in the target");
  }

  private static void addEvents(List<String> parts, List<EventId> events, String how) {
    if (!events.isEmpty()) {
      parts.add(
          "%d event%s %s (%s%s)"
              .formatted(
                  events.size(),
                  events.size() == 1 ? "" : "s",
                  how,
                  events.getFirst(),
                  events.size() == 1 ? "" : ", ..."));
    }
  }
}
