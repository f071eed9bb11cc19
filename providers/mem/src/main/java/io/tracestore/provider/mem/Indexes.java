package io.tracestore.provider.mem;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The stored traces by start, and by each {@link Field} and start. One thread writes at a time; any
 * number read and never wait.
 */
final class Indexes {
  private final Postings byStart = new Postings();
  private final Map<Field, ConcurrentMap<Object, Postings>> byField = new EnumMap<>(Field.class);
  private long bytes;

  /** A field with a value. */
  record Key(Field field, Object value) {}

  private record Tag(String key, String value) {}

  Indexes() {
    for (Field field : Field.values()) {
      byField.put(field, new ConcurrentHashMap<>());
    }
  }

  /** The estimate of what all index entries take; for the thread that writes. */
  long bytes() {
    return bytes;
  }

  /** How many traces are stored. */
  int size() {
    return byStart.size();
  }

  /** Every stored trace. */
  Postings byStart() {
    return byStart;
  }

  void addStart(StoredTrace trace) {
    byStart.add(trace);
    bytes += Footprint.POSTING;
  }

  void removeStart(StoredTrace trace) {
    byStart.remove(trace);
    bytes -= Footprint.POSTING;
  }

  void add(Field field, Object value, StoredTrace trace) {
    ConcurrentMap<Object, Postings> values = valuesOf(field);
    Postings postings = values.get(value);
    if (postings == null) {
      postings = new Postings();
      values.put(value, postings);
      bytes += Footprint.KEY;
    }
    postings.add(trace);
    bytes += Footprint.POSTING;
  }

  void remove(Field field, Object value, StoredTrace trace) {
    ConcurrentMap<Object, Postings> values = valuesOf(field);
    Postings postings = values.get(value);
    if (postings == null) {
      return;
    }
    postings.remove(trace);
    bytes -= Footprint.POSTING;
    if (postings.size() == 0) {
      values.remove(value);
      bytes -= Footprint.KEY;
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
  static void headerKeys(FlowTrace header, BiConsumer<Field, Object> keys) {
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

  /**
   * The shortest lists that together hold every match of {@code query}: one of them, or of each
   * actor whose name contains the text. Empty if there can be no match.
   */
  List<Postings> shortest(TraceQuery query) {
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
  @Nullable Postings exact(TraceQuery query) {
    if (query.minDuration() != null || query.actorContains() != null) {
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
