package io.tracestore.compat;

import static io.tracestore.model.ExecutionStatus.Kind.COMPLETED;
import static io.tracestore.model.ExecutionStatus.Kind.FAILED;
import static io.tracestore.model.ExecutionStatus.Kind.PENDING;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The filters of a query with the values that tests give them, and traces that differ in all of
 * them. Every value matches some of the traces and not others, but for one that matches none.
 */
enum FilterDimension {
  FLOW(q -> q.flowId("flow"), q -> q.flowId("FLOW"), q -> q.flowId("")),
  EXECUTION(
      q -> q.executionId(Samples.executionId(1)), q -> q.executionId(Samples.executionId(77))),
  FROM(q -> q.startedFrom(Samples.T0.plusSeconds(3)), q -> q.startedFrom(EpochNanos.MIN)),
  TO(q -> q.startedTo(Samples.T0.plusSeconds(5)), q -> q.startedTo(EpochNanos.MAX)),
  STATUS(q -> q.status(PENDING), q -> q.status(COMPLETED), q -> q.status(FAILED)),
  ERROR(q -> q.failedWith("error"), q -> q.failedWith(""), q -> q.failedWith("ERROR")),
  ACTOR(q -> q.actor("reader"), q -> q.actor("Reader"), q -> q.actor("read")),
  ACTOR_TEXT(
      q -> q.actorContains("read"),
      q -> q.actorContains("e%r"),
      q -> q.actorContains("_"),
      q -> q.actorContains("")),
  EVENT_TYPE(
      q -> q.eventType(TraceEventType.ACTOR_FAILED),
      q -> q.eventType("DataFlow"),
      q -> q.eventType(TraceEventType.custom("mine"))),
  TAG(q -> q.tag("team", "a"), q -> q.tag("team", "A"), q -> q.tag("team", "a").tag("zone", "")),
  DURATION(
      q -> q.minDuration(Duration.ZERO),
      q -> q.minDuration(Duration.ofSeconds(1)),
      q -> q.minDuration(Duration.ofNanos(Long.MAX_VALUE))),
  LONGEST(
      q -> q.maxDuration(Duration.ZERO),
      q -> q.maxDuration(Duration.ofSeconds(1)),
      q -> q.maxDuration(Duration.ofNanos(Long.MAX_VALUE))),
  ATTRIBUTE(
      q -> q.attribute("order.id", "4711"),
      q -> q.attribute("order.id", 4711),
      q -> q.attribute("order.id", true),
      q -> q.attribute("order.id", "")),
  ATTRIBUTE_KEY(
      q -> q.hasAttribute("order.id"),
      q -> q.hasAttribute("nothing").hasAttribute("order.id"),
      q -> q.hasAttribute("Order.id")),
  EVENT_ERROR(q -> q.hasError()),
  EVENT_ERROR_TEXT(
      q -> q.errorContaining(""), q -> q.errorContaining("time"), q -> q.errorContaining("%")),
  PORT(q -> q.port("in"), q -> q.port("In"), q -> q.port("")),
  ENVIRONMENT(q -> q.environment("production"), q -> q.environment("")),
  USER(q -> q.userId("user"), q -> q.userId("")),
  SESSION(q -> q.sessionId("session"), q -> q.sessionId(""));

  private static final List<ExecutionStatus> STATUSES =
      List.of(
          ExecutionStatus.pending(),
          ExecutionStatus.running(),
          ExecutionStatus.completed(),
          ExecutionStatus.failed("error"),
          ExecutionStatus.failed(""),
          ExecutionStatus.failed("Error"),
          ExecutionStatus.cancelled());
  private static final List<TraceEventType> TYPES =
      List.of(
          TraceEventType.ACTOR_FAILED,
          TraceEventType.ACTOR_STARTED,
          TraceEventType.dataFlow("writer", "in"),
          TraceEventType.custom("mine"),
          TraceEventType.custom("Mine"));
  private static final List<String> ACTORS =
      List.of("reader", "Reader", "re%r", "re_der", "", "a read b");

  private static final List<JsonValue> VALUES =
      List.of(
          JsonValue.of("4711"),
          JsonValue.of(4711),
          new JsonValue.JsonNumber("47.11e2"),
          JsonValue.of(""),
          JsonValue.of(true),
          JsonValue.of(false),
          JsonValue.NULL);

  /** Queries of one filter: each choice of each dimension. */
  static List<TraceQuery> eachAlone() {
    List<TraceQuery> queries = new ArrayList<>();
    for (FilterDimension dimension : values()) {
      for (Filter filter : dimension.choices) {
        TraceQuery.Builder query = TraceQuery.builder();
        filter.addTo(query);
        queries.add(query.build());
      }
    }
    return queries;
  }

  /** Queries of two filters: each choice of each dimension with each of each other one. */
  static List<TraceQuery> eachPair() {
    List<TraceQuery> queries = new ArrayList<>();
    for (FilterDimension first : values()) {
      for (FilterDimension second : values()) {
        if (first.compareTo(second) < 0 && combine(first, second)) {
          for (Filter a : first.choices) {
            for (Filter b : second.choices) {
              TraceQuery.Builder query = TraceQuery.builder();
              a.addTo(query);
              b.addTo(query);
              queries.add(query.build());
            }
          }
        }
      }
    }
    return queries;
  }

  /** Sets a filter of a query. */
  @FunctionalInterface
  interface Filter {
    void addTo(TraceQuery.Builder query);
  }

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<Filter> choices;

  FilterDimension(Filter... choices) {
    this.choices = List.of(choices);
  }

  List<Filter> choices() {
    return choices;
  }

  /**
   * Whether the two may stand in one query: an error means a failed trace, and a range of durations
   * is not empty.
   */
  private static boolean combine(FilterDimension a, FilterDimension b) {
    return !(a == STATUS && b == ERROR) && !(a == DURATION && b == LONGEST);
  }

  /** Traces with random values of every dimension, many alike, some of them extreme. */
  static List<FlowTrace> traces(long seed, int count) {
    Random random = new Random(seed);
    List<FlowTrace> traces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Instant start = start(random);
      traces.add(
          FlowTrace.builder(oneOf(random, "flow", "FLOW", "", "other"))
              .traceId(new TraceId(new UUID(random.nextLong(), random.nextLong())))
              .executionId(Samples.executionId(random.nextInt(4)))
              .startTime(start)
              .endTime(end(random, start))
              .status(STATUSES.get(random.nextInt(STATUSES.size())))
              .metadata(metadata(random))
              .events(events(random))
              .build());
    }
    return traces;
  }

  private static Instant start(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> EpochNanos.MIN;
      case 1 -> EpochNanos.MAX;
      default -> Samples.T0.plusSeconds(random.nextInt(8));
    };
  }

  private static @Nullable Instant end(Random random, Instant start) {
    return switch (random.nextInt(7)) {
      case 0 -> null;
      case 1 -> EpochNanos.MIN;
      case 2 -> EpochNanos.MAX;
      case 3 -> start;
      default -> {
        Instant end = start.plusMillis(995 + random.nextInt(10));
        yield EpochNanos.isRepresentable(end) ? end : start;
      }
    };
  }

  private static TraceMetadata metadata(Random random) {
    TraceMetadata.Builder metadata =
        TraceMetadata.builder()
            .environment(oneOf(random, "production", "Production", ""))
            .userId(random.nextInt(4) == 0 ? null : oneOf(random, "user", "", "another"))
            .sessionId(random.nextInt(3) == 0 ? null : oneOf(random, "session", ""));
    if (random.nextBoolean()) {
      metadata.tag("team", oneOf(random, "a", "A", ""));
    }
    if (random.nextBoolean()) {
      metadata.tag("zone", oneOf(random, "a", ""));
    }
    return metadata.build();
  }

  private static List<TraceEvent> events(Random random) {
    List<TraceEvent> events = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      events.add(
          Samples.event(i, ACTORS.get(random.nextInt(ACTORS.size()))).toBuilder()
              .eventType(TYPES.get(random.nextInt(TYPES.size())))
              .data(data(random))
              .build());
    }
    return events;
  }

  private static TraceEventData data(Random random) {
    TraceEventData.Builder data = TraceEventData.builder();
    if (random.nextBoolean()) {
      data.attribute("order.id", VALUES.get(random.nextInt(VALUES.size())));
    }
    if (random.nextInt(3) == 0) {
      data.attribute("nothing", null);
    }
    if (random.nextInt(3) == 0) {
      data.error(oneOf(random, "", "a timeout", "Timeout of 5%"));
    }
    if (random.nextBoolean()) {
      data.port(oneOf(random, "in", "In", ""));
    }
    return data.build();
  }

  @SafeVarargs
  private static <T> T oneOf(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }
}
