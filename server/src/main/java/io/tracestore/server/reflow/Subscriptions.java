package io.tracestore.server.reflow;

import io.tracestore.codec.ReflowReply;
import io.tracestore.codec.ReflowRequest.Filters;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The subscribers and the filters of the events that each of them gets. Safe for many threads. */
final class Subscriptions {
  private final Map<Outbox, Filters> byOutbox = new ConcurrentHashMap<>();

  /**
   * Sends to {@code outbox} the events that {@code filters} let through; replaces its earlier
   * subscription.
   */
  void subscribe(Outbox outbox, Filters filters) {
    byOutbox.put(outbox, filters);
  }

  void unsubscribe(Outbox outbox) {
    byOutbox.remove(outbox);
  }

  boolean isEmpty() {
    return byOutbox.isEmpty();
  }

  /**
   * Tells of events that were stored.
   *
   * @param header of their trace as it is now
   */
  void publish(TraceId traceId, FlowTrace header, List<TraceEvent> events) {
    for (TraceEvent event : events) {
      String message = null;
      for (Map.Entry<Outbox, Filters> each : byOutbox.entrySet()) {
        if (matches(each.getValue(), header, event)) {
          if (message == null) {
            message = ReflowReply.eventNotification(traceId, event);
          }
          each.getKey().offer(message);
        }
      }
    }
  }

  static boolean matches(Filters filters, FlowTrace header, TraceEvent event) {
    return contains(filters.flowIds(), header.flowId())
        && contains(filters.actorIds(), event.actorId())
        && contains(filters.eventTypes(), event.eventType())
        && hasStatus(filters.statuses(), header.status());
  }

  private static <T> boolean contains(@Nullable List<T> wanted, T value) {
    return wanted == null || wanted.contains(value);
  }

  private static boolean hasStatus(@Nullable List<ExecutionStatus> wanted, ExecutionStatus status) {
    return contains(wanted, status);
  }
}
