package io.tracestore.provider.postgresql.write;

import io.tracestore.model.Uuids;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.provider.support.IdentityField;
import io.tracestore.spi.TraceStoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The new state of one trace: the writes of a transaction applied in order to its stored state. */
final class TracePlan {
  private final UUID traceId;
  private final @Nullable StoredTrace stored;
  private final @Nullable HeaderRow newHeader;
  private final int startHour;
  private final List<EncodedEvents> events;
  private final Map<TraceWrite, TraceStoreException> refusals;

  private TracePlan(
      UUID traceId,
      @Nullable StoredTrace stored,
      @Nullable HeaderRow newHeader,
      int startHour,
      List<EncodedEvents> events,
      Map<TraceWrite, TraceStoreException> refusals) {
    this.traceId = traceId;
    this.stored = stored;
    this.newHeader = newHeader;
    this.startHour = startHour;
    this.events = events;
    this.refusals = refusals;
  }

  /**
   * Plans {@code writes}, all of one trace.
   *
   * @param homes where the events of a trace are that starts in a given hour
   */
  static TracePlan of(
      List<TraceWrite> writes, @Nullable StoredTrace stored, IntUnaryOperator homes) {
    StoredTrace.Identity identity = stored == null ? null : stored.header();
    boolean terminal = identity != null && identity.terminal();
    HeaderRow first = null;
    HeaderRow newHeader = null;
    List<EncodedEvents> events = new ArrayList<>(writes.size());
    Map<TraceWrite, TraceStoreException> refusals = new HashMap<>();
    for (TraceWrite write : writes) {
      HeaderRow header = write.header();
      if (header != null) {
        boolean sameIdentity =
            (identity == null || identity.isOf(header))
                && (first == null || first.hasIdentityOf(header));
        HeaderRule decision = HeaderRule.decide(sameIdentity, terminal, header.trace());
        if (decision == HeaderRule.REFUSE) {
          refusals.put(
              write, HeaderRule.conflict(header.trace(), differing(identity, first, header)));
          continue;
        }
        first = header;
        if (decision == HeaderRule.REPLACE) {
          newHeader = header;
          terminal = header.isTerminal();
        }
      }
      if (write.events().count() > 0) {
        events.add(write.events());
      }
    }
    int startHour = stored == null ? Hours.EARLY : stored.startHour();
    if (newHeader != null && startHour == Hours.EARLY) {
      startHour = homes.applyAsInt(newHeader.startHour());
    }
    return new TracePlan(
        writes.getFirst().traceId(), stored, newHeader, startHour, events, refusals);
  }

  /**
   * The fields in which {@code header} differs from what is stored or, if nothing is, from what was
   * written just before.
   */
  private static Set<IdentityField> differing(
      StoredTrace.@Nullable Identity stored, @Nullable HeaderRow before, HeaderRow header) {
    if (stored != null) {
      return stored.differingFrom(header);
    }
    return before == null ? Set.of() : IdentityField.differing(before.trace(), header.trace());
  }

  UUID traceId() {
    return traceId;
  }

  /** The writes of which nothing is stored, each with the reason. */
  Map<TraceWrite, TraceStoreException> refusals() {
    return refusals;
  }

  /** The header to write; null to leave it as it is. */
  @Nullable HeaderRow newHeader() {
    return newHeader;
  }

  /** Where its events are, or belong. */
  int startHour() {
    return startHour;
  }

  boolean hasEvents() {
    return !events.isEmpty();
  }

  long eventBytes() {
    return events.stream().mapToLong(EncodedEvents::size).sum();
  }

  /** Whether early events have to move to where the trace, now known, belongs. */
  boolean movesEvents() {
    return stored != null && stored.lastEventId() != null && stored.startHour() != startHour;
  }

  /** Whether an event to write may be stored already: ids above all stored ones are new. */
  boolean mayReplaceEvents() {
    UUID last = stored == null ? null : stored.lastEventId();
    return last != null
        && events.stream().anyMatch(part -> Uuids.compare(part.leastId(), last) <= 0);
  }

  /** The ids of its events that may be stored already. */
  List<UUID> perhapsStoredIds() {
    UUID last = stored == null ? null : stored.lastEventId();
    return last == null
        ? List.of()
        : events.stream()
            .map(EncodedEvents::ids)
            .flatMap(Arrays::stream)
            .filter(id -> Uuids.compare(id, last) <= 0)
            .toList();
  }

  /** The actors and types of stored and new events; too many if an event is replaced. */
  int[] facets() {
    if (stored == null && events.size() == 1) {
      return events.getFirst().facets();
    }
    IntStream before = stored == null ? IntStream.empty() : Arrays.stream(stored.facets());
    IntStream added = events.stream().map(EncodedEvents::facets).flatMapToInt(Arrays::stream);
    return IntStream.concat(before, added).distinct().sorted().toArray();
  }

  /** The terms of the data of stored and new events; too many if an event is replaced. */
  long[] terms() {
    if (stored == null && events.size() == 1) {
      return events.getFirst().terms();
    }
    LongStream before = stored == null ? LongStream.empty() : Arrays.stream(stored.terms());
    LongStream added = events.stream().map(EncodedEvents::terms).flatMapToLong(Arrays::stream);
    return LongStream.concat(before, added).distinct().sorted().toArray();
  }

  @Nullable UUID lastEventId() {
    UUID last = stored == null ? null : stored.lastEventId();
    for (EncodedEvents part : events) {
      UUID greatest = part.greatestId();
      last = last == null || Uuids.compare(greatest, last) > 0 ? greatest : last;
    }
    return last;
  }

  /** Whether the row of a stored trace changes although its header does not. */
  boolean changesWithEvents() {
    return stored != null
        && (!Arrays.equals(stored.facets(), facets())
            || !Arrays.equals(stored.terms(), terms())
            || (lastEventId() != null && !lastEventId().equals(stored.lastEventId())));
  }

  /** Whether facets may name what only an event had that a later write here replaces. */
  boolean replacesOwnEvents() {
    return events.size() > 1
        && events.stream().map(EncodedEvents::ids).flatMap(Arrays::stream).distinct().count()
            < events.stream().mapToInt(EncodedEvents::count).sum();
  }

  /** Writes the rows of the events; of several with one id the last. */
  void writeEvents(EventRows target) throws SQLException {
    if (events.size() == 1) {
      events.getFirst().writeAll(startHour, target);
      return;
    }
    Map<UUID, EncodedEvents> lastOf = new HashMap<>();
    for (EncodedEvents part : events) {
      for (UUID id : part.ids()) {
        lastOf.put(id, part);
      }
    }
    for (EncodedEvents part : events) {
      for (int i = 0; i < part.count(); i++) {
        if (lastOf.get(part.id(i)) == part) {
          part.writeOne(i, startHour, target);
        }
      }
    }
  }
}
