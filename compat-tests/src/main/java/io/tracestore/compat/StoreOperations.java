package io.tracestore.compat;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random operations on few ids and few values, so that they meet. */
final class StoreOperations {
  private static final int MAX_OPERATIONS = 40;

  private static final List<TraceId> TRACE_IDS =
      List.of(
          new TraceId(new UUID(1, 1)),
          new TraceId(new UUID(1, Long.MIN_VALUE)),
          new TraceId(new UUID(Long.MIN_VALUE, 1)),
          new TraceId(new UUID(-1, -1)));

  /** At which traces start and events happen: neighbours, on several days. */
  private static final List<Instant> TIMES =
      List.of(
          Samples.T0,
          Samples.T0.plusNanos(1),
          Samples.T0.plusNanos(2),
          Samples.T0.plus(Duration.ofDays(1)),
          Samples.T0.plus(Duration.ofDays(1)).plusNanos(1),
          Samples.T0.plus(Duration.ofDays(3)));

  private static final List<String> ACTORS = List.of("actor", "Actor", "act%r", "");

  private static final List<TraceEventType> TYPES =
      List.of(
          TraceEventType.STATE_CHANGED,
          TraceEventType.MESSAGE_SENT,
          TraceEventType.MESSAGE_RECEIVED,
          TraceEventType.dataFlow("to", "port"),
          TraceEventType.dataFlow("actor", ""));

  private StoreOperations() {}

  static Arbitrary<List<StoreOperation>> sequences(boolean reopen) {
    return operations(reopen).list().ofMinSize(1).ofMaxSize(MAX_OPERATIONS);
  }

  private static Arbitrary<StoreOperation> operations(boolean reopen) {
    return Arbitraries.frequencyOf(
        Tuple.of(8, traces().map(StoreOperation.StoreTrace::new)),
        Tuple.of(3, traces().list().ofMaxSize(5).map(StoreOperation.StoreTraces::new)),
        Tuple.of(
            6,
            Combinators.combine(traceIds(), events().list().ofMaxSize(4))
                .as(StoreOperation.StoreEvents::new)),
        Tuple.of(2, traceIds().map(StoreOperation.DeleteTrace::new)),
        Tuple.of(1, queries().map(StoreOperation.DeleteTraces::new)),
        Tuple.of(1, times().map(StoreOperation.PurgeBefore::new)),
        Tuple.of(5, traceIds().map(StoreOperation.GetTrace::new)),
        Tuple.of(8, queries().map(StoreOperation.Query::new)),
        Tuple.of(3, analyses()),
        Tuple.of(
            2,
            Combinators.combine(Arbitraries.of(NameKind.class), times())
                .as(StoreOperation.Names::new)),
        Tuple.of(reopen ? 1 : 0, Arbitraries.create(StoreOperation.Reopen::new)));
  }

  private static Arbitrary<TraceId> traceIds() {
    return Arbitraries.of(TRACE_IDS);
  }

  private static Arbitrary<Instant> times() {
    return Arbitraries.of(TIMES);
  }

  private static Arbitrary<TraceEvent> events() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 4),
            times(),
            Arbitraries.of(ACTORS),
            Arbitraries.of(TYPES),
            data(),
            Arbitraries.longs().between(0, 4).injectNull(0.5))
        .as((number, time, actor, type, data, parent) ->
            TraceEvent.builder(type, actor)
                .eventId(Samples.eventId(number))
                .timestamp(time)
                .data(data)
                .causality(
                    new CausalityInfo(
                        parent == null ? null : Samples.eventId(parent),
                        Samples.eventId(0),
                        List.of(),
                        ""))
                .build());
  }

  private static Arbitrary<TraceEventData> data() {
    Arbitrary<MessageSnapshot> messages =
        Arbitraries.of(0L, 7L, Long.MAX_VALUE)
            .map(size -> new MessageSnapshot("", size, "", Bytes.of(new byte[0])));
    Arbitrary<JsonValue> values =
        Arbitraries.of(JsonValue.of(1), JsonValue.of(1.0), JsonValue.of("1"), JsonValue.NULL);
    return Combinators.combine(
            TraceGenerator.metrics(Arbitraries.of(0L, 0L, 15L, 16L, 1_000_003L, Long.MAX_VALUE)),
            messages.injectNull(0.5),
            Arbitraries.of("", "error").injectNull(0.7),
            Arbitraries.of("", "in").injectNull(0.7),
            Arbitraries.maps(Arbitraries.of("a", "b"), values).ofMaxSize(2))
        .as((metrics, message, error, port, attributes) ->
            TraceEventData.builder()
                .performanceMetrics(metrics)
                .message(message)
                .error(error)
                .port(port)
                .attributes(attributes)
                .build());
  }

  private static Arbitrary<StoreOperation> analyses() {
    Arbitrary<String> flows = Arbitraries.of("flow 0", "flow 1", "another").injectNull(0.6);
    Arbitrary<Instant> from = times().injectNull(0.7);
    Arbitrary<Instant> to = times().injectNull(0.7);
    return Combinators.combine(
            Arbitraries.of(1L, 2L, 3_600_000_000_000L, Long.MAX_VALUE).map(Duration::ofNanos),
            from,
            to,
            flows,
            Arbitraries.of(ACTORS).injectNull(0.8),
            Arbitraries.of(TYPES).map(TraceEventType::typeName).injectNull(0.8),
            Arbitraries.of(PerformanceMetric.class).set())
        .filter((bucket, first, last, flow, actor, type, metrics) ->
            first == null || last == null || !first.isAfter(last))
        .as((bucket, first, last, flow, actor, type, metrics) ->
            new StoreOperation.Analyze(
                new EventMetricsQuery(first, last, bucket, flow, actor, type, metrics),
                new ActorGraphQuery(first, last, flow)));
  }

  private static Arbitrary<FlowTrace> traces() {
    Arbitrary<List<TraceEvent>> events =
        events().list().ofMaxSize(4).uniqueElements(TraceEvent::eventId);
    return Combinators.combine(
            identities(), statuses(), times().injectNull(0.4), metadata(), events)
        .as((identity, status, end, metadata, list) ->
            identity.toBuilder()
                .status(status)
                .endTime(end)
                .metadata(metadata)
                .events(list)
                .build());
  }

  /** Mostly the identity that belongs to the id, at times one that differs in one thing. */
  private static Arbitrary<FlowTrace> identities() {
    Arbitrary<UnaryOperator<FlowTrace.Builder>> changes =
        Arbitraries.frequency(
            Tuple.of(20, trace -> trace),
            Tuple.of(1, trace -> trace.flowId("another")),
            Tuple.of(1, trace -> trace.executionId(Samples.executionId(9))),
            Tuple.of(1, trace -> trace.startTime(TIMES.getLast())));
    return Combinators.combine(traceIds(), changes)
        .as((id, change) -> change.apply(identityOf(id)).build());
  }

  private static FlowTrace.Builder identityOf(TraceId id) {
    int number = TRACE_IDS.indexOf(id);
    return FlowTrace.builder("flow " + number % 2)
        .traceId(id)
        .executionId(Samples.executionId(number % 3))
        .startTime(TIMES.get(number));
  }

  private static Arbitrary<ExecutionStatus> statuses() {
    return Arbitraries.of(
        ExecutionStatus.pending(),
        ExecutionStatus.running(),
        ExecutionStatus.completed(),
        ExecutionStatus.failed("error"),
        ExecutionStatus.failed(""));
  }

  private static Arbitrary<TraceMetadata> metadata() {
    Arbitrary<String> texts = Arbitraries.of("", "a", "b");
    return Combinators.combine(texts.injectNull(0.3), texts, texts)
        .as((user, environment, tag) ->
            TraceMetadata.builder().userId(user).environment(environment).tag("tag", tag).build());
  }

  private static Arbitrary<TraceQuery> queries() {
    return Combinators.combine(
            filters().list().ofMaxSize(2),
            Arbitraries.integers().between(1, 5).injectNull(0.5),
            Arbitraries.integers().between(0, 3),
            positions().injectNull(0.6),
            Arbitraries.of(true, true, false))
        .as((filters, limit, offset, after, withEvents) -> {
          TraceQuery.Builder query = TraceQuery.builder();
          filters.forEach(filter -> filter.addTo(query));
          return query.limit(limit).offset(offset).after(after).withEvents(withEvents).build();
        });
  }

  private static Arbitrary<TraceQuery.Position> positions() {
    return Combinators.combine(times(), traceIds()).as(TraceQuery.Position::new);
  }

  private static Arbitrary<FilterDimension.Filter> filters() {
    return Arbitraries.oneOf(
        filter(Arbitraries.of("flow 0", "flow 1"), TraceQuery.Builder::flowId),
        filter(
            Arbitraries.longs().between(0, 2).map(Samples::executionId),
            TraceQuery.Builder::executionId),
        filter(times(), (query, time) -> query.startedBetween(time, time)),
        filter(times(), (query, time) -> query.startedBetween(time, null)),
        filter(times(), (query, time) -> query.startedBetween(null, time)),
        filter(statuses(), (query, status) -> query.failedWith(null).status(status)),
        filter(Arbitraries.of(ACTORS), TraceQuery.Builder::actor),
        filter(Arbitraries.of("ct", "A", "%", "_", ""), TraceQuery.Builder::actorContains),
        filter(Arbitraries.of("StateChanged", "DataFlow"), TraceQuery.Builder::eventType),
        filter(Arbitraries.of("", "a"), (query, tag) -> query.tag("tag", tag)),
        filter(Arbitraries.of("", "a"), TraceQuery.Builder::environment),
        filter(Arbitraries.of("", "a"), TraceQuery.Builder::userId),
        filter(
            Arbitraries.longs().between(0, 2),
            (query, nanos) -> query.maxDuration(null).minDuration(Duration.ofNanos(nanos))),
        filter(
            Arbitraries.longs().between(0, 2),
            (query, nanos) -> query.minDuration(null).maxDuration(Duration.ofNanos(nanos))),
        filter(Arbitraries.of("a", "b"), TraceQuery.Builder::hasAttribute),
        filter(Arbitraries.of(1L, 2L), (query, value) -> query.attribute("a", value)),
        filter(Arbitraries.of("1", ""), (query, value) -> query.attribute("a", value)),
        filter(Arbitraries.of(true, true, false), TraceQuery.Builder::hasError),
        filter(Arbitraries.of("", "err", "ERR"), TraceQuery.Builder::errorContaining),
        filter(Arbitraries.of("", "in"), TraceQuery.Builder::port));
  }

  private static <T> Arbitrary<FilterDimension.Filter> filter(
      Arbitrary<T> values, BiConsumer<TraceQuery.Builder, T> filter) {
    return values.map(value -> query -> filter.accept(query, value));
  }
}
