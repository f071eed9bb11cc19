package io.tracestore.provider.support;

import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the answer to an {@link ActorGraphQuery}, from events or from sums that an engine made.
 * For one thread. Its memory grows with the answer, not with the data.
 */
public final class ActorGraphCollector {
  private final ActorGraphQuery query;
  private final Map<Key, Sums> edges = new HashMap<>();

  private record Key(String from, String to) {}

  private static final class Sums {
    private final ExactSum bytes = new ExactSum();
    private long count;
    private long errors;
  }

  /** Nothing added yet. */
  public ActorGraphCollector(ActorGraphQuery query) {
    this.query = Objects.requireNonNull(query, "query");
  }

  /**
   * Adds the messages among all events of one trace that match; whether its flow does is left to
   * the caller.
   */
  public void add(List<TraceEvent> eventsOfOneTrace) {
    Map<EventId, TraceEvent> sent = new HashMap<>();
    for (TraceEvent event : eventsOfOneTrace) {
      if (event.eventType().equals(TraceEventType.MESSAGE_SENT)) {
        sent.put(event.eventId(), event);
      }
    }
    for (TraceEvent event : eventsOfOneTrace) {
      if (!EventMetricsCollector.isWithin(query.from(), query.to(), event.timestamp())) {
        continue;
      }
      if (event.eventType() instanceof TraceEventType.DataFlow flow) {
        add(event.actorId(), flow.toActor(), event, null);
      } else if (event.eventType().equals(TraceEventType.MESSAGE_RECEIVED)) {
        TraceEvent cause = sent.get(event.causality().parentEventId());
        if (cause != null) {
          add(cause.actorId(), event.actorId(), event, cause);
        }
      }
    }
  }

  private void add(String from, String to, TraceEvent event, @Nullable TraceEvent cause) {
    Sums sums = sums(from, to);
    sums.count++;
    MessageSnapshot message = event.data().message();
    if (message == null && cause != null) {
      message = cause.data().message();
    }
    if (message != null) {
      sums.bytes.add(message.sizeBytes());
    }
    if (event.data().error() != null) {
      sums.errors++;
    }
  }

  /**
   * Adds the sums over some messages from one actor to another.
   *
   * @param count how many messages, positive
   * @param bytes the sum of their sizes
   * @param errors how many carry an error
   */
  public void add(String from, String to, long count, BigInteger bytes, long errors) {
    Sums sums = sums(from, to);
    sums.count += count;
    sums.bytes.add(bytes);
    sums.errors += errors;
  }

  private Sums sums(String from, String to) {
    return edges.computeIfAbsent(new Key(from, to), key -> new Sums());
  }

  /** The answer, in no order. */
  public List<ActorEdge> result() {
    return edges.entrySet().stream().map(entry -> edge(entry.getKey(), entry.getValue())).toList();
  }

  private static ActorEdge edge(Key key, Sums sums) {
    return new ActorEdge(key.from, key.to, sums.count, sums.bytes.saturated(), sums.errors);
  }
}
