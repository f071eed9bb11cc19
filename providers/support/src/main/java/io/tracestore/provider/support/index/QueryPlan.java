package io.tracestore.provider.support.index;

import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lists of traces that are walked to answer a query: those of the filter that fewest traces
 * pass.
 *
 * @param <L> a list of traces, as the provider keeps it
 * @param lists the lists to walk, none empty; a trace that matches is in at least one of them
 * @param size how many entries they have together, as {@link Lists#sizes} counts
 * @param exact whether every trace in the lists matches, and none is there twice
 */
public record QueryPlan<L>(List<L> lists, long size, boolean exact) {
  /**
   * The lists that a provider keeps.
   *
   * @param <L> a list of traces
   */
  public interface Lists<L> {
    /** The lists that together hold every trace once. */
    List<L> all();

    /** The lists that together hold every trace of a term once; empty if there is no such trace. */
    List<L> of(Field field, Object value);

    /** The lists that together hold every trace of an actor whose name contains {@code part}. */
    List<L> ofActorsContaining(String part);

    /**
     * The lists that together hold every trace that lasted at least {@code shortest}, and others;
     * null if durations are not indexed.
     */
    default @Nullable List<L> lastingFrom(Duration shortest) {
      return null;
    }

    /** How many traces are in each of {@code lists}. */
    long[] sizes(List<L> lists);
  }

  private record Filter<L>(List<L> lists, boolean exact) {}

  /** Chooses the lists that answer {@code query}; its position is ignored. */
  public static <L> QueryPlan<L> of(TraceQuery query, Lists<L> lists) {
    List<Filter<L>> filters = filters(query, lists);
    List<L> candidates = new ArrayList<>();
    filters.forEach(filter -> candidates.addAll(filter.lists));
    long[] sizes = lists.sizes(candidates);
    boolean alone = filters.size() == 1 && !query.filtersByReading();
    QueryPlan<L> best = null;
    int next = 0;
    for (Filter<L> filter : filters) {
      List<L> filled = new ArrayList<>(filter.lists.size());
      long size = 0;
      for (L list : filter.lists) {
        long count = sizes[next++];
        size += count;
        if (count > 0) {
          filled.add(list);
        }
      }
      if (best == null || size < best.size) {
        best = new QueryPlan<>(filled, size, alone && filter.exact);
      }
    }
    if (best == null) {
      throw new AssertionError("a query without filters walks all traces");
    }
    return best;
  }

  private static <L> List<Filter<L>> filters(TraceQuery query, Lists<L> lists) {
    List<Filter<L>> filters = new ArrayList<>();
    IndexTerms.ofQuery(query)
        .forEach((field, value) -> filters.add(new Filter<>(lists.of(field, value), true)));
    if (query.minDuration() != null) {
      List<L> lasting = lists.lastingFrom(query.minDuration());
      filters.add(new Filter<>(lasting != null ? lasting : lists.all(), false));
    }
    if (query.actorContains() != null) {
      filters.add(new Filter<>(lists.ofActorsContaining(query.actorContains()), false));
    }
    if (filters.isEmpty()) {
      filters.add(new Filter<>(lists.all(), true));
    }
    return filters;
  }
}
