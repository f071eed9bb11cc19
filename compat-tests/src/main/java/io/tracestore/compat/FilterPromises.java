package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.TraceStores;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.Capability;
import io.tracestore.spi.QueryExplanation;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.spi.config.StoreUri;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Promise 4: filters match what {@link TraceQuery#matches} says, alone and together. */
abstract class FilterPromises extends StorePromises {
  private static final int FEWEST_PAIRS = 250;
  private static final String INDEXED_ATTRIBUTES = "indexedAttributes";

  /** Of the keys that traces of tests have: none, each and both. */
  private static final List<String> INDEXED_KEYS =
      List.of("", "order.id", "nothing", "nothing,order.id");

  @Test
  void everyFilterAloneMatchesExactly() {
    List<FlowTrace> traces = FilterDimension.traces(1, 300);
    store().storeTraces(traces);
    for (TraceQuery query : FilterDimension.eachAlone()) {
      answersAs(query.toBuilder(), traces);
    }
  }

  @Test
  void anExplanationCountsWhatIsReadAndWhatIsReturned() {
    List<FlowTrace> traces = FilterDimension.traces(4, 60);
    store().storeTraces(traces);
    for (TraceQuery each : FilterDimension.eachAlone()) {
      TraceQuery query = each.toBuilder().limit(10).build();
      QueryExplanation explanation = store().explain(query);
      assertThat(explanation.index()).as("%s", query).isNotBlank();
      assertThat(explanation.returned())
          .as("%s", query)
          .isEqualTo(store().queryTraces(query).size());
      assertThat(explanation.read())
          .as("%s", query)
          .isBetween(explanation.returned(), (long) traces.size());
    }
  }

  /** A backend in which queries take long answers a random part of the pairs in each run. */
  @Test
  void everyPairOfFiltersMatchesExactly() {
    List<FlowTrace> traces = FilterDimension.traces(2, 120);
    store().storeTraces(traces);
    List<TraceQuery> pairs = FilterDimension.eachPair();
    Collections.shuffle(pairs);
    int count = Math.max(FEWEST_PAIRS, fixture().tries(pairs.size()));
    for (TraceQuery pair : pairs.subList(0, Math.min(count, pairs.size()))) {
      answersAs(pair.toBuilder(), traces);
    }
  }

  private void answersAs(TraceQuery.Builder builder, List<FlowTrace> traces) {
    TraceQuery query = builder.limit(traces.size()).build();
    List<FlowTrace> matching = matching(query, traces);
    assertThat(store().queryTraces(query)).as("%s", query).isEqualTo(matching);
    assertThat(store().count(query)).as("%s", query).isEqualTo(matching.size());
  }

  private static List<FlowTrace> matching(TraceQuery query, List<FlowTrace> traces) {
    return traces.stream().filter(query::matches).sorted(FlowTrace.NEWEST_FIRST).toList();
  }

  /** Each write chooses other keys; some bring early events, and some replace events. */
  @Test
  void theKeysOfIndexedAttributesDoNotChangeAnAnswer() {
    onlyIf(Capability.PERSISTENT);
    assumeIndexedAttributes();
    List<FlowTrace> traces = new ArrayList<>();
    for (int i = 0; i < INDEXED_KEYS.size(); i++) {
      kitStore().reopen(indexing(INDEXED_KEYS.get(i)));
      List<FlowTrace> some = FilterDimension.traces(10 + i, 60);
      for (FlowTrace trace : some) {
        if (traces.size() % 3 == 0) {
          store().storeEvents(trace.traceId(), trace.events());
        } else {
          store().storeTrace(trace);
        }
        traces.add(trace);
      }
    }
    for (int i = 0; i < traces.size(); i += 3) {
      if (i % 30 == 0) {
        kitStore().reopen(indexing(INDEXED_KEYS.get(i / 30 % INDEXED_KEYS.size())));
      }
      FlowTrace trace = traces.get(i);
      List<TraceEvent> events = new ArrayList<>(trace.events());
      if (!events.isEmpty()) {
        TraceEventData other =
            TraceEventData.builder().attribute("nothing", "other").port("other").build();
        events.set(0, events.getFirst().toBuilder().data(other).build());
      }
      traces.set(i, trace.withEvents(events));
      store().storeTrace(traces.get(i));
    }
    store().deleteTrace(traces.removeLast().traceId());
    for (String keys : INDEXED_KEYS) {
      kitStore().reopen(indexing(keys));
      for (TraceQuery query : FilterDimension.eachAlone()) {
        answersAs(query.toBuilder(), traces);
      }
      answersAs(TraceQuery.builder().attribute("nothing", "other"), traces);
      answersAs(TraceQuery.builder().attribute("order.id", "4711").hasAttribute("nothing"), traces);
      answersAs(TraceQuery.builder().attribute("order.id", 4711).flowId("flow"), traces);
      answersAs(TraceQuery.builder().port("other").hasError(), traces);
    }
  }

  @Test
  void writersWithDifferentIndexedAttributesFindTheTracesOfEachOther() {
    onlyIf(Capability.SHARED);
    assumeIndexedAttributes();
    kitStore().reopen(indexing("order.id"));
    List<FlowTrace> traces = FilterDimension.traces(20, 100);
    try (TraceStore other = TraceStores.open(kitStore().uri(), indexing("nothing"))) {
      for (int i = 0; i < traces.size(); i++) {
        (i % 2 == 0 ? store() : other).storeTrace(traces.get(i));
      }
      for (TraceQuery each : FilterDimension.eachAlone()) {
        TraceQuery query = each.toBuilder().limit(traces.size()).build();
        answersAs(each.toBuilder(), traces);
        assertThat(other.queryTraces(query)).as("%s", query).isEqualTo(matching(query, traces));
      }
    }
  }

  private void assumeIndexedAttributes() {
    assumeFalse(
        kitStore().uri().contains(INDEXED_ATTRIBUTES), "the URI of the store has the option");
    String scheme = StoreUri.parse(kitStore().uri()).scheme();
    boolean known =
        TraceStores.providers().stream()
            .filter(provider -> provider.scheme().equals(scheme))
            .flatMap(provider -> provider.options().stream())
            .anyMatch(option -> option.name().equals(INDEXED_ATTRIBUTES));
    assumeTrue(known, () -> scheme + " has no option " + INDEXED_ATTRIBUTES);
  }

  private static Map<String, String> indexing(String keys) {
    return Map.of(INDEXED_ATTRIBUTES, keys);
  }

  @Test
  void anActorIsFoundByAnyPartOfItsIdAsWritten() {
    List<FlowTrace> traces = new ArrayList<>();
    for (String text : TraceGenerator.trapTexts()) {
      FlowTrace header = Samples.header(traces.size());
      traces.add(header.withEvents(List.of(Samples.event(0), Samples.event(1, "<" + text + ">"))));
    }
    store().storeTraces(traces);
    for (String text : TraceGenerator.trapTexts()) {
      answersAs(TraceQuery.builder().actorContains(text), traces);
      answersAs(TraceQuery.builder().actorContains("<" + text), traces);
      answersAs(TraceQuery.builder().actor("<" + text + ">"), traces);
    }
    for (String part :
        List.of("%", "_", "*", "?", "\\", ".", "[", "^", "$", "'", "\"", ";", "\0")) {
      answersAs(TraceQuery.builder().actorContains(part), traces);
    }
  }

  /** Quotes, backslashes, braces, question marks and NUL belong to the value that is asked for. */
  @Test
  void noTextOfAQueryIsReadAsPartOfAStatement() {
    List<FlowTrace> traces = new ArrayList<>();
    for (String text : TraceGenerator.trapTexts()) {
      traces.add(traceOf(traces.size(), "<" + text));
    }
    store().storeTraces(traces);
    for (String trap : TraceGenerator.trapTexts()) {
      String text = "<" + trap;
      for (TraceQuery.Builder query :
          List.of(
              TraceQuery.builder().flowId(text),
              TraceQuery.builder().failedWith(text),
              TraceQuery.builder().actor(text),
              TraceQuery.builder().eventType(TraceEventType.custom(text)),
              TraceQuery.builder().environment(text),
              TraceQuery.builder().userId(text),
              TraceQuery.builder().sessionId(text),
              TraceQuery.builder().tag(text, text),
              TraceQuery.builder().port(text),
              TraceQuery.builder().errorContaining(text),
              TraceQuery.builder().attribute(text, text),
              TraceQuery.builder().hasAttribute(text))) {
        answersAs(query, traces);
      }
      assertThat(store().eventMetrics(EventMetricsQuery.builder().flowId(text).build()))
          .as("%s", text)
          .extracting(EventMetrics::actorId)
          .containsExactly(text);
    }
  }

  private static FlowTrace traceOf(int number, String text) {
    return Samples.header(number).toBuilder()
        .flowId(text)
        .status(ExecutionStatus.failed(text))
        .event(
            Samples.event(0, text).toBuilder()
                .eventType(TraceEventType.custom(text))
                .data(TraceEventData.builder().port(text).error(text).attribute(text, text).build())
                .build())
        .metadata(
            TraceMetadata.builder()
                .environment(text)
                .userId(text)
                .sessionId(text)
                .tag(text, text)
                .build())
        .build();
  }

  @Test
  void caseMattersInEveryFilterOfText() {
    FlowTrace trace =
        Samples.header(1).toBuilder()
            .flowId("Id \u0130")
            .status(ExecutionStatus.failed("Id \u0130"))
            .event(
                Samples.event(0, "Id \u0130").toBuilder()
                    .eventType(TraceEventType.custom("Id \u0130"))
                    .build())
            .metadata(
                TraceMetadata.builder()
                    .environment("Id \u0130")
                    .userId("Id \u0130")
                    .sessionId("Id \u0130")
                    .tag("Id \u0130", "Id \u0130")
                    .build())
            .build();
    store().storeTrace(trace);
    for (String text :
        List.of("Id \u0130", "ID \u0130", "id \u0130", "Id i", "Id I", "Id \u0131")) {
      List<FlowTrace> found = text.equals("Id \u0130") ? List.of(trace) : List.of();
      for (TraceQuery.Builder query :
          List.of(
              TraceQuery.builder().flowId(text),
              TraceQuery.builder().failedWith(text),
              TraceQuery.builder().actor(text),
              TraceQuery.builder().actorContains(text),
              TraceQuery.builder().eventType(TraceEventType.custom(text)),
              TraceQuery.builder().environment(text),
              TraceQuery.builder().userId(text),
              TraceQuery.builder().sessionId(text),
              TraceQuery.builder().tag(text, "Id \u0130"),
              TraceQuery.builder().tag("Id \u0130", text))) {
        assertThat(store().queryTraces(query.build())).as("%s", query.build()).isEqualTo(found);
      }
    }
  }

  @Test
  void everyTextIsFoundAsWrittenAndNoOtherIs() {
    List<FlowTrace> traces = new ArrayList<>();
    for (String text : TraceGenerator.trapTexts()) {
      traces.add(
          Samples.header(traces.size()).toBuilder()
              .flowId(text)
              .status(ExecutionStatus.failed(text))
              .metadata(
                  TraceMetadata.builder()
                      .environment(text)
                      .userId(text)
                      .sessionId(text)
                      .tag("tag", text)
                      .tag("key " + text, "")
                      .build())
              .build());
    }
    store().storeTraces(traces);
    for (FlowTrace trace : traces) {
      String text = trace.flowId();
      for (TraceQuery.Builder query :
          List.of(
              TraceQuery.builder().flowId(text),
              TraceQuery.builder().failedWith(text),
              TraceQuery.builder().environment(text),
              TraceQuery.builder().userId(text),
              TraceQuery.builder().sessionId(text),
              TraceQuery.builder().tag("tag", text),
              TraceQuery.builder().tag("key " + text, ""))) {
        assertThat(store().queryTraces(query.build()))
            .as("%s", query.build())
            .containsExactly(trace);
      }
    }
  }

  @Test
  void bothEndsOfATimeRangeAreIncluded() {
    Instant start = Samples.trace(1).startTime();
    store().storeTrace(Samples.trace(1));
    assertThat(countBetween(start, start)).isEqualTo(1);
    assertThat(countBetween(start.minusNanos(1), start)).isEqualTo(1);
    assertThat(countBetween(start, start.plusNanos(1))).isEqualTo(1);
    assertThat(countBetween(start.plusNanos(1), start.plusNanos(2))).isEqualTo(0);
    assertThat(countBetween(start.minusNanos(2), start.minusNanos(1))).isEqualTo(0);
    assertThat(countBetween(EpochNanos.MIN, EpochNanos.MAX)).isEqualTo(1);
  }

  private long countBetween(Instant from, Instant to) {
    return store().count(TraceQuery.builder().startedBetween(from, to).build());
  }

  @Test
  void aDurationIsMeasuredToTheNanosecond() {
    Instant start = Samples.header(1).startTime();
    store().storeTrace(Samples.header(1).toBuilder().endTime(start.plusNanos(1_000_001)).build());
    assertThat(countLasting(Duration.ofNanos(1_000_001))).isEqualTo(1);
    assertThat(countLasting(Duration.ofNanos(1_000_002))).isEqualTo(0);
  }

  @Test
  void durationsBeyondALongOfNanosecondsCompareRightly() {
    store()
        .storeTraces(
            List.of(
                lasting(1, EpochNanos.MIN, EpochNanos.MAX),
                lasting(2, EpochNanos.MAX, EpochNanos.MIN),
                lasting(3, EpochNanos.MAX, EpochNanos.MAX)));
    assertThat(countLasting(Duration.ZERO)).isEqualTo(2);
    assertThat(countLasting(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(countLasting(Duration.ofNanos(Long.MAX_VALUE))).isEqualTo(1);
  }

  @Test
  void aTraceWhoseDurationChangedCountsByTheOneItHas() {
    List<FlowTrace> traces = new ArrayList<>();
    for (long number = 1; number <= 4; number++) {
      traces.add(lasting(number, Duration.ofSeconds(10)));
    }
    store().storeTraces(traces);
    FlowTrace newest = lasting(4, Duration.ofSeconds(1));
    store().storeTrace(newest);
    TraceQuery.Builder longer = TraceQuery.builder().minDuration(Duration.ofSeconds(5));
    TraceQuery.Builder shorter = TraceQuery.builder().maxDuration(Duration.ofSeconds(5));

    assertThat(store().queryTraces(longer.offset(1).limit(2).build()))
        .containsExactly(traces.get(1), traces.get(0));
    assertThat(store().queryTraces(longer.actor("actor").offset(1).limit(2).build()))
        .containsExactly(traces.get(1), traces.get(0));
    assertThat(store().queryTraces(shorter.build())).containsExactly(newest);
    assertThat(store().queryTraces(shorter.actor("actor").build())).containsExactly(newest);
  }

  private static FlowTrace lasting(long number, Duration duration) {
    FlowTrace trace = Samples.trace(number);
    return trace.toBuilder().endTime(trace.startTime().plus(duration)).build();
  }

  private static FlowTrace lasting(long number, Instant start, Instant end) {
    return Samples.header(number).toBuilder().startTime(start).endTime(end).build();
  }

  private long countLasting(Duration duration) {
    return store().count(TraceQuery.builder().minDuration(duration).build());
  }

  @Test
  void eventFiltersMayBeMetByDifferentEvents() {
    FlowTrace trace =
        Samples.header(1)
            .withEvents(
                List.of(
                    Samples.event(0, "one"),
                    Samples.event(1, "two").toBuilder()
                        .eventType(TraceEventType.STATE_CHANGED)
                        .build()));
    store().storeTrace(trace);
    TraceQuery query =
        TraceQuery.builder().actor("one").actorContains("wo").eventType("StateChanged").build();
    assertThat(store().queryTraces(query)).containsExactly(trace);
  }

  @Test
  void aTraceWithSeveralMatchingEventsAppearsOnce() {
    store().storeTrace(Samples.header(1).withEvents(Samples.events(0, 50)));
    TraceQuery query = TraceQuery.builder().actorContains("act").build();
    assertThat(store().queryTraces(query)).hasSize(1);
    assertThat(store().count(query)).isEqualTo(1);
  }

  @Test
  void withoutALimitAQueryGivesTheHundredNewest() {
    List<FlowTrace> traces = Samples.traces(0, 130);
    store().storeTraces(traces);
    isAnswer(store().queryTraces(TraceQuery.ALL), traces.subList(30, 130).reversed());
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(130);
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      assertThat(cursor).toIterable().isEqualTo(traces.reversed());
    }
  }

  @Test
  void limitAndOffsetAndPlaceDoNotChangeTheCountOfAnyFilter() {
    List<FlowTrace> traces = FilterDimension.traces(4, 100);
    store().storeTraces(traces);
    FlowTrace newest = traces.stream().min(FlowTrace.NEWEST_FIRST).orElseThrow();
    FlowTrace oldest = traces.stream().max(FlowTrace.NEWEST_FIRST).orElseThrow();
    for (TraceQuery query : FilterDimension.eachAlone()) {
      TraceQuery page = query.toBuilder().limit(3).offset(70).build();
      long matching = traces.stream().filter(page::matches).count();
      assertThat(store().count(page)).as("%s", page).isEqualTo(matching);
      assertThat(store().count(page.after(newest))).as("%s", page).isEqualTo(matching);
      assertThat(store().count(page.after(oldest))).as("%s", page).isEqualTo(matching);
    }
  }

  @Test
  void anOffsetAfterTheLastMatchGivesNoneForEveryFilter() {
    List<FlowTrace> traces = FilterDimension.traces(6, 60);
    store().storeTraces(traces);
    for (TraceQuery filter : FilterDimension.eachAlone()) {
      long matching = traces.stream().filter(filter::matches).count();
      for (long offset : new long[] {matching, matching + 1, Long.MAX_VALUE - 50, Long.MAX_VALUE}) {
        TraceQuery query = filter.toBuilder().offset(offset).withEvents(offset % 2 == 0).build();
        assertThat(store().queryTraces(query)).as("%s", query).isEmpty();
        assertThat(read(query)).as("%s", query).isEmpty();
      }
    }
  }

  @Test
  void everyFilterIsContinuedOnAnyDayHoweverTheEventsCame() {
    List<FlowTrace> traces = overSeveralDays(FilterDimension.traces(5, 100));
    storeInParts(traces);
    List<FlowTrace> ordered = traces.stream().sorted(FlowTrace.NEWEST_FIRST).toList();
    for (TraceQuery query : FilterDimension.eachAlone()) {
      List<FlowTrace> matching = ordered.stream().filter(query::matches).toList();
      assertThat(store().count(query)).as("%s", query).isEqualTo(matching.size());
      for (int place : new int[] {20, 50, 80}) {
        TraceQuery.Position position = TraceQuery.Position.of(ordered.get(place));
        List<FlowTrace> behind = matching.stream().filter(position::isBefore).toList();
        isGivenInEveryForm(query.toBuilder().after(position).build(), behind);
      }
    }
  }

  /** The same, five days long; those at the ends of time stay there. */
  private static List<FlowTrace> overSeveralDays(List<FlowTrace> traces) {
    List<FlowTrace> moved = new ArrayList<>();
    for (FlowTrace trace : traces) {
      Instant start = trace.startTime();
      boolean extreme = start.equals(EpochNanos.MIN) || start.equals(EpochNanos.MAX);
      Duration by = Duration.ofDays(extreme ? 0 : moved.size() % 5 - 2);
      moved.add(trace.toBuilder().startTime(start.plus(by)).build());
    }
    return moved;
  }

  /**
   * A third with events that come first, a third with events of which there was another version.
   */
  private void storeInParts(List<FlowTrace> traces) {
    List<FlowTrace> before = new ArrayList<>();
    List<FlowTrace> whole = new ArrayList<>();
    for (int i = 0; i < traces.size(); i++) {
      FlowTrace trace = traces.get(i);
      if (i % 3 == 0) {
        store().storeEvents(trace.traceId(), trace.events());
        whole.add(trace.withEvents(List.of()));
      } else {
        whole.add(trace);
      }
      if (i % 3 == 1) {
        before.add(trace.withEvents(trace.events().stream().map(e -> replaced(e)).toList()));
      }
    }
    store().storeTraces(before);
    store().storeTraces(whole);
  }

  /** Another version, which filters of these tests would find. */
  private static TraceEvent replaced(TraceEvent event) {
    return event.toBuilder().actorId("reader").eventType(TraceEventType.ACTOR_FAILED).build();
  }

  @Test
  void headersOnlyComeWithoutEventsAlsoWhenEventsAreFiltered() {
    store().storeTraces(Samples.traces(0, 3));
    TraceQuery query = TraceQuery.builder().actor("actor").withEvents(false).limit(2).build();
    isAnswer(store().queryTraces(query), List.of(Samples.header(2), Samples.header(1)));
  }

  @Test
  void aFilteredTraceComesWithAllItsEvents() {
    FlowTrace trace =
        Samples.header(1).withEvents(List.of(Samples.event(0, "one"), Samples.event(1, "two")));
    store().storeTrace(trace);
    assertThat(store().queryTraces(TraceQuery.builder().actor("two").build()))
        .containsExactly(trace);
  }

  @Test
  void asManyTagsAsAQueryMayHaveAreAllAskedFor() {
    TraceMetadata.Builder all = TraceMetadata.builder();
    TraceQuery.Builder query = TraceQuery.builder();
    for (int n = 0; n < TraceQuery.MAX_TAGS; n++) {
      all.tag("tag " + n, "value " + n);
      query.tag("tag " + n, "value " + n);
    }
    FlowTrace whole = Samples.header(1).toBuilder().metadata(all.build()).build();
    FlowTrace other =
        Samples.header(2).toBuilder().metadata(all.tag("tag 57", "another").build()).build();
    store().storeTraces(List.of(whole, other));
    answersAs(query, List.of(whole, other));
  }
}
