package io.tracestore.migration;

import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  private long earlyTraces;
  private long earlyEvents;

  private Verification(TraceStore source, TraceStore target) {
    this.source = source;
    this.target = target;
  }

  /**
   * Compares what matches {@code filter}.
   *
   * @param early true to compare early traces too
   */
  static VerificationReport run(
      TraceStore source,
      TraceStore target,
      TraceQuery filter,
      boolean early,
      MigrationListener listener) {
    return new Verification(source, target).run(filter, early, listener);
  }

  private VerificationReport run(TraceQuery filter, boolean early, MigrationListener listener) {
    long total = source.count(filter);
    try (TraceWalk sources = new TraceWalk(source, filter);
        TraceWalk targets = new TraceWalk(target, filter)) {
      compareAll(sources, targets, total, listener);
    }
    listener.verified(sourceDigest.traces(), total);
    if (early) {
      compareEarly();
    }
    return new VerificationReport(
        sourceDigest.traces(),
        sourceDigest.events(),
        sourceDigest.hex(),
        targetDigest.traces(),
        targetDigest.events(),
        targetDigest.hex(),
        onlyInTarget,
        earlyTraces,
        earlyEvents,
        different,
        differences);
  }

  private void compareAll(
      TraceWalk sources, TraceWalk targets, long total, MigrationListener listener) {
    TraceWalk.Step one = sources.next();
    TraceWalk.Step other = targets.next();
    while (one != null || other != null) {
      if (Thread.currentThread().isInterrupted()) {
        throw new TraceStoreException("interrupted while verifying", null);
      }
      int order = order(one, other);
      if (one != null && order <= 0) {
        compare(one, order == 0 ? other : null);
        one = sources.next();
        if (sourceDigest.traces() % STEP == 0) {
          listener.verified(sourceDigest.traces(), total);
        }
      } else {
        onlyInTarget++;
      }
      if (order >= 0) {
        other = targets.next();
      }
    }
  }

  private static int order(TraceWalk.@Nullable Step one, TraceWalk.@Nullable Step other) {
    if (one == null) {
      return 1;
    }
    return other == null ? -1 : TraceWalk.compare(one.position(), other.position());
  }

  private void compare(TraceWalk.Step one, TraceWalk.@Nullable Step other) {
    TraceId id = one.position().traceId();
    boolean isLarge = isLarge(one) || isLarge(other);
    if (!isLarge
        && one instanceof TraceWalk.Found read
        && other instanceof TraceWalk.Found readFromTarget
        && read.trace().equals(readFromTarget.trace())) {
      TraceDigest.addToBoth(sourceDigest, targetDigest, read.trace());
      return;
    }
    if (one instanceof TraceWalk.Unreadable unreadable) {
      differs(id, "in the source it " + unreadable.reason());
      return;
    }
    FlowTrace read = ((TraceWalk.Found) one).trace();
    try {
      if (isLarge) {
        compareLarge(read);
      } else {
        compareAgain(read);
      }
    } catch (CorruptDataException e) {
      differs(id, "in the target it cannot be read: " + e.getMessage());
    }
  }

  private void compareAgain(FlowTrace read) {
    FlowTrace one = Backoff.retrying(() -> source.getTrace(read.traceId())).orElse(read);
    sourceDigest.add(one);
    FlowTrace other = Backoff.retrying(() -> target.getTrace(read.traceId())).orElse(null);
    if (other == null) {
      differs(one.traceId(), "missing in the target");
      return;
    }
    targetDigest.add(other);
    if (!one.equals(other)) {
      differs(one.traceId(), whatDiffers(one, other));
    }
  }

  private static boolean isLarge(TraceWalk.@Nullable Step step) {
    return step instanceof TraceWalk.Found found && found.unread() > 0;
  }

  /** Compares a trace that is too large to hold, twice if it seems to differ. */
  private void compareLarge(FlowTrace read) {
    FlowTrace one;
    @Nullable FlowTrace other;
    TraceDigest.OfTrace ofSource;
    TraceDigest.@Nullable OfTrace ofTarget;
    int attempts = 2;
    do {
      attempts--;
      one = header(source, read).orElse(read).withEvents(List.of());
      ofSource = digest(source, one);
      other = header(target, read).orElse(null);
      ofTarget = other == null ? null : digest(target, other);
    } while (attempts > 0 && (ofTarget == null || !ofSource.isSame(ofTarget)));
    sourceDigest.add(ofSource);
    if (other == null || ofTarget == null) {
      differs(one.traceId(), "missing in the target");
      return;
    }
    targetDigest.add(ofTarget);
    if (!ofSource.isSame(ofTarget)) {
      String inHeader = whatDiffers(one, other);
      differs(one.traceId(), inHeader.isEmpty() ? "events" : inHeader);
    }
  }

  private static Optional<FlowTrace> header(TraceStore store, FlowTrace trace) {
    return Backoff.retrying(() -> store.getHeader(trace.traceId()));
  }

  private static TraceDigest.OfTrace digest(TraceStore store, FlowTrace header) {
    try (StoredEvents events = new StoredEvents(store, header.traceId())) {
      return TraceDigest.of(header, events);
    }
  }

  private void compareEarly() {
    long differentBefore = different;
    int namedBefore = differences.size();
    EarlyTraces.visit(
        source,
        () -> {
          earlyTraces = 0;
          earlyEvents = 0;
          different = differentBefore;
          differences.subList(namedBefore, differences.size()).clear();
        },
        this::compareEarly);
  }

  /** Compares the events of a trace that is not stored in the source. */
  private void compareEarly(TraceId traceId) {
    List<TraceEvent> one;
    try {
      one = Backoff.retrying(() -> source.getEvents(traceId));
    } catch (CorruptDataException e) {
      differs(traceId, "in the source it cannot be read: " + e.getMessage());
      return;
    }
    earlyTraces++;
    earlyEvents += one.size();
    try {
      List<TraceEvent> other = Backoff.retrying(() -> target.getEvents(traceId));
      if (!one.equals(other)) {
        List<String> parts = new ArrayList<>();
        addEvents(parts, one, other);
        differs(traceId, String.join(", ", parts));
      }
    } catch (CorruptDataException e) {
      differs(traceId, "in the target it cannot be read: " + e.getMessage());
    }
  }

  private void differs(TraceId traceId, String what) {
    different++;
    if (differences.size() < VerificationReport.SHOWN_DIFFERENCES) {
      differences.add(new Difference(traceId, what));
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
    addEvents(parts, source.events(), target.events());
    return String.join(", ", parts);
  }

  private static void addIf(
      List<String> parts, String name, @Nullable Object one, @Nullable Object other) {
    if (!Objects.equals(one, other)) {
      parts.add(name);
    }
  }

  private static void addEvents(
      List<String> parts, List<TraceEvent> source, List<TraceEvent> target) {
    Map<EventId, TraceEvent> others = new HashMap<>();
    target.forEach(event -> others.put(event.eventId(), event));
    List<EventId> missing = new ArrayList<>();
    List<EventId> changed = new ArrayList<>();
    for (TraceEvent event : source) {
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
