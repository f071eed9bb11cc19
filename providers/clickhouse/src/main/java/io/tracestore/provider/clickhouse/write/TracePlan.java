package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.provider.support.IdentityField;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.write.WriteOutcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The new state of one trace: the writes of a block applied in order to its stored state. */
final class TracePlan {
  private final UUID traceId;
  private final StoredTrace stored;
  private final @Nullable FlowTrace newHeader;
  private final Placement placement;
  private final Collection<TraceEvent> events;
  private final List<WriteOutcome> outcomes;

  private TracePlan(
      UUID traceId,
      StoredTrace stored,
      @Nullable FlowTrace newHeader,
      Placement placement,
      Collection<TraceEvent> events,
      List<WriteOutcome> outcomes) {
    this.traceId = traceId;
    this.stored = stored;
    this.newHeader = newHeader;
    this.placement = placement;
    this.events = events;
    this.outcomes = outcomes;
  }

  /** Plans {@code writes}, all of one trace. */
  static TracePlan of(List<TraceWrite> writes, StoredTrace stored) {
    FlowTrace identity = stored.header();
    boolean terminal = identity != null && identity.status().kind().isTerminal();
    FlowTrace newHeader = null;
    if (writes.size() == 1 && stored.equals(StoredTrace.NONE)) {
      return ofNew(writes.getFirst());
    }
    Map<EventId, TraceEvent> events = new LinkedHashMap<>();
    List<WriteOutcome> outcomes = new ArrayList<>(writes.size());
    for (TraceWrite write : writes) {
      FlowTrace header = write.header();
      if (header != null) {
        boolean sameIdentity = identity == null || identity.hasIdentityOf(header);
        HeaderRule decision = HeaderRule.decide(sameIdentity, terminal, header);
        if (identity != null && decision == HeaderRule.REFUSE) {
          Set<IdentityField> differing = IdentityField.differing(identity, header);
          outcomes.add(WriteOutcome.refused(HeaderRule.conflict(header, differing)));
          continue;
        }
        identity = header;
        if (decision == HeaderRule.REPLACE) {
          newHeader = header;
          terminal = header.status().kind().isTerminal();
        }
      }
      write.events().forEach(event -> events.put(event.eventId(), event));
      outcomes.add(WriteOutcome.stored());
    }
    return new TracePlan(
        writes.getFirst().traceId(),
        stored,
        newHeader == null || isStored(newHeader, stored) ? null : newHeader,
        identity == null ? Placement.EARLY : Placement.of(identity),
        events.values(),
        outcomes);
  }

  private static boolean isStored(FlowTrace header, StoredTrace stored) {
    return header.withEvents(List.of()).equals(stored.header());
  }

  /** The usual case: its events, which have different ids, are taken as they are. */
  private static TracePlan ofNew(TraceWrite write) {
    FlowTrace header = write.header();
    return new TracePlan(
        write.traceId(),
        StoredTrace.NONE,
        header,
        header == null ? Placement.EARLY : Placement.of(header),
        write.events(),
        List.of(WriteOutcome.stored()));
  }

  /** The outcome of each write, in their order, once the plan is written. */
  List<WriteOutcome> outcomes() {
    return outcomes;
  }

  UUID traceId() {
    return traceId;
  }

  /** The revision of the new rows: {@code common}, unless what is stored is ahead of that. */
  long revision(Revisions revisions, long common) {
    return revisions.after(stored.lastWrite(), common);
  }

  /** Whether an event to write may be stored already. */
  boolean mayRepeatEvents() {
    return stored.hasEvents() && !events.isEmpty();
  }

  Collection<TraceEvent> events() {
    return events;
  }

  /** The partitions of what is stored. */
  Set<Integer> storedDays() {
    return stored.days();
  }

  /** The clock of the oldest row that is stored. */
  long firstWrite() {
    return stored.firstWrite();
  }

  /** Whether rows are written to a trace whose header is another's. */
  boolean needsStoredHeader() {
    return stored.header() != null && newHeader == null;
  }

  /** Their partition. */
  int day() {
    return placement.day();
  }

  /** Whether the written rows are complete only together with stored ones. */
  boolean needsStored(Repetitions repetitions) {
    return needsStoredHeader()
        || events.stream().anyMatch(event -> repetitions.isUnchanged(traceId, event.eventId()));
  }

  /**
   * Adds the rows that are not stored in the same form already, with the block's revision.
   *
   * @param terms those by which traces are found
   */
  void addTo(RecordBlock block, Repetitions repetitions, DataTerms terms) {
    if (newHeader != null) {
      block.addHeader(newHeader);
    }
    Set<String> actors = new HashSet<>();
    Set<String> types = new HashSet<>();
    List<TraceEvent> added = new ArrayList<>(events.size());
    boolean replaces = false;
    for (TraceEvent event : events) {
      if (repetitions.isUnchanged(traceId, event.eventId())) {
        continue;
      }
      replaces |= repetitions.isStored(traceId, event.eventId());
      block.addEvent(traceId, placement, event);
      added.add(event);
      if (actors.add(event.actorId())) {
        block.addActor(traceId, placement, event.actorId());
      }
      if (types.add(event.eventType().typeName())) {
        block.addType(traceId, placement, event.eventType().typeName());
      }
    }
    for (long term : terms.of(added)) {
      block.addTerm(traceId, placement, term);
    }
    if (replaces) {
      block.addRepeated(traceId, placement);
    }
  }
}
