package io.tracestore.provider.redis.read;

import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.tracestore.provider.redis.connect.RedisLink;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.QueryPlan;
import io.tracestore.provider.support.index.TermNames;
import io.tracestore.spi.TraceQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The plan of a query: the smallest of its filters' indexes, and the range of them that is walked.
 * An index of each term is in every partition.
 */
final class RedisQueryPlan implements QueryPlan.Lists<byte[]> {
  /**
   * Filters by a part of an actor's name with more matches than this are checked trace by trace.
   */
  private static final int MAX_INDEXES = 512;

  private final RedisLink link;
  private final Keys keys;
  private final Range<byte[]> range;

  private RedisQueryPlan(RedisLink link, Keys keys, Range<byte[]> range) {
    this.link = link;
    this.keys = keys;
    this.range = range;
  }

  static QueryPlan<byte[]> of(TraceQuery query, Range<byte[]> range, RedisLink link, Keys keys) {
    return QueryPlan.of(query, new RedisQueryPlan(link, keys, range));
  }

  @Override
  public List<byte[]> all() {
    return inEveryPartition(TermNames.ALL);
  }

  @Override
  public List<byte[]> of(Field field, Object value) {
    return inEveryPartition(TermNames.of(field, value));
  }

  @Override
  public List<byte[]> lastingFrom(Duration shortest) {
    return TermNames.durationsFrom(shortest).stream()
        .flatMap(term -> inEveryPartition(term).stream())
        .toList();
  }

  /** An attribute leads only if every writer of every partition chose its key. */
  @Override
  public Map<String, List<byte[]>> ofAttributes(TraceQuery query) {
    if (query.attributes().isEmpty() && query.attributeKeys().isEmpty()) {
      return Map.of();
    }
    List<CompletableFuture<Set<byte[]>>> lists = new ArrayList<>();
    List<CompletableFuture<Long>> traces = new ArrayList<>();
    for (int partition = 0; partition < keys.partitions(); partition++) {
      byte[] listsKey = keys.lists(partition);
      byte[] all = keys.index(partition, TermNames.ALL);
      lists.add(link.send(commands -> commands.smembers(listsKey)));
      traces.add(link.send(commands -> commands.zcard(all)));
    }
    Set<String> written = new HashSet<>();
    List<Set<byte[]>> found = link.awaitAll(lists);
    List<Long> sizes = link.awaitAll(traces);
    for (int partition = 0; partition < keys.partitions(); partition++) {
      if (found.get(partition).isEmpty() && sizes.get(partition) > 0) {
        return Map.of(); // evicted
      }
      found.get(partition).forEach(list -> written.add(new String(list, StandardCharsets.UTF_8)));
    }
    Map<String, List<byte[]>> usable = null;
    for (String list : written) {
      Map<String, List<byte[]>> own = new HashMap<>();
      for (DataTerms.Lookup lookup : DataTerms.ofList(list).attributesOf(query)) {
        String term = TermNames.of(Field.ATTRIBUTE, lookup.terms()[0]);
        own.put(lookup.filter(), inEveryPartition(term));
      }
      if (usable == null) {
        usable = own;
      } else {
        usable.keySet().retainAll(own.keySet());
      }
    }
    return usable == null ? Map.of() : usable;
  }

  @Override
  public List<byte[]> ofActorsContaining(String part) {
    List<byte[]> indexes = new ArrayList<>();
    for (int partition = 0; partition < keys.partitions(); partition++) {
      for (String name : new TraceNames(link, keys).actorsContaining(partition, part)) {
        indexes.add(keys.index(partition, TermNames.of(Field.ACTOR, name)));
      }
    }
    // If more names match, nearly every trace has one of them.
    return indexes.size() <= MAX_INDEXES ? indexes : all();
  }

  @Override
  public long[] sizes(List<byte[]> lists) {
    return sizes(link, lists, range);
  }

  /** How many entries each of {@code lists} has in {@code range}. */
  static long[] sizes(RedisLink link, List<byte[]> lists, Range<byte[]> range) {
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    lists.forEach(index -> answers.add(link.send(commands -> commands.zlexcount(index, range))));
    return link.awaitAll(answers).stream().mapToLong(Long::longValue).toArray();
  }

  private List<byte[]> inEveryPartition(String term) {
    return IntStream.range(0, keys.partitions())
        .mapToObj(partition -> keys.index(partition, term))
        .toList();
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
