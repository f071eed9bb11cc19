package io.tracestore.provider.support.index;

import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lists of traces that are walked to answer a query: those of the filter that fewest traces
 * pass.
 *
 * @param <L> a list of traces, as the provider keeps it
 * @param lists the lists to walk, none empty; a trace that matches is in at least one of them
 * @param size how many entries they have together, as {@link Lists#sizes} counts
 * @param leading the name of the filter that they answer
 * @param exact whether every trace in the lists matches, and none is there twice
 */
public record QueryPlan<L>(List<L> lists, long size, String leading, boolean exact) {
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

    /**
     * For each filter by an attribute that is indexed, by its name, the lists that together hold
     * every trace that has it, and perhaps others; none by default.
     */
    default Map<String, List<L>> ofAttributes(TraceQuery query) {
      return Map.of();
    }

    /** How many traces are in each of {@code lists}. */
    long[] sizes(List<L> lists);
  }

  private static final String START = "start";

  private record Filter<L>(String name, List<L> lists, boolean exact) {}

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
        best = new QueryPlan<>(filled, size, filter.name, alone && filter.exact);
      }
    }
    if (best == null) {
      throw new AssertionError("a query without filters walks all traces");
    }
    return best;
  }

  private static String nameOf(Field field) {
    return field.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static <L> List<Filter<L>> filters(TraceQuery query, Lists<L> lists) {
    List<Filter<L>> filters = new ArrayList<>();
    IndexTerms.ofQuery(query)
        .forEach((field, value) ->
            filters.add(new Filter<>(nameOf(field), lists.of(field, value), true)));
    if (query.minDuration() != null) {
      List<L> lasting = lists.lastingFrom(query.minDuration());
      filters.add(
          lasting != null
              ? new Filter<>("duration", lasting, false)
              : new Filter<>(START, lists.all(), false));
    }
    lists.ofAttributes(query).forEach((name, some) -> filters.add(new Filter<>(name, some, false)));
    if (query.actorContains() != null) {
      filters.add(
          new Filter<>(
              nameOf(Field.ACTOR), lists.ofActorsContaining(query.actorContains()), false));
    }
    if (filters.isEmpty()) {
      filters.add(new Filter<>(START, lists.all(), true));
    }
    return filters;
  }
}
