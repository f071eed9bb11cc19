package io.tracestore.provider.support.index;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
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
  private long bytes;

  private record Key(Field field, Object value) {}

  private record Tag(String key, String value) {}

  /** An index of no trace. */
  public TraceIndex() {
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

  /** Adds a stored trace with the keys of its header; the keys of events are added one by one. */
  public void add(T trace, FlowTrace header) {
    add(trace);
    headerKeys(header, (field, value) -> add(field, value, trace));
  }

  /** Removes what {@link #add(IndexedTrace, FlowTrace)} added. */
  public void remove(T trace, FlowTrace header) {
    headerKeys(header, (field, value) -> remove(field, value, trace));
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

  /** Changes the keys of an indexed trace from those of one header to those of another. */
  public void replace(T trace, FlowTrace before, FlowTrace after) {
    Set<Key> gone = new HashSet<>();
    headerKeys(before, (field, value) -> gone.add(new Key(field, value)));
    headerKeys(
        after,
        (field, value) -> {
          if (!gone.remove(new Key(field, value))) {
            add(field, value, trace);
          }
        });
    gone.forEach(key -> remove(key.field, key.value, trace));
  }

  /** Adds one key of a trace; does nothing if the trace has it. */
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

  /** Removes one key of a trace; does nothing if the trace does not have it. */
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

  /** Gives every key of a header to {@code keys}. */
  private static void headerKeys(FlowTrace header, BiConsumer<Field, Object> keys) {
    keys.accept(Field.FLOW, header.flowId());
    keys.accept(Field.EXECUTION, header.executionId());
    keys.accept(Field.STATUS, header.status().kind());
    if (header.status() instanceof ExecutionStatus.Failed failed) {
      keys.accept(Field.FAILURE, failed.error());
    }
    TraceMetadata metadata = header.metadata();
    keys.accept(Field.ENVIRONMENT, metadata.environment());
    acceptIfSet(Field.USER, metadata.userId(), keys);
    acceptIfSet(Field.SESSION, metadata.sessionId(), keys);
    metadata.tags().forEach((key, value) -> keys.accept(Field.TAG, new Tag(key, value)));
  }

  /** Gives the keys that a match of {@code query} has to {@code keys}. */
  private static void queryKeys(TraceQuery query, BiConsumer<Field, Object> keys) {
    acceptIfSet(Field.FLOW, query.flowId(), keys);
    acceptIfSet(Field.EXECUTION, query.executionId(), keys);
    if (query.failedWith() == null) {
      acceptIfSet(Field.STATUS, query.status(), keys);
    }
    acceptIfSet(Field.FAILURE, query.failedWith(), keys);
    acceptIfSet(Field.ENVIRONMENT, query.environment(), keys);
    acceptIfSet(Field.USER, query.userId(), keys);
    acceptIfSet(Field.SESSION, query.sessionId(), keys);
    query.tags().forEach((key, value) -> keys.accept(Field.TAG, new Tag(key, value)));
    acceptIfSet(Field.ACTOR, query.actor(), keys);
    acceptIfSet(Field.EVENT_TYPE, query.eventType(), keys);
  }

  private static void acceptIfSet(
      Field field, @Nullable Object value, BiConsumer<Field, Object> keys) {
    if (value != null) {
      keys.accept(field, value);
    }
  }

  /** The traces of {@code range}, newest first. */
  public NewestFirst<T> all(TimeRange range) {
    return new NewestFirst<>(List.of(byStart), range);
  }

  /**
   * Traces among which all matches of {@code query} within {@code range} are: those of the key that
   * the fewest traces have.
   */
  public NewestFirst<T> candidates(TraceQuery query, TimeRange range) {
    return new NewestFirst<>(shortest(query), range);
  }

  /**
   * The number of traces that match {@code query}, its position ignored, if the lists alone give
   * it.
   *
   * @return empty if the matches have to be looked at
   */
  public OptionalLong count(TraceQuery query) {
    Postings exact = exact(query);
    if (exact == null) {
      return OptionalLong.empty();
    }
    TimeRange range = TimeRange.filterOf(query);
    return OptionalLong.of(range.equals(TimeRange.ALL) ? exact.size() : exact.count(range));
  }

  /**
   * The shortest lists that together hold every match of {@code query}: one of them, or of each
   * actor whose name contains the text. Empty if there can be no match.
   */
  private List<Postings> shortest(TraceQuery query) {
    List<Postings> keyed = listsOf(query);
    Postings shortest = byStart;
    for (Postings postings : keyed) {
      if (postings.size() < shortest.size()) {
        shortest = postings;
      }
    }
    String text = query.actorContains();
    if (text != null) {
      List<Postings> actors = actorsContaining(text);
      if (actors.stream().mapToLong(Postings::size).sum() < shortest.size()) {
        return actors;
      }
    }
    return List.of(shortest);
  }

  /**
   * The one list whose traces within the query's time range are exactly its matches; null if no
   * single list tells.
   */
  private @Nullable Postings exact(TraceQuery query) {
    if (query.minDuration() != null || query.actorContains() != null || query.filtersByReading()) {
      return null;
    }
    List<Postings> keyed = listsOf(query);
    return switch (keyed.size()) {
      case 0 -> byStart;
      case 1 -> keyed.getFirst();
      default -> null;
    };
  }

  private List<Postings> listsOf(TraceQuery query) {
    List<Postings> lists = new ArrayList<>();
    queryKeys(
        query,
        (field, value) -> {
          Postings postings = valuesOf(field).get(value);
          lists.add(postings == null ? new Postings() : postings);
        });
    return lists;
  }

  private List<Postings> actorsContaining(String text) {
    List<Postings> lists = new ArrayList<>();
    valuesOf(Field.ACTOR)
        .forEach((actor, postings) -> {
          if (((String) actor).contains(text)) {
            lists.add(postings);
          }
        });
    return lists;
  }
}
