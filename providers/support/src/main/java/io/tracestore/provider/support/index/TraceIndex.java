package io.tracestore.provider.support.index;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The stored traces by start, and by each {@link Field} and start. One thread writes at a time; any
 * number read and never wait.
 *
 * <p>A reader finds every trace that is in the index for the whole of its walk. A trace may have
 * changed after it was found, so the reader checks each trace against the query.
 *
 * @param <T> the provider's traces
 */
public final class TraceIndex<T extends IndexedTrace> {
  /** An index entry: a reference, in a list that is not quite full. */
  private static final long POSTING_BYTES = 8;

  /** The index of one key: its place in a map, and a list with its first chunk. */
  private static final long KEY_BYTES = 160;

  private final Postings byStart = new Postings();
  private final Map<Field, ConcurrentMap<Object, Postings>> byField = new EnumMap<>(Field.class);
  private final DataTerms attributes;
  private long bytes;

  private record Term(Field field, Object value) {}

  private final Lists lists = new Lists();

  /**
   * An index of no trace.
   *
   * @param attributes the attributes by which every trace is added
   */
  public TraceIndex(DataTerms attributes) {
    this.attributes = attributes;
    for (Field field : Field.values()) {
      byField.put(field, new ConcurrentHashMap<>());
    }
  }

  /** The estimated bytes of all index entries; for the thread that writes. */
  public long bytes() {
    return bytes;
  }

  /** How many traces are stored. */
  public int size() {
    return byStart.size();
  }

  /** Whether traces are added by attributes. */
  public boolean hasAttributes() {
    return !attributes.list().isEmpty();
  }

  /** The terms of the attributes of {@code events} that are indexed. */
  public IndexTerms attributesOf(Iterable<TraceEvent> events) {
    return to ->
        events.forEach(event ->
            attributes.attributesOf(event).forEach(term -> to.accept(Field.ATTRIBUTE, term)));
  }

  /** Adds a trace by its start and {@code terms}. */
  public void add(T trace, IndexTerms terms) {
    add(trace);
    addTerms(trace, terms);
  }

  /** Adds terms of an indexed trace. */
  public void addTerms(T trace, IndexTerms terms) {
    terms.forEach((field, value) -> add(field, value, trace));
  }

  /** Removes what {@link #add(IndexedTrace, IndexTerms)} added. */
  public void remove(T trace, IndexTerms terms) {
    terms.forEach((field, value) -> remove(field, value, trace));
    remove(trace);
  }

  /** Adds a trace by its start only. */
  public void add(T trace) {
    if (byStart.add(trace)) {
      bytes += POSTING_BYTES;
    }
  }

  /** Removes what {@link #add(IndexedTrace)} added. */
  public void remove(T trace) {
    if (byStart.remove(trace)) {
      bytes -= POSTING_BYTES;
    }
  }

  /** Changes terms of an indexed trace. */
  public void replace(T trace, IndexTerms before, IndexTerms after) {
    Set<Term> gone = new HashSet<>();
    before.forEach((field, value) -> gone.add(new Term(field, value)));
    after.forEach((field, value) -> {
      if (!gone.remove(new Term(field, value))) {
        add(field, value, trace);
      }
    });
    gone.forEach(term -> remove(term.field, term.value, trace));
  }

  /** Removes a trace whose terms are not known; takes a look at every term. */
  void removeFromAll(T trace) {
    byField.forEach(
        (field, values) -> values.keySet().forEach(value -> remove(field, value, trace)));
    remove(trace);
  }

  /** Adds one term of a trace; does nothing if the trace has it. */
  public void add(Field field, Object value, T trace) {
    ConcurrentMap<Object, Postings> values = valuesOf(field);
    Postings postings = values.get(value);
    if (postings == null) {
      postings = new Postings();
      values.put(value, postings);
      bytes += KEY_BYTES;
    }
    if (postings.add(trace)) {
      bytes += POSTING_BYTES;
    }
  }

  /** Removes one term of a trace; does nothing if the trace does not have it. */
  public void remove(Field field, Object value, T trace) {
    ConcurrentMap<Object, Postings> values = valuesOf(field);
    Postings postings = values.get(value);
    if (postings == null) {
      return;
    }
    if (postings.remove(trace)) {
      bytes -= POSTING_BYTES;
    }
    if (postings.size() == 0) {
      values.remove(value);
      bytes -= KEY_BYTES;
    }
  }

  private ConcurrentMap<Object, Postings> valuesOf(Field field) {
    ConcurrentMap<Object, Postings> values = byField.get(field);
    if (values == null) {
      throw new AssertionError(field);
    }
    return values;
  }

  /**
   * Traces among which all matches of {@code query} within {@code range} are: those of the filter
   * that the fewest traces pass.
   */
  public NewestFirst<T> candidates(TraceQuery query, TimeRange range) {
    return new NewestFirst<>(QueryPlan.of(query, lists).lists(), range);
  }

  /** The name of the filter by which {@link #candidates} are found. */
  public String leading(TraceQuery query) {
    return QueryPlan.of(query, lists).leading();
  }

  /**
   * A page of matches, newest first, after the position and offset of {@code query}.
   *
   * @param matching reads a candidate; null if it does not match, or is gone
   */
  public List<FlowTrace> page(
      TraceQuery query, int limit, Function<T, @Nullable FlowTrace> matching) {
    List<FlowTrace> page = new ArrayList<>();
    NewestFirst<T> candidates = candidates(query, TimeRange.pageOf(query));
    long skip = query.offset();
    for (T next = candidates.next(); next != null; next = candidates.next()) {
      FlowTrace trace = matching.apply(next);
      if (trace == null || skip-- > 0) {
        continue;
      }
      page.add(trace);
      if (page.size() == limit) {
        break;
      }
    }
    return List.copyOf(page);
  }

  /**
   * The number of traces that match {@code query}, its position ignored; from the lists alone if
   * one list has exactly the matches.
   *
   * @param matches reads a candidate
   */
  public long count(TraceQuery query, Predicate<T> matches) {
    TimeRange range = TimeRange.filterOf(query);
    QueryPlan<Postings> plan = QueryPlan.of(query, lists);
    if (plan.exact()) {
      boolean every = range.equals(TimeRange.ALL);
      return every
          ? plan.size()
          : plan.lists().stream().mapToLong(postings -> postings.count(range)).sum();
    }
    NewestFirst<T> candidates = new NewestFirst<>(plan.lists(), range);
    long count = 0;
    for (T next = candidates.next(); next != null; next = candidates.next()) {
      count += matches.test(next) ? 1 : 0;
    }
    return count;
  }

  /** The names that traces of {@code query}'s time have; looks at each name, not at each trace. */
  public List<String> names(NameKind kind, TraceQuery query) {
    TimeRange range = TimeRange.filterOf(query);
    List<String> names = new ArrayList<>();
    valuesOf(Field.of(kind))
        .forEach((name, postings) -> {
          if (postings.count(range) > 0) {
            names.add((String) name);
          }
        });
    return names;
  }

  /** The newest traces of {@code range}, at most {@code count}. */
  List<T> newest(TimeRange range, int count) {
    List<T> traces = new ArrayList<>(count);
    NewestFirst<T> all = new NewestFirst<>(List.of(byStart), range);
    for (T next = all.next(); next != null && traces.size() < count; next = all.next()) {
      traces.add(next);
    }
    return traces;
  }

  /** The lists as a {@link QueryPlan} asks for them. */
  private final class Lists implements QueryPlan.Lists<Postings> {
    @Override
    public List<Postings> all() {
      return List.of(byStart);
    }

    @Override
    public List<Postings> of(Field field, Object value) {
      Postings postings = valuesOf(field).get(value);
      return postings == null ? List.of() : List.of(postings);
    }

    @Override
    public Map<String, List<Postings>> ofAttributes(TraceQuery query) {
      Map<String, List<Postings>> found = new HashMap<>();
      for (DataTerms.Lookup lookup : attributes.attributesOf(query)) {
        found.put(lookup.filter(), of(Field.ATTRIBUTE, lookup.terms()[0]));
      }
      return found;
    }

    @Override
    public List<Postings> ofActorsContaining(String part) {
      List<Postings> actors = new ArrayList<>();
      long size = 0;
      for (Map.Entry<Object, Postings> each : valuesOf(Field.ACTOR).entrySet()) {
        if (((String) each.getKey()).contains(part)) {
          actors.add(each.getValue());
          size += each.getValue().size();
        }
      }
      return size < byStart.size() ? actors : all();
    }

    @Override
    public long[] sizes(List<Postings> lists) {
      return lists.stream().mapToLong(Postings::size).toArray();
    }
  }
}
