package io.tracestore.bench.spans;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.migration.ImportListener;
import io.tracestore.migration.TraceFormat;
import io.tracestore.migration.TraceImporter;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The imported data set has the published shape, and every question finds it. */
class SpanDataSetTest {
  private static final int TRACES = 300;
  private static final SpanDataSet DATA = new SpanDataSet(TRACES);

  @TempDir Path folder;

  private TraceStore store;

  @BeforeEach
  void importAll() throws IOException {
    store = TraceStores.open("mem:");
    Path file = folder.resolve("spans.otlp.zst");
    DATA.writeTo(file);
    assertThat(
            TraceImporter.importFiles(store, List.of(file), TraceFormat.OTLP, ImportListener.NONE)
                .isComplete())
        .isTrue();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<FlowTrace> stored() {
    return store.queryTraces(TraceQuery.builder().limit(TRACES + 1).build());
  }

  private static List<TraceEvent> starts(FlowTrace trace) {
    return trace.events().stream()
        .filter(event -> event.eventType().equals(TraceEventType.ACTOR_STARTED))
        .toList();
  }

  @Test
  void eachTraceHasTenSpans() {
    assertThat(stored()).hasSize(TRACES).allSatisfy(trace -> assertThat(starts(trace)).hasSize(10));
  }

  @Test
  void eachSpanHasElevenOf97Attributes() {
    Set<String> keys = new HashSet<>();
    for (FlowTrace trace : stored()) {
      for (TraceEvent start : starts(trace)) {
        Map<String, JsonValue> own = new HashMap<>(start.data().customAttributes());
        own.keySet().removeIf(key -> !key.startsWith("key-"));
        assertThat(own).hasSize(11);
        keys.addAll(own.keySet());
      }
    }
    assertThat(keys).hasSize(97);
  }

  @Test
  void thereAreTenServices() {
    assertThat(stored())
        .flatExtracting(SpanDataSetTest::starts)
        .extracting(TraceEvent::actorId)
        .hasSameElementsAs(IntStream.range(0, 10).mapToObj(number -> "service-" + number).toList());
  }

  @Test
  void theTracesLieWithinTenDays() {
    Instant start = SpanDataSet.START;
    assertThat(stored())
        .extracting(FlowTrace::startTime)
        .allSatisfy(time -> assertThat(time).isBetween(start, start.plus(Duration.ofDays(10))));
  }

  @Test
  void theTracesStartInTheOrderInWhichTheyAreImported() {
    assertThat(IntStream.range(0, TRACES).mapToObj(number -> DATA.trace(number).getFirst().start()))
        .isSorted();
  }

  @Test
  void aNumberAlwaysGivesTheSameTrace() {
    assertThat(DATA.trace(17)).isEqualTo(DATA.trace(17));
    assertThat(DATA.trace(17)).isNotEqualTo(DATA.trace(18));
  }

  @ParameterizedTest
  @EnumSource(
      value = SpanQuery.class,
      names = {"GET", "SERVICES"},
      mode = EnumSource.Mode.EXCLUDE)
  void aSearchMatchesTheTraceThatItIsMadeFor(SpanQuery query) {
    FlowTrace trace = store.getTrace(SpanDataSet.traceId(17)).orElseThrow();
    assertThat(query.query(DATA, 17).matches(trace)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(SpanQuery.class)
  void everyQuestionHasAnAnswer(SpanQuery query) {
    assertThat(query.ask(store, DATA, 17)).isPositive();
  }

  @Test
  void theAnswersAreThoseOfTheShape() {
    assertThat(SpanQuery.SERVICES.ask(store, DATA, 0)).isEqualTo(10);
    assertThat(SpanQuery.GET.ask(store, DATA, 0)).isEqualTo(1);
    assertThat(SpanQuery.SERVICE.ask(store, DATA, 0)).isEqualTo(20);
    assertThat(SpanQuery.ALL.ask(store, DATA, 0)).isEqualTo(1);
  }
}
