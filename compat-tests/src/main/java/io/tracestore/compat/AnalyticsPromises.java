package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetrics.DoubleSamples;
import io.tracestore.spi.analytics.EventMetrics.ExecutionTimes;
import io.tracestore.spi.analytics.EventMetrics.LongSamples;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Event metrics and the actor graph are the same numbers in every store. */
abstract class AnalyticsPromises extends StorePromises {
  private static final Instant MINUTE = Instant.parse("2026-03-04T05:06:00Z");
  private static final TraceId ID = Samples.traceId(1);
  private static final EventMetricsQuery ONE_BUCKET =
      EventMetricsQuery.builder().bucket(Duration.ofNanos(Long.MAX_VALUE)).build();
  private static final EventMetricsQuery ALL_METRICS =
      EventMetricsQuery.builder()
          .bucket(Duration.ofNanos(Long.MAX_VALUE))
          .metrics(PerformanceMetric.values())
          .build();

  @Test
  void anEmptyStoreHasNoMetricsAndNoEdges() {
    assertThat(store().eventMetrics(EventMetricsQuery.ALL)).isEmpty();
    assertThat(store().actorGraph(ActorGraphQuery.ALL)).isEmpty();
  }

  @Test
  void eventsAreCountedByMinuteActorAndType() {
    store().storeTrace(trace(1, timed(1, "a", 100), timed(2, "a", 301), timed(3, "b", 7)));
    store().storeTrace(trace(2, timed(60, "a", 50), timed(4, "a", 0)));
    assertThat(store().eventMetrics(EventMetricsQuery.ALL))
        .containsExactly(
            new EventMetrics(
                MINUTE,
                "a",
                "ActorCompleted",
                3,
                0,
                ExecutionTimes.of(3, 401 / 3.0, 301, 301, 301)),
            new EventMetrics(MINUTE, "b", "ActorCompleted", 1, 0, ExecutionTimes.of(1, 7, 7, 7, 7)),
            new EventMetrics(
                MINUTE.plusSeconds(60),
                "a",
                "ActorCompleted",
                1,
                0,
                ExecutionTimes.of(1, 50, 50, 50, 50)));
  }

  @Test
  void onlyEventsThatMeasuredAMetricAreInItsSamples() {
    PerformanceMetrics zeros = PerformanceMetrics.of(0, 0, 0, 0, 0);
    store()
        .storeEvents(
            ID,
            List.of(
                measured(1, "none", PerformanceMetrics.NONE),
                measured(2, "zero", zeros),
                measured(3, "some", PerformanceMetrics.NONE),
                measured(4, "some", zeros),
                measured(5, "some", PerformanceMetrics.of(3, 5, 12.5f, 1, -2.25)),
                measured(6, "some", PerformanceMetrics.ofExecutionTimeNs(6)),
                measured(7, "some", PerformanceMetrics.builder().memoryUsageBytes(1).build()),
                measured(8, "some", PerformanceMetrics.builder().cpuUsagePercent(0.5f).build())));
    assertThat(store().eventMetrics(ALL_METRICS))
        .containsExactly(
            new EventMetrics(Instant.EPOCH, "none", "ActorCompleted", 1, 0, ExecutionTimes.NONE),
            new EventMetrics(
                Instant.EPOCH,
                "some",
                "ActorCompleted",
                6,
                0,
                ExecutionTimes.of(3, 3, 6, 6, 6),
                LongSamples.of(3, 2, 5),
                DoubleSamples.of(3, 13 / 3.0, 12.5),
                LongSamples.of(2, 0.5, 1),
                DoubleSamples.of(2, -1.125, 0)),
            new EventMetrics(
                Instant.EPOCH,
                "zero",
                "ActorCompleted",
                1,
                0,
                ExecutionTimes.of(1, 0, 0, 0, 0),
                LongSamples.of(1, 0, 0),
                DoubleSamples.of(1, 0, 0),
                LongSamples.of(1, 0, 0),
                DoubleSamples.of(1, 0, 0)));
  }

  @Test
  void aMetricThatIsNotAskedForHasNoSamples() {
    store().storeEvent(ID, measured(1, "a", PerformanceMetrics.of(1, 2, 3, 4, 5)));
    ExecutionTimes times = ExecutionTimes.of(1, 1, 1, 1, 1);
    LongSamples memory = LongSamples.of(1, 2, 2);
    DoubleSamples cpu = DoubleSamples.of(1, 3, 3);
    LongSamples depth = LongSamples.of(1, 4, 4);
    DoubleSamples rate = DoubleSamples.of(1, 5, 5);
    for (PerformanceMetric metric : PerformanceMetric.values()) {
      Set<PerformanceMetric> asked = Set.of(metric);
      EventMetricsQuery query =
          EventMetricsQuery.builder().bucket(ONE_BUCKET.bucket()).metrics(asked).build();
      assertThat(store().eventMetrics(query))
          .as("%s", asked)
          .containsExactly(
              new EventMetrics(
                  Instant.EPOCH,
                  "a",
                  "ActorCompleted",
                  1,
                  0,
                  times,
                  asked.contains(PerformanceMetric.MEMORY_USAGE) ? memory : LongSamples.NONE,
                  asked.contains(PerformanceMetric.CPU_USAGE) ? cpu : DoubleSamples.NONE,
                  asked.contains(PerformanceMetric.QUEUE_DEPTH) ? depth : LongSamples.NONE,
                  asked.contains(PerformanceMetric.THROUGHPUT) ? rate : DoubleSamples.NONE));
    }
  }

  @Test
  void averagesOfRealNumbersAreThoseOfTheirExactSum() {
    // In doubles, the sums would be infinite, or zero, or depend on the order.
    double[] rates = {Double.MAX_VALUE, Double.MAX_VALUE, 1, -Double.MAX_VALUE, Double.MIN_VALUE};
    float[] cpus = {Float.MAX_VALUE, 1, -Float.MAX_VALUE, 0.1f, -0f};
    List<TraceEvent> events = new ArrayList<>();
    for (int i = 0; i < rates.length; i++) {
      events.add(measured(i, "a", PerformanceMetrics.of(0, 0, cpus[i], 0, rates[i])));
      events.add(measured(9 + i, "b", PerformanceMetrics.of(0, 0, -0f, 0, -Double.MIN_VALUE)));
      events.add(measured(19 + i, "c", PerformanceMetrics.of(0, 0, 0.1f, 0, 0.1)));
    }
    store().storeEvents(ID, events);
    assertThat(store().eventMetrics(ALL_METRICS))
        .extracting(EventMetrics::cpuUsagePercent, EventMetrics::throughputMsgsPerSec)
        .containsExactly(
            tuple(
                DoubleSamples.of(5, (1 + (double) 0.1f) / 5, Float.MAX_VALUE),
                DoubleSamples.of(5, Double.MAX_VALUE / 5, Double.MAX_VALUE)),
            tuple(
                DoubleSamples.of(5, 0, 0),
                DoubleSamples.of(5, -Double.MIN_VALUE, -Double.MIN_VALUE)),
            tuple(DoubleSamples.of(5, 0.1f, 0.1f), DoubleSamples.of(5, 0.1, 0.1)));
  }

  @Test
  void percentilesAreAtMostASixteenthTooHigh() {
    List<TraceEvent> events = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      events.add(timed(i, "a", i * 1_000L));
    }
    store().storeEvents(ID, events);
    // 950,000 lies between 950,272 - 32,768 and 950,271; 990,000 between 983,040 and 1,015,807.
    assertThat(store().eventMetrics(ONE_BUCKET))
        .containsExactly(
            new EventMetrics(
                Instant.EPOCH,
                "a",
                "ActorCompleted",
                1000,
                0,
                ExecutionTimes.of(1000, 500_500, 950_271, 1_000_000, 1_000_000)));
  }

  @Test
  void bucketsBeforeTheEpochAreAlignedToItToo() {
    store()
        .storeEvents(
            ID,
            List.of(
                at(1, Instant.parse("1969-12-31T23:59:59.999999999Z")),
                at(2, Instant.EPOCH),
                at(3, EpochNanos.MIN),
                at(4, EpochNanos.MAX)));
    assertThat(store().eventMetrics(EventMetricsQuery.ALL))
        .extracting(EventMetrics::bucket)
        .containsExactly(
            Instant.parse("1677-09-21T00:12:00Z"),
            Instant.parse("1969-12-31T23:59:00Z"),
            Instant.EPOCH,
            Instant.parse("2262-04-11T23:47:00Z"));
  }

  @Test
  void sumsDoNotOverflow() {
    PerformanceMetrics greatest =
        PerformanceMetrics.of(
            Long.MAX_VALUE, Long.MAX_VALUE, Float.MAX_VALUE, Long.MAX_VALUE, Double.MAX_VALUE);
    store()
        .storeEvents(
            ID,
            List.of(
                message(1, TraceEventType.dataFlow("b", ""), "a", null, Long.MAX_VALUE),
                message(2, TraceEventType.dataFlow("b", ""), "a", null, Long.MAX_VALUE),
                measured(3, "a", greatest),
                measured(4, "a", greatest),
                measured(5, "a", greatest)));
    assertThat(store().eventMetrics(ALL_METRICS))
        .containsExactly(
            new EventMetrics(
                Instant.EPOCH,
                "a",
                "ActorCompleted",
                3,
                0,
                ExecutionTimes.of(3, 0x1p63, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
                LongSamples.of(3, 0x1p63, Long.MAX_VALUE),
                DoubleSamples.of(3, Float.MAX_VALUE, Float.MAX_VALUE),
                LongSamples.of(3, 0x1p63, Long.MAX_VALUE),
                DoubleSamples.of(3, Double.MAX_VALUE, Double.MAX_VALUE)),
            new EventMetrics(
                Instant.EPOCH, "a", "DataFlow", 2, Long.MAX_VALUE, ExecutionTimes.NONE));
    assertThat(store().actorGraph(ActorGraphQuery.ALL))
        .containsExactly(new ActorEdge("a", "b", 2, Long.MAX_VALUE, 0));
  }

  @Test
  void earlyEventsCountUnlessAFlowIsAskedFor() {
    TraceEvent flow = message(1, TraceEventType.dataFlow("b", ""), "a", null, 1);
    store().storeEvent(ID, flow);
    assertThat(store().eventMetrics(EventMetricsQuery.ALL)).hasSize(1);
    assertThat(store().actorGraph(ActorGraphQuery.ALL)).hasSize(1);
    EventMetricsQuery metricsOfFlow = EventMetricsQuery.builder().flowId("flow").build();
    ActorGraphQuery graphOfFlow = ActorGraphQuery.builder().flowId("flow").build();
    assertThat(store().eventMetrics(metricsOfFlow)).isEmpty();
    assertThat(store().actorGraph(graphOfFlow)).isEmpty();
    store().storeTrace(Samples.header(1));
    assertThat(store().eventMetrics(metricsOfFlow)).hasSize(1);
    assertThat(store().actorGraph(graphOfFlow)).hasSize(1);
  }

  @Test
  void anEventStoredAgainCountsOnce() {
    store().storeTrace(trace(1, timed(1, "a", 100)));
    store().storeTrace(trace(1, timed(1, "a", 100)));
    store().storeEvent(ID, timed(1, "b", 50));
    assertThat(store().eventMetrics(EventMetricsQuery.ALL))
        .containsExactly(
            new EventMetrics(
                MINUTE, "b", "ActorCompleted", 1, 0, ExecutionTimes.of(1, 50, 50, 50, 50)));
  }

  @Test
  void actorsAreOrderedAsJavaOrdersText() {
    List<String> actors = List.of("", "\u0000", "A", "a", "a\u0000", "b", "é", "😀", "\uFFFD");
    for (int i = 0; i < actors.size(); i++) {
      store().storeEvent(ID, message(i, TraceEventType.dataFlow("x", ""), actors.get(i), null, 0));
    }
    assertThat(store().eventMetrics(ONE_BUCKET))
        .extracting(EventMetrics::actorId)
        .containsExactlyElementsOf(actors);
    assertThat(store().actorGraph(ActorGraphQuery.ALL))
        .extracting(ActorEdge::from)
        .containsExactlyElementsOf(actors);
  }

  @Test
  void aReceiptOfASentMessageIsAMessage() {
    store()
        .storeEvents(
            ID,
            List.of(
                message(1, TraceEventType.MESSAGE_SENT, "a", null, 10),
                message(2, TraceEventType.MESSAGE_RECEIVED, "b", 1L, null),
                message(3, TraceEventType.MESSAGE_RECEIVED, "c", 1L, 4L),
                message(4, TraceEventType.ACTOR_STARTED, "d", 1L, null)));
    assertThat(store().actorGraph(ActorGraphQuery.ALL))
        .containsExactly(new ActorEdge("a", "b", 1, 10, 0), new ActorEdge("a", "c", 1, 4, 0));
  }

  @Test
  void aReceiptOfADataFlowIsNoFurtherMessage() {
    store()
        .storeEvents(
            ID,
            List.of(
                message(1, TraceEventType.dataFlow("b", "in"), "a", null, 10),
                message(2, TraceEventType.MESSAGE_RECEIVED, "b", 1L, 10L)));
    assertThat(store().actorGraph(ActorGraphQuery.ALL))
        .containsExactly(new ActorEdge("a", "b", 1, 10, 0));
  }

  @Test
  void aMessageIsReceivedInTheTraceInWhichItWasSent() {
    store().storeEvent(ID, message(1, TraceEventType.MESSAGE_SENT, "a", null, 10));
    store()
        .storeEvent(Samples.traceId(2), message(2, TraceEventType.MESSAGE_RECEIVED, "b", 1L, 10L));
    assertThat(store().actorGraph(ActorGraphQuery.ALL)).isEmpty();
  }

  @Test
  void theTimeOfAMessageIsThatOfItsReceipt() {
    store()
        .storeEvents(
            ID,
            List.of(
                message(1, TraceEventType.MESSAGE_SENT, "a", null, 10),
                message(70, TraceEventType.MESSAGE_RECEIVED, "b", 1L, null)));
    Instant received = MINUTE.plusSeconds(70);
    assertThat(store().actorGraph(new ActorGraphQuery(received, received, null)))
        .containsExactly(new ActorEdge("a", "b", 1, 10, 0));
    assertThat(store().actorGraph(new ActorGraphQuery(null, received.minusNanos(1), null)))
        .isEmpty();
  }

  @Test
  void messagesWithAnErrorAreCounted() {
    TraceEvent flow = message(1, TraceEventType.dataFlow("b", ""), "a", null, null);
    store()
        .storeEvents(
            ID,
            List.of(
                flow,
                failed(flow, 2, "refused"),
                failed(flow, 3, ""),
                failed(message(4, TraceEventType.ACTOR_FAILED, "b", 1L, null), 4, "no message")));
    assertThat(store().actorGraph(ActorGraphQuery.ALL))
        .containsExactly(new ActorEdge("a", "b", 3, 0, 2));
  }

  @Test
  void randomTracesGiveTheNumbersOfTheReference() {
    ReferenceStore reference = new ReferenceStore();
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      List<TraceEvent> events = randomEvents(random);
      if (random.nextInt(5) == 0) {
        store().storeEvents(Samples.traceId(i), events);
        reference.storeEvents(Samples.traceId(i), events);
      } else {
        FlowTrace trace =
            Samples.header(i).toBuilder().flowId("flow " + i % 3).events(events).build();
        store().storeTrace(trace);
        reference.storeTrace(trace);
      }
    }
    for (int i = 0; i < 60; i++) {
      Instant from = random.nextBoolean() ? MINUTE.plusSeconds(random.nextInt(300)) : null;
      Instant to = random.nextBoolean() ? MINUTE.plusSeconds(300 + random.nextInt(300)) : null;
      String flow = random.nextInt(3) == 0 ? "flow " + random.nextInt(4) : null;
      EventMetricsQuery metrics =
          EventMetricsQuery.builder()
              .from(from)
              .to(to)
              .flowId(flow)
              .bucket(Duration.ofNanos(1 + random.nextLong(1L << random.nextInt(20, 62))))
              .actorId(random.nextInt(4) == 0 ? "actor " + random.nextInt(4) : null)
              .eventType(random.nextInt(4) == 0 ? "ActorCompleted" : null)
              .metrics(random.nextBoolean() ? Set.of() : ALL_METRICS.metrics())
              .build();
      ActorGraphQuery graph = new ActorGraphQuery(from, to, flow);
      assertThat(store().eventMetrics(metrics))
          .as("%s", metrics)
          .isEqualTo(reference.eventMetrics(metrics));
      assertThat(store().actorGraph(graph)).as("%s", graph).isEqualTo(reference.actorGraph(graph));
    }
  }

  private static List<TraceEvent> randomEvents(Random random) {
    List<TraceEventType> types =
        List.of(
            TraceEventType.MESSAGE_SENT,
            TraceEventType.MESSAGE_RECEIVED,
            TraceEventType.MESSAGE_RECEIVED,
            TraceEventType.ACTOR_COMPLETED,
            TraceEventType.custom("retry"),
            TraceEventType.dataFlow("actor " + random.nextInt(4), "in"));
    List<TraceEvent> events = new ArrayList<>();
    int count = random.nextInt(25);
    for (int i = 0; i < count; i++) {
      events.add(
          event(
              i,
              types.get(random.nextInt(types.size())),
              "actor " + random.nextInt(4),
              i == 0 ? null : random.nextLong(i),
              TraceEventData.builder()
                  .performanceMetrics(randomMetrics(random))
                  .message(random.nextBoolean() ? null : snapshot(random.nextLong(1L << 60)))
                  .error(random.nextInt(5) == 0 ? "error" : null)
                  .build()));
      events.set(i, shifted(events.get(i), random.nextLong(600_000_000_000L)));
    }
    return events;
  }

  private static PerformanceMetrics randomMetrics(Random random) {
    PerformanceMetrics all =
        PerformanceMetrics.of(
            random.nextLong(1L << random.nextInt(63)),
            random.nextLong(1L << random.nextInt(63)),
            (float) random.nextGaussian(50, 100),
            random.nextLong(10),
            random.nextGaussian() * Math.scalb(1.0, random.nextInt(-60, 60)));
    return new PerformanceMetrics(
        random.nextInt(3) == 0 ? OptionalLong.empty() : all.executionTimeNs(),
        random.nextInt(3) == 0 ? OptionalLong.empty() : all.memoryUsageBytes(),
        random.nextInt(3) == 0 ? Optional.empty() : all.cpuUsagePercent(),
        random.nextInt(3) == 0 ? OptionalLong.empty() : all.queueDepth(),
        random.nextInt(3) == 0 ? OptionalDouble.empty() : all.throughputMsgsPerSec());
  }

  @Test
  void sumsCountReplacedDeletedAndPurgedEventsAsTheyAreNow() {
    TraceId early = Samples.traceId(2);
    Instant later = MINUTE.plus(Duration.ofDays(2));
    FlowTrace trace =
        trace(
            1,
            message(1, TraceEventType.MESSAGE_SENT, "a", null, 10),
            message(2, TraceEventType.MESSAGE_RECEIVED, "b", 1L, null),
            message(3, TraceEventType.dataFlow("c", ""), "a", null, 5),
            timed(4, "a", 100),
            timed(5, "a", 7));
    FlowTrace header =
        Samples.header(2).toBuilder().flowId("other").startTime(later.plusSeconds(9)).build();
    TraceEvent flow = message(3, TraceEventType.dataFlow("d", ""), "c", null, 6);
    List<StoreOperation> steps =
        List.of(
            new StoreOperation.StoreTrace(trace),
            new StoreOperation.StoreEvents(
                early,
                List.of(
                    message(1, TraceEventType.MESSAGE_SENT, "a", null, 7),
                    message(2, TraceEventType.MESSAGE_RECEIVED, "b", 1L, null).toBuilder()
                        .timestamp(later)
                        .build())),
            // The header of what was sent on another day, with another receipt.
            new StoreOperation.StoreTrace(
                header.withEvents(
                    List.of(message(3, TraceEventType.MESSAGE_RECEIVED, "c", 1L, 3L)))),
            // It was another actor who sent it; and then, nobody sent it.
            new StoreOperation.StoreEvents(
                ID, List.of(message(1, TraceEventType.MESSAGE_SENT, "z", null, 20))),
            new StoreOperation.StoreEvents(
                early, List.of(message(1, TraceEventType.ACTOR_STARTED, "a", null, 7))),
            // Another time, other ends, another size and an error; and the longest time is gone.
            new StoreOperation.StoreEvents(
                ID, List.of(failed(flow, 3, "").toBuilder().timestamp(later).build())),
            new StoreOperation.StoreEvents(ID, List.of(timed(4, "a", 3))),
            new StoreOperation.StoreTrace(trace),
            new StoreOperation.DeleteTrace(early),
            new StoreOperation.StoreTrace(header.toBuilder().flowId("flow").build()),
            new StoreOperation.StoreEvents(
                Samples.traceId(3), List.of(flow, flow.toBuilder().timestamp(later).build())),
            new StoreOperation.PurgeBefore(later));
    ReferenceStore reference = new ReferenceStore();
    for (StoreOperation step : steps) {
      answersAlike(step, reference);
      countsAlike(later, reference);
    }
  }

  private void countsAlike(Instant later, ReferenceStore reference) {
    for (String flow : Arrays.asList(null, "flow", "other")) {
      for (Instant from : Arrays.asList(null, MINUTE.plusSeconds(2), later)) {
        for (Instant to : Arrays.asList(null, later.minusNanos(1))) {
          if (from == null || to == null || !from.isAfter(to)) {
            String actor = from == null ? null : "a";
            Set<PerformanceMetric> metrics = to == null ? Set.of() : ALL_METRICS.metrics();
            answersAlike(
                new StoreOperation.Analyze(
                    new EventMetricsQuery(
                        from, to, Duration.ofHours(1), flow, actor, null, metrics),
                    new ActorGraphQuery(from, to, flow)),
                reference);
          }
        }
      }
    }
  }

  @Test
  void bothEndsOfARangeAreIncludedFromTheFirstInstantToTheLast() {
    List<Instant> times = TraceGenerator.trapInstants().stream().sorted().toList();
    List<TraceEvent> events = new ArrayList<>();
    for (Instant time : times) {
      events.add(
          message(events.size(), TraceEventType.dataFlow("b", ""), "a", null, 1).toBuilder()
              .timestamp(time)
              .build());
    }
    ReferenceStore reference = new ReferenceStore();
    answersAlike(new StoreOperation.StoreEvents(ID, events), reference);
    List<Duration> buckets =
        List.of(
            Duration.ofNanos(1),
            Duration.ofNanos(7),
            Duration.ofHours(1),
            Duration.ofDays(1),
            Duration.ofNanos(Long.MAX_VALUE));
    int number = 0;
    for (Instant from : times) {
      for (Instant to : times.subList(times.indexOf(from), times.size())) {
        Duration bucket = buckets.get(number++ % buckets.size());
        answersAlike(
            new StoreOperation.Analyze(
                EventMetricsQuery.builder().from(from).to(to).bucket(bucket).build(),
                new ActorGraphQuery(from, to, null)),
            reference);
      }
    }
  }

  private static FlowTrace trace(long number, TraceEvent... events) {
    return Samples.header(number).withEvents(List.of(events));
  }

  /** Event {@code number}: {@code number} seconds after the minute. */
  private static TraceEvent event(
      long number, TraceEventType type, String actor, @Nullable Long parent, TraceEventData data) {
    EventId id = Samples.eventId(number);
    EventId parentId = parent == null ? null : Samples.eventId(parent);
    return TraceEvent.builder(type, actor)
        .eventId(id)
        .timestamp(MINUTE.plusSeconds(number))
        .data(data)
        .causality(new CausalityInfo(parentId, id, List.of(), ""))
        .build();
  }

  private static TraceEvent timed(long number, String actor, long executionNs) {
    return measured(number, actor, PerformanceMetrics.ofExecutionTimeNs(executionNs));
  }

  private static TraceEvent measured(long number, String actor, PerformanceMetrics metrics) {
    return event(
        number,
        TraceEventType.ACTOR_COMPLETED,
        actor,
        null,
        TraceEventData.builder().performanceMetrics(metrics).build());
  }

  private static TraceEvent message(
      long number,
      TraceEventType type,
      String actor,
      @Nullable Long parent,
      @Nullable Number size) {
    TraceEventData.Builder data = TraceEventData.builder();
    if (size != null) {
      data.message(snapshot(size.longValue()));
    }
    return event(number, type, actor, parent, data.build());
  }

  private static MessageSnapshot snapshot(long size) {
    return new MessageSnapshot("type", size, "", Bytes.of(new byte[] {1}));
  }

  private static TraceEvent failed(TraceEvent event, long number, String error) {
    return event.toBuilder()
        .eventId(Samples.eventId(number))
        .data(TraceEventData.builder().error(error).build())
        .build();
  }

  private static TraceEvent at(long number, Instant time) {
    return timed(number, "a", 1).toBuilder().timestamp(time).build();
  }

  private static TraceEvent shifted(TraceEvent event, long nanos) {
    return event.toBuilder().timestamp(MINUTE.plusNanos(nanos)).build();
  }
}
