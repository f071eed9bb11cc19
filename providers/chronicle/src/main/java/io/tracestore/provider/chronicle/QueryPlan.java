package io.tracestore.provider.chronicle;

import io.tracestore.provider.support.Terms;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a query is answered: which of its filters' terms, those with the fewest traces, to walk.
 *
 * @param terms a trace that matches has one of them at least
 * @param size how many entries they have in the range
 * @param exact whether every entry in the range is a match, and none is there twice
 * @param from where the range begins
 * @param to where it ends, itself included
 */
record QueryPlan(List<String> terms, long size, boolean exact, Member from, Member to) {
  /**
   * Filters by a part of an actor's name with more matches than this are checked trace by trace.
   */
  private static final int MOST_ACTORS = 512;

  /**
   * One filter: the traces that have any of its terms.
   *
   * @param exact whether all of them match, and none is there twice
   */
  private record Filter(List<String> terms, boolean exact) {}

  static QueryPlan of(TraceQuery query, Source source, IndexLog log) {
    Member from = from(query);
    Member to = query.startedFrom() == null ? Member.LAST : Member.lastAt(query.startedFrom());
    List<Filter> filters = filters(query, source, log);
    boolean alone = filters.size() == 1;
    return filters.stream()
        .map(filter ->
            new QueryPlan(
                filter.terms(),
                filter.terms().stream()
                    .mapToLong(term -> new TermWalk(term, source, log).count(from, to))
                    .sum(),
                alone && filter.exact(),
                from,
                to))
        .min(Comparator.comparingLong(QueryPlan::size))
        .orElseThrow();
  }

  private static Member from(TraceQuery query) {
    Member from = query.startedTo() == null ? Member.FIRST : Member.firstAt(query.startedTo());
    TraceQuery.Position after = query.after();
    if (after != null) {
      Member behind = Member.of(after.startTime(), after.traceId()).next();
      from = behind.compareTo(from) > 0 ? behind : from;
    }
    return from;
  }

  private static List<Filter> filters(TraceQuery query, Source source, IndexLog log) {
    List<Filter> filters = new ArrayList<>();
    for (String term : Terms.of(query)) {
      filters.add(new Filter(List.of(term), true));
    }
    if (query.minDuration() != null) {
      filters.add(new Filter(Terms.durationsFrom(query.minDuration()), false));
    }
    if (query.actorContains() != null) {
      List<String> actors = actorsWith(query.actorContains(), source, log);
      // With so many names, hardly a trace is without one of them.
      filters.add(new Filter(actors.size() <= MOST_ACTORS ? actors : List.of(Terms.ALL), false));
    }
    if (filters.isEmpty()) {
      filters.add(new Filter(List.of(Terms.ALL), true));
    }
    return filters;
  }

  private static List<String> actorsWith(String part, Source source, IndexLog log) {
    Set<String> actors = new LinkedHashSet<>(ActorNames.containing(part, source));
    for (String actor : log.actors(source)) {
      if (actor.contains(part)) {
        actors.add(actor);
      }
    }
    return actors.stream().map(Terms::actor).toList();
  }

  /** The first {@code count} entries from {@code from} on, in order, each once. */
  List<Member> walk(Member from, int count, Source source, IndexLog log) {
    if (terms.size() == 1) {
      return new TermWalk(terms.getFirst(), source, log).from(from, to, count);
    }
    TreeSet<Member> found = new TreeSet<>();
    for (String term : terms) {
      found.addAll(new TermWalk(term, source, log).from(from, to, count));
    }
    return found.stream().limit(count).toList();
  }
}
