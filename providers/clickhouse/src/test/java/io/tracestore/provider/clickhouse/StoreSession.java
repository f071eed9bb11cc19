package io.tracestore.provider.clickhouse;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A session with a store that makes each kind of call, and notes the answers: two stores that keep
 * the contract give the same.
 */
final class StoreSession {
  private static final int TRACES = 12;
  private static final Instant START = Instant.parse("2026-03-01T12:00:00.123456789Z");
  private static final Duration GAP = Duration.ofHours(7);

  private final TraceStore store;
  private final Map<String, Object> answers = new LinkedHashMap<>();

  private StoreSession(TraceStore store) {
    this.store = store;
  }

  /** The answers of {@code store}, which is empty before, by what was asked. */
  static Map<String, Object> answersOf(TraceStore store) {
    StoreSession session = new StoreSession(store);
    session.write();
    session.read("");
    session.filter();
    session.remove();
    session.read(", after removals");
    return session.answers;
  }

  private void write() {
    FlowTrace early = trace(3);
    store.storeEvents(early.traceId(), early.events());
    store.storeTraces(LongStream.range(0, TRACES).mapToObj(StoreSession::trace).toList());
    store.storeTrace(trace(4));
    store.storeTrace(trace(5).toBuilder().status(ExecutionStatus.completed()).build());
    TraceEvent replaced = trace(6).events().getFirst();
    store.storeEvent(trace(6).traceId(), replaced.toBuilder().actorId("it's \\ another").build());
    FlowTrace unknown = trace(TRACES);
    store.storeEvents(unknown.traceId(), unknown.events());
  }

  private void remove() {
    answers.put("delete", store.deleteTrace(trace(1).traceId()));
    answers.put("delete again", store.deleteTrace(trace(1).traceId()));
    answers.put("purge", store.purgeBefore(trace(5).startTime()));
  }

  private void filter() {
    TraceQuery all = TraceQuery.builder().limit(100).build();
    ask("an offset", all.toBuilder().offset(3).limit(4).build());
    ask("a flow", all.toBuilder().flowId("flow 1").build());
    ask("an execution", all.toBuilder().executionId(trace(7).executionId()).build());
    ask(
        "a time",
        all.toBuilder().startedBetween(trace(4).startTime(), trace(8).startTime()).build());
    ask("a kind", all.toBuilder().status(ExecutionStatus.Kind.FAILED).build());
    ask("an error", all.toBuilder().failedWith("it's over").build());
    ask("an actor", all.toBuilder().actor("actor 1").build());
    ask("a part of an actor", all.toBuilder().actorContains("another").build());
    ask("a type", all.toBuilder().eventType(TraceEventType.Plain.MESSAGE_SENT).build());
    ask("a tag", all.toBuilder().tag("key", "value 1").build());
    ask("a duration", all.toBuilder().minDuration(Duration.ofMillis(4)).build());
    ask("an attribute", all.toBuilder().attribute("number", 2L).build());
    ask("events with errors", all.toBuilder().hasError().build());
    ask("a port", all.toBuilder().port("in").build());
    ask("an environment", all.toBuilder().environment("production").build());
    ask("a user", all.toBuilder().userId("user 2").build());
  }

  private void ask(String what, TraceQuery query) {
    answers.put("page of " + what, store.queryTraces(query));
    answers.put("count of " + what, store.count(query));
  }

  /** Asks what needs no filter. */
  private void read(String when) {
    TraceQuery all = TraceQuery.builder().limit(100).build();
    answers.put("traces" + when, store.queryTraces(all));
    answers.put("headers" + when, store.queryTraces(all.toBuilder().withEvents(false).build()));
    answers.put("count" + when, store.count(all));
    for (long number : new long[] {1, 5, 6, TRACES}) {
      TraceId id = trace(number).traceId();
      answers.put("trace " + number + when, store.getTrace(id));
      answers.put("header " + number + when, store.getHeader(id));
      answers.put("events " + number + when, store.getEvents(id));
    }
    answers.put("cursor" + when, traces());
    answers.put("early traces" + when, earlyTraces());
    for (NameKind kind : NameKind.values()) {
      answers.put("names of " + kind + when, store.names(kind, null, null));
    }
    EventMetricsQuery hours = EventMetricsQuery.builder().bucket(Duration.ofHours(1)).build();
    answers.put("metrics" + when, store.eventMetrics(hours));
    EventMetricsQuery flow = EventMetricsQuery.builder().flowId("flow 1").from(START).build();
    answers.put("metrics of a flow" + when, store.eventMetrics(flow));
    answers.put("graph" + when, store.actorGraph(ActorGraphQuery.ALL));
    answers.put("warnings" + when, store.healthCheck().warnings());
  }

  private List<FlowTrace> traces() {
    List<FlowTrace> traces = new ArrayList<>();
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      cursor.forEachRemaining(traces::add);
    }
    return traces;
  }

  private List<TraceId> earlyTraces() {
    List<TraceId> early = new ArrayList<>();
    try (TraceIdCursor ids = store.openEarlyTraces()) {
      ids.forEachRemaining(early::add);
    }
    return early;
  }

  private static FlowTrace trace(long number) {
    Instant start = START.plus(GAP.multipliedBy(number));
    TraceMetadata metadata =
        TraceMetadata.builder()
            .userId(number % 4 == 0 ? null : "user " + number % 4)
            .sessionId(number % 2 == 0 ? "session" : null)
            .environment(number % 3 == 0 ? "" : "production")
            .hostname("höst\t" + number)
            .processId(number)
            .tag("key", "value " + number % 2)
            .build();
    return FlowTrace.builder("flow " + number % 3)
        .traceId(new TraceId(new UUID(number, 1)))
        .executionId(new ExecutionId(new UUID(number, 2)))
        .startTime(start)
        .endTime(number % 5 == 0 ? null : start.plusNanos(number * 1_000_000))
        .status(status(number))
        .metadata(metadata)
        .events(IntStream.range(0, 8).mapToObj(i -> event(number, i, start)).toList())
        .build();
  }

  private static ExecutionStatus status(long number) {
    return switch ((int) (number % 5)) {
      case 0 -> ExecutionStatus.running();
      case 1 -> ExecutionStatus.failed("it's over");
      case 2 -> ExecutionStatus.cancelled();
      case 3 -> ExecutionStatus.failed("");
      default -> ExecutionStatus.completed();
    };
  }

  /** Each second one receives what the one before it has sent. */
  private static TraceEvent event(long trace, int number, Instant start) {
    EventId own = eventId(trace, number);
    boolean receives = number % 2 == 1;
    TraceEventData.Builder data =
        TraceEventData.builder()
            .attribute("number", (long) number)
            .attribute("nothing", null)
            .attribute("text", "a 'quoted' \\ \n text");
    if (receives) {
      data.port(number == 3 ? "" : "in").executionTimeNs(1_000L * number);
      data.message(MessageSnapshot.of("type", Bytes.of(new byte[] {0, 1, (byte) trace})));
    }
    if (number == 7) {
      data.error(trace % 2 == 0 ? "a broken thing" : "");
    }
    return TraceEvent.builder(
            receives ? TraceEventType.Plain.MESSAGE_RECEIVED : TraceEventType.Plain.MESSAGE_SENT,
            "actor " + number % 3)
        .eventId(own)
        .timestamp(start.plusNanos(number))
        .data(data.build())
        .causality(
            receives
                ? new CausalityInfo(
                    eventId(trace, number - 1), eventId(trace, 0), List.of(own), "span " + number)
                : CausalityInfo.root(own))
        .build();
  }

  private static EventId eventId(long trace, int number) {
    return new EventId(new UUID(trace, 1_000L + number));
  }
}
