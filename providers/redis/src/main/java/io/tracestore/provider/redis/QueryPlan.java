package io.tracestore.provider.redis;

import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.tracestore.provider.support.Terms;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The plan of a query: the smallest of its filters' indexes, which are walked to answer it.
 *
 * @param indexes the indexes to walk; a trace that matches is in one of them at least
 * @param size how many entries they have in the range
 * @param exact whether every entry in the range is a match, and none is there twice
 */
record QueryPlan(List<byte[]> indexes, long size, boolean exact) {
  /**
   * Filters by a part of an actor's name with more matches than this are checked trace by trace.
   */
  private static final int MAX_INDEXES = 512;

  /**
   * One filter: the traces in any of its indexes.
   *
   * @param exact whether all of them match, and none is there twice
   */
  private record Filter(List<byte[]> indexes, boolean exact) {}

  static QueryPlan of(TraceQuery query, Range<byte[]> range, RedisLink link, Keys keys) {
    List<Filter> filters = filters(query, link, keys);
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (Filter filter : filters) {
      for (byte[] index : filter.indexes()) {
        answers.add(link.send(commands -> commands.zlexcount(index, range)));
      }
    }
    List<Long> counts = link.awaitAll(answers);
    boolean alone = filters.size() == 1;
    QueryPlan best = null;
    int next = 0;
    for (Filter filter : filters) {
      List<byte[]> indexes = new ArrayList<>();
      long size = 0;
      for (byte[] index : filter.indexes()) {
        long count = counts.get(next++);
        size += count;
        if (count > 0) {
          indexes.add(index);
        }
      }
      if (best == null || size < best.size()) {
        best = new QueryPlan(indexes, size, alone && filter.exact());
      }
    }
    if (best == null) {
      throw new IllegalStateException("a query without filters walks all traces");
    }
    return best;
  }

  private static List<Filter> filters(TraceQuery query, RedisLink link, Keys keys) {
    List<Filter> filters = new ArrayList<>();
    for (String term : Terms.of(query)) {
      filters.add(new Filter(inEveryPartition(keys, term), true));
    }
    if (query.minDuration() != null) {
      List<byte[]> classes = new ArrayList<>();
      Terms.durationsFrom(query.minDuration())
          .forEach(term -> classes.addAll(inEveryPartition(keys, term)));
      filters.add(new Filter(classes, false));
    }
    if (query.actorContains() != null) {
      List<byte[]> actors = actorsWith(query.actorContains(), link, keys);
      // If more names match, nearly every trace has one of them.
      filters.add(
          new Filter(
              actors.size() <= MAX_INDEXES ? actors : inEveryPartition(keys, Terms.ALL), false));
    }
    if (filters.isEmpty()) {
      filters.add(new Filter(inEveryPartition(keys, Terms.ALL), true));
    }
    return filters;
  }

  private static List<byte[]> inEveryPartition(Keys keys, String term) {
    return IntStream.range(0, keys.partitions())
        .mapToObj(partition -> keys.index(partition, term))
        .toList();
  }

  private static List<byte[]> actorsWith(String part, RedisLink link, Keys keys) {
    List<byte[]> indexes = new ArrayList<>();
    for (int partition = 0; partition < keys.partitions(); partition++) {
      for (String name : new ActorNames(link, keys.actors(partition)).containing(part)) {
        indexes.add(keys.index(partition, Terms.actor(name)));
      }
    }
    return indexes;
  }

  /** The part of an index between the bounds that {@code query} sets on start time and place. */
  static Range<byte[]> range(TraceQuery query) {
    Boundary<byte[]> lower = Boundary.unbounded();
    if (query.startedTo() != null) {
      lower = Boundary.including(Keys.firstMember(query.startedTo()));
    }
    TraceQuery.Position after = query.after();
    if (after != null) {
      byte[] place = Keys.member(after.startTime(), after.traceId());
      byte[] first = lower.getValue();
      if (first == null || Arrays.compareUnsigned(place, first) >= 0) {
        lower = Boundary.excluding(place);
      }
    }
    Boundary<byte[]> upper = Boundary.unbounded();
    if (query.startedFrom() != null) {
      upper = Boundary.including(Keys.lastMember(query.startedFrom()));
    }
    return Range.from(lower, upper);
  }
}
