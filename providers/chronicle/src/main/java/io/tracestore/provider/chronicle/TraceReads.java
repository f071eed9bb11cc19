package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.StoredTrace.Block;
import io.tracestore.provider.support.Terms;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What reads, by id and by filter. A query holds writers up for some traces at a time only; events
 * are decoded outside of the gate.
 */
final class TraceReads {
  private static final int SMALLEST_STEP = 16;
  private static final int LARGEST_STEP = 256;

  /** A trace's blocks, read but not decoded. */
  @SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
  private record Loaded(StoredTrace stored, List<byte[]> blocks) {
    static @Nullable Loaded of(Member member, Source source) {
      byte[] bytes = source.get(Key.trace(member));
      return bytes == null ? null : of(member, StoredTrace.read(bytes), source);
    }

    static Loaded of(Member member, StoredTrace stored, Source source) {
      List<byte[]> blocks = new ArrayList<>(stored.blocks().size());
      for (Block block : stored.blocks()) {
        blocks.add(block.load(member, source));
      }
      return new Loaded(stored, blocks);
    }

    List<TraceEvent> events() {
      if (blocks.size() == 1) {
        return Block.decode(blocks.getFirst());
      }
      List<TraceEvent> events = new ArrayList<>();
      blocks.forEach(block -> events.addAll(Block.decode(block)));
      return events;
    }
  }

  private final Engine engine;

  TraceReads(Engine engine) {
    this.engine = engine;
  }

  Optional<FlowTrace> trace(TraceId id) {
    Loaded loaded = load(id);
    FlowTrace header = loaded == null ? null : loaded.stored().decodedHeader();
    return loaded == null || header == null
        ? Optional.empty()
        : Optional.of(header.withEvents(loaded.events()));
  }

  List<TraceEvent> events(TraceId id) {
    Loaded loaded = load(id);
    return loaded == null ? List.of() : loaded.events().stream().sorted(TraceEvent.ORDER).toList();
  }

  private @Nullable Loaded load(TraceId id) {
    Member member = Member.timeless(id);
    return engine.read(source -> Optional.ofNullable(Loaded.of(member, source))).orElse(null);
  }

  /** Some traces without header, from a place on; none at the end. */
  List<Member> earlyTraces(Member from) {
    return engine.read(source ->
        new TermWalk(Terms.EARLY, source, engine.log()).from(from, Member.LAST, LARGEST_STEP));
  }

  List<FlowTrace> query(TraceQuery query, int limit) {
    engine.shortenLog();
    Matches matches = new Matches(query, (int) Math.min(limit + query.offset(), LARGEST_STEP));
    List<FlowTrace> found = new ArrayList<>(Math.min(limit, LARGEST_STEP));
    long pass = query.offset();
    while (found.size() < limit && matches.hasMore()) {
      for (Match match : matches.next(pass, limit - found.size())) {
        if (pass > 0) {
          pass--;
        } else if (found.size() < limit) {
          found.add(match.trace());
        }
      }
    }
    return List.copyOf(found);
  }

  long count(TraceQuery query) {
    engine.shortenLog();
    TraceQuery filters =
        query.toBuilder().after((TraceQuery.Position) null).offset(0).withEvents(false).build();
    QueryPlan plan = engine.read(source -> QueryPlan.of(filters, source, engine.log()));
    if (plan.exact()) {
      return plan.size();
    }
    Matches matches = new Matches(filters, LARGEST_STEP);
    long count = 0;
    while (matches.hasMore()) {
      count += matches.next(0, Integer.MAX_VALUE).size();
    }
    return count;
  }

  /**
   * A trace that matches.
   *
   * @param events null if they are not wanted
   */
  private record Match(FlowTrace header, @Nullable Loaded events) {
    FlowTrace trace() {
      return events == null ? header : header.withEvents(events.events());
    }
  }

  /** The traces that match a query, in order, found step by step. */
  private final class Matches {
    private final TraceQuery query;
    private final TraceQuery ofHeader;
    private int step;
    private @Nullable QueryPlan plan;
    private Member from = Member.FIRST;
    private boolean ended;

    Matches(TraceQuery query, int wanted) {
      this.query = query;
      this.ofHeader =
          query.toBuilder().actor(null).actorContains(null).eventType((String) null).build();
      this.step = Math.clamp(wanted, SMALLEST_STEP, LARGEST_STEP);
    }

    boolean hasMore() {
      return !ended;
    }

    /**
     * Some, or none though there may be more.
     *
     * @param pass of so many no events are needed
     * @param wanted of so many behind those the events may be needed
     */
    List<Match> next(long pass, int wanted) {
      List<Match> found = engine.read(source -> step(source, pass, wanted));
      step = Math.min(2 * step, LARGEST_STEP);
      return found;
    }

    private List<Match> step(Source source, long pass, int wanted) {
      if (plan == null) {
        plan = QueryPlan.of(query, source, engine.log());
        from = plan.from();
      }
      List<Member> members = plan.walk(from, step, source, engine.log());
      List<Match> found = new ArrayList<>();
      for (Member member : members) {
        boolean withEvents =
            query.withEvents() && found.size() >= pass && found.size() < pass + wanted;
        Match match = match(member, source, withEvents);
        if (match != null) {
          found.add(match);
        }
      }
      ended = members.size() < step;
      if (!ended) {
        Member last = members.getLast();
        from = last.next();
        ended = last.equals(Member.LAST);
      }
      return found;
    }

    private @Nullable Match match(Member member, Source source, boolean withEvents) {
      byte[] bytes = source.get(Key.trace(member));
      StoredTrace stored = bytes == null ? null : StoredTrace.read(bytes);
      FlowTrace header = stored == null ? null : stored.decodedHeader();
      if (stored == null || header == null) {
        return null;
      }
      if (!ofHeader.matches(header) || !Terms.matchEvents(query, stored.eventTerms().keySet())) {
        return null;
      }
      return new Match(header, withEvents ? Loaded.of(member, stored, source) : null);
    }
  }
}
