package io.tracestore.server.reflow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracestore.model.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what passes over Reflow's protocol; shown to Prometheus and to {@code GetMetrics}. */
final class Traffic {
  final AtomicLong connectionsActive = new AtomicLong();
  final Counter connections;
  final Counter received;
  final Counter sent;
  final Counter errors;
  final Counter events;
  final Counter tracesStored;
  final Counter tracesQueried;
  final Counter notificationsDropped;

  Traffic(MeterRegistry registry) {
    Gauge.builder("tracestore.server.connections.active", connectionsActive, AtomicLong::get)
        .description("open WebSocket connections")
        .register(registry);
    connections = counter(registry, "connections", "WebSocket connections since the start");
    received = counter(registry, "messages.received", "messages received");
    sent = counter(registry, "messages.sent", "messages sent");
    errors = counter(registry, "errors", "requests that were answered with an error");
    events = counter(registry, "events", "events stored");
    tracesStored = counter(registry, "traces.stored", "traces begun or stored whole");
    tracesQueried = counter(registry, "traces.queried", "traces asked for");
    notificationsDropped =
        counter(registry, "notifications.dropped", "left out for subscribers that read too slowly");
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder("tracestore.server." + name).description(description).register(registry);
  }

  /** Under the names of Reflow's own server. */
  Map<String, JsonValue> asJson() {
    Map<String, JsonValue> all = new LinkedHashMap<>();
    all.put("connections_active", JsonValue.of(connectionsActive.get()));
    put(all, "connections_total", connections);
    put(all, "messages_received", received);
    put(all, "messages_sent", sent);
    put(all, "errors_total", errors);
    put(all, "traces_stored", tracesStored);
    put(all, "traces_queried", tracesQueried);
    return all;
  }

  private static void put(Map<String, JsonValue> all, String name, Counter counter) {
    all.put(name, JsonValue.of((long) counter.count()));
  }
}
