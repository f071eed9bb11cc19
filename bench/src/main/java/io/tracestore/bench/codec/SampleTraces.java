package io.tracestore.bench.codec;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Traces of twenty events in the shape that the Zipkin import gives: random ids, a few services as
 * actors, five attributes, parent and root, the time of execution. The same seed, the same traces.
 */
final class SampleTraces {
  static final int EVENTS = 20;

  private static final String[] SERVICES = {
    "api-gateway", "auth-service", "order-service", "inventory", "payment-service", "mailer"
  };
  private static final String[] METHODS = {"GET", "GET", "GET", "POST", "PUT", "DELETE"};
  private static final String[] PATHS = {"/orders/", "/users/", "/carts/", "/login/", "/items/"};
  private static final int[] STATUSES = {200, 200, 200, 200, 201, 204, 404, 500};

  private final Random random;
  private final int payloadBytes;

  SampleTraces(long seed, int payloadBytes) {
    random = new Random(seed);
    this.payloadBytes = payloadBytes;
  }

  List<FlowTrace> next(int count) {
    List<FlowTrace> traces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      traces.add(next());
    }
    return traces;
  }

  private FlowTrace next() {
    Instant start = Instant.ofEpochSecond(1_750_000_000L + random.nextInt(86_400), micros());
    EventId root = new EventId(uuid());
    List<TraceEvent> events = new ArrayList<>();
    Instant at = start;
    for (int i = 0; i < EVENTS; i++) {
      EventId id = i == 0 ? root : new EventId(uuid());
      EventId parent = i == 0 ? null : events.get(random.nextInt(i)).eventId();
      at = at.plusNanos(1_000L * random.nextInt(5_000));
      events.add(
          TraceEvent.builder(type(i), pick(SERVICES))
              .eventId(id)
              .timestamp(at)
              .data(data())
              .causality(new CausalityInfo(parent, root, List.of(), spanId()))
              .build());
    }
    return FlowTrace.builder("checkout")
        .traceId(new TraceId(uuid()))
        .executionId(new ExecutionId(uuid()))
        .startTime(start)
        .endTime(at)
        .status(ExecutionStatus.completed())
        .events(events)
        .metadata(
            TraceMetadata.builder()
                .environment("production")
                .hostname("worker-" + random.nextInt(20))
                .processId(random.nextInt(60_000))
                .threadId("exec-" + random.nextInt(64))
                .tag("region", "eu-central-1")
                .build())
        .build();
  }

  private TraceEventType type(int i) {
    return switch (i % 4) {
      case 0 -> TraceEventType.ACTOR_STARTED;
      case 1 -> TraceEventType.MESSAGE_SENT;
      case 2 -> TraceEventType.dataFlow(pick(SERVICES), "in");
      default -> TraceEventType.ACTOR_COMPLETED;
    };
  }

  private TraceEventData data() {
    TraceEventData.Builder data =
        TraceEventData.builder()
            .performanceMetrics(
                PerformanceMetrics.of(
                    1_000L * random.nextInt(50_000), 0, random.nextInt(1000) / 10f, 0, 0))
            .attribute("http.method", pick(METHODS))
            .attribute("http.path", pick(PATHS) + random.nextInt(100_000))
            .attribute("http.status_code", STATUSES[random.nextInt(STATUSES.length)])
            .attribute("peer.address", "10.1." + random.nextInt(8) + "." + random.nextInt(256))
            .attribute("request.id", spanId());
    if (payloadBytes > 0) {
      data.message(MessageSnapshot.of("application/json", payload()));
    }
    return data.build();
  }

  private Bytes payload() {
    StringBuilder json = new StringBuilder("[");
    while (json.length() < payloadBytes) {
      json.append("{\"sku\":\"").append(spanId()).append("\",\"quantity\":");
      json.append(random.nextInt(10)).append(",\"warehouse\":\"").append(pick(SERVICES));
      json.append("\"},");
    }
    json.setCharAt(json.length() - 1, ']');
    return Bytes.of(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private int micros() {
    return 1_000 * random.nextInt(1_000_000);
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private String spanId() {
    return HexFormat.of().toHexDigits(random.nextLong());
  }

  private String pick(String[] values) {
    return values[random.nextInt(values.length)];
  }
}
