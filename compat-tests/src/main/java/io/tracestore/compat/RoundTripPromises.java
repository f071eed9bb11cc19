package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Promise 1: any valid trace that was stored is read back equal. */
abstract class RoundTripPromises extends StorePromises {
  private static final int MEGABYTE = 1 << 20;

  @Test
  void aTraceWithoutEventsIsReadBackEqual() {
    isReadBackEqual(Samples.header(1));
  }

  @Test
  void everyTextIsReadBackEqualInEveryField() {
    for (String text : TraceGenerator.trapTexts()) {
      isReadBackEqual(traceWithTextEverywhere(text));
    }
  }

  private static FlowTrace traceWithTextEverywhere(String text) {
    TraceEventData data =
        TraceEventData.builder()
            .port(text)
            .error(text)
            .message(new MessageSnapshot(text, 0, text, Bytes.EMPTY))
            .attribute(text, text)
            .build();
    List<TraceEventType> types =
        List.of(TraceEventType.dataFlow(text, text), TraceEventType.custom(text));
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEventType type : types) {
      EventId id = EventId.random();
      events.add(
          TraceEvent.builder(type, text)
              .eventId(id)
              .data(data)
              .causality(new CausalityInfo(null, id, List.of(), text))
              .build());
    }
    return FlowTrace.builder(text)
        .version(new FlowVersion(0, 0, 0, text, Instant.EPOCH))
        .status(ExecutionStatus.failed(text))
        .events(events)
        .metadata(
            TraceMetadata.builder()
                .userId(text)
                .sessionId(text)
                .environment(text)
                .hostname(text)
                .threadId(text)
                .tag(text, text)
                .build())
        .build();
  }

  @Test
  void absentValuesStayAbsent() {
    TraceEventData absent =
        TraceEventData.builder()
            .stateDiff(new StateDiff(null, Bytes.EMPTY, StateDiff.DiffType.MEMORY_ONLY))
            .build();
    TraceEventData empty =
        TraceEventData.builder()
            .port("")
            .error("")
            .message(MessageSnapshot.of("", Bytes.EMPTY))
            .stateDiff(new StateDiff(Bytes.EMPTY, Bytes.EMPTY, StateDiff.DiffType.MEMORY_ONLY))
            .build();
    isReadBackEqual(
        Samples.header(1)
            .withEvents(
                List.of(
                    Samples.event(1),
                    Samples.event(2).toBuilder().data(absent).build(),
                    Samples.event(3).toBuilder().data(empty).build())));
  }

  @Test
  void everyNumberIsReadBackToTheLastDigit() {
    TraceEventData.Builder data = TraceEventData.builder();
    for (String literal : TraceGenerator.trapNumbers()) {
      data.attribute("number " + literal, new JsonValue.JsonNumber(literal));
    }
    isReadBackEqual(
        Samples.header(1)
            .withEvents(List.of(Samples.event(1).toBuilder().data(data.build()).build())));
  }

  @Test
  void everyMeasuredValueIsReadBackToTheLastBit() {
    List<TraceEvent> events = new ArrayList<>();
    for (double value : TraceGenerator.trapDoubles()) {
      float narrow = (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
      events.add(measured(events.size(), PerformanceMetrics.of(0, 0, narrow, 0, value)));
    }
    for (long value : TraceGenerator.trapLongs()) {
      events.add(measured(events.size(), PerformanceMetrics.of(value, value, 0, value, 0)));
    }
    isReadBackEqual(Samples.header(1).withEvents(events));
  }

  @Test
  void metricsThatWereNotMeasuredStayAbsentAndAZeroStaysAZero() {
    List<TraceEvent> events = new ArrayList<>();
    PerformanceMetrics zeros = PerformanceMetrics.of(0, 0, 0, 0, 0);
    for (int present = 0; present < 32; present++) {
      PerformanceMetrics metrics =
          new PerformanceMetrics(
              (present & 1) != 0 ? zeros.executionTimeNs() : OptionalLong.empty(),
              (present & 2) != 0 ? zeros.memoryUsageBytes() : OptionalLong.empty(),
              (present & 4) != 0 ? zeros.cpuUsagePercent() : Optional.empty(),
              (present & 8) != 0 ? zeros.queueDepth() : OptionalLong.empty(),
              (present & 16) != 0 ? zeros.throughputMsgsPerSec() : OptionalDouble.empty());
      events.add(measured(events.size(), metrics));
    }
    isReadBackEqual(Samples.header(1).withEvents(events));
  }

  @Test
  void aMessageKeepsHowItsContentIsStoredAndThatItHasNone() {
    List<TraceEvent> events = new ArrayList<>();
    for (@Nullable Bytes content : Arrays.asList(null, Bytes.EMPTY, Bytes.of((byte) 1))) {
      for (long stored : List.of(-1L, 0L, Long.MAX_VALUE)) {
        for (long version : List.of(0L, 1L, 0xFFFF_FFFFL)) {
          MessageSnapshot message =
              new MessageSnapshot("order", 3, "", content)
                  .withEncoding(
                      version == 0 ? "" : "zstd",
                      version,
                      stored < 0 ? OptionalLong.empty() : OptionalLong.of(stored));
          events.add(
              Samples.event(events.size()).toBuilder()
                  .data(TraceEventData.builder().message(message).build())
                  .build());
        }
      }
    }
    isReadBackEqual(Samples.header(1).withEvents(events));
  }

  private static TraceEvent measured(int number, PerformanceMetrics metrics) {
    return Samples.event(number).toBuilder()
        .data(TraceEventData.builder().performanceMetrics(metrics).build())
        .build();
  }

  @Test
  void everyInstantIsReadBackToTheNanosecond() {
    for (Instant start : TraceGenerator.trapInstants()) {
      for (Instant end : TraceGenerator.trapInstants()) {
        isReadBackEqual(
            FlowTrace.builder("flow")
                .startTime(start)
                .endTime(end)
                .version(new FlowVersion(1, 2, 3, null, end))
                .event(Samples.event(0).toBuilder().timestamp(end).build())
                .build());
      }
    }
  }

  @Test
  void everyIdIsReadBackEqual() {
    for (UUID uuid : TraceGenerator.trapUuids()) {
      EventId eventId = new EventId(uuid);
      isReadBackEqual(
          FlowTrace.builder("flow")
              .traceId(new TraceId(uuid))
              .executionId(new ExecutionId(uuid))
              .event(
                  Samples.event(0).toBuilder()
                      .eventId(eventId)
                      .causality(new CausalityInfo(eventId, eventId, List.of(eventId, eventId), ""))
                      .build())
              .build());
    }
  }

  @Test
  void everyByteIsReadBackEqual() {
    Bytes all = TraceGenerator.allBytes();
    TraceEventData data =
        TraceEventData.builder()
            .message(new MessageSnapshot("all", Long.MAX_VALUE, "", all))
            .stateDiff(new StateDiff(all, all, StateDiff.DiffType.FULL))
            .build();
    isReadBackEqual(
        Samples.header(1).withEvents(List.of(Samples.event(0).toBuilder().data(data).build())));
  }

  @Test
  void theLargestUnsignedNumbersAreReadBackEqual() {
    long max = 0xFFFF_FFFFL;
    isReadBackEqual(
        Samples.header(1).toBuilder()
            .version(new FlowVersion(max, max, max, "", EpochNanos.MAX))
            .metadata(TraceMetadata.builder().processId(max).build())
            .build());
  }

  @Test
  void attributesNestedAsDeepAsTheModelAllowsAreReadBackEqual() {
    JsonValue deep = JsonValue.of("bottom");
    for (int depth = 0; depth < JsonValue.MAX_DEPTH; depth++) {
      deep =
          depth % 2 == 0
              ? new JsonValue.JsonArray(List.of(deep))
              : JsonValue.from(Map.of("in", deep));
    }
    TraceEventData data = TraceEventData.builder().attribute("deep", deep).build();
    isReadBackEqual(
        Samples.header(1).withEvents(List.of(Samples.event(0).toBuilder().data(data).build())));
  }

  @Test
  void aPayloadOfTenMegabytesIsReadBackEqual() {
    isReadBackEqual(Samples.bulky(1, 10 * MEGABYTE));
  }

  @Test
  void aTextOfOneMegabyteIsReadBackEqual() {
    isReadBackEqual(traceWithTextEverywhere("\uD83D\uDE00".repeat(MEGABYTE / 4)));
  }

  @Test
  void aHundredThousandEventsAreReadBackEqual() {
    FlowTrace trace = Samples.header(1).withEvents(Samples.events(0, 100_000));
    store().storeTrace(trace);
    // Compared as a whole: a list of such a size takes long to print.
    isAnswer(store().getTrace(trace.traceId()).map(trace::equals), Optional.of(true));
    assertThat(store().getEvents(trace.traceId()).equals(trace.events())).isTrue();
  }

  @Test
  void storedTracesAreReadBackEqualAfterAReopen() {
    onlyIf(Capability.PERSISTENT);
    List<FlowTrace> traces = TraceGenerator.sample(1, 50);
    store().storeTraces(traces);
    kitStore().reopen();
    for (FlowTrace trace : traces) {
      isAnswer(store().getTrace(trace.traceId()), Optional.of(trace));
    }
  }

  @Test
  void returnedTracesDoNotChangeWithLaterWrites() {
    FlowTrace trace = Samples.trace(1);
    store().storeTrace(trace);
    List<TraceEvent> before = store().getEvents(trace.traceId());
    store().storeEvent(trace.traceId(), Samples.event(7));
    assertThat(before).isEqualTo(trace.events()).isUnmodifiable();
  }

  private void isReadBackEqual(FlowTrace trace) {
    store().storeTrace(trace);
    isAnswer(store().getTrace(trace.traceId()), Optional.of(trace));
    isAnswer(store().getEvents(trace.traceId()), trace.events());
    assertThat(store().queryTraces(TraceQuery.builder().executionId(trace.executionId()).build()))
        .containsExactly(trace);
  }
}
