package io.tracestore.migration.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.SampleTraces;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Traces of flows have these forms in the tools that read OTLP. */
class OtlpExportTest {
  private static final Instant START = Instant.parse("2026-01-05T08:00:00.000000001Z");

  private static String written(List<FlowTrace> traces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OtlpWriter writer = new OtlpWriter(out)) {
      traces.forEach(writer::write);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<Map<String, JsonValue>> spans(FlowTrace... traces) {
    List<Map<String, JsonValue>> spans = new ArrayList<>();
    JsonObject file = (JsonObject) ReflowJson.readValue(written(List.of(traces)));
    for (JsonObject resource : list(file, "resourceSpans")) {
      for (JsonObject scope : list(resource, "scopeSpans")) {
        list(scope, "spans").forEach(span -> spans.add(span.members()));
      }
    }
    return spans;
  }

  private static List<JsonObject> list(JsonObject object, String name) {
    return ((JsonArray) Objects.requireNonNull(object.members().get(name)))
        .elements().stream().map(JsonObject.class::cast).toList();
  }

  private static String text(Map<String, JsonValue> span, String name) {
    return span.get(name) instanceof JsonString text ? text.value() : "";
  }

  private static TraceEvent.Builder event(TraceEventType type, String actor, int millis) {
    return TraceEvent.builder(type, actor).timestamp(START.plusMillis(millis));
  }

  @Test
  void everySpanIsOneThatTheSpecificationAllows() {
    List<Map<String, JsonValue>> spans =
        spans(SampleTraces.of(4).next(50).toArray(FlowTrace[]::new));

    assertThat(spans)
        .hasSizeGreaterThan(100)
        .allSatisfy(span -> {
          assertThat(text(span, "traceId")).matches("[0-9a-f]{32}");
          assertThat(text(span, "spanId")).matches("[0-9a-f]{16}");
          assertThat(text(span, "startTimeUnixNano")).matches("\\d{19}");
          assertThat(Long.parseLong(text(span, "endTimeUnixNano")))
              .isGreaterThanOrEqualTo(Long.parseLong(text(span, "startTimeUnixNano")));
          assertThat(span.get("kind")).isEqualTo(JsonNumber.of(1));
        });
    assertThat(spans)
        .extracting(span -> text(span, "traceId") + text(span, "spanId"))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyTraceIsOneTree() {
    List<Map<String, JsonValue>> spans =
        spans(SampleTraces.of(4).next(50).toArray(FlowTrace[]::new));
    var ids =
        spans.stream()
            .map(span -> text(span, "traceId") + text(span, "spanId"))
            .collect(Collectors.toSet());

    assertThat(spans)
        .filteredOn(span -> !text(span, "parentSpanId").isEmpty())
        .extracting(span -> text(span, "traceId") + text(span, "parentSpanId"))
        .isSubsetOf(ids);
    assertThat(spans).filteredOn(span -> text(span, "parentSpanId").isEmpty()).hasSize(50);
  }

  @Test
  void anActorAtWorkIsASpanWithItsErrorAndItsEvents() {
    TraceEvent start = event(TraceEventType.ACTOR_STARTED, "loader", 0).build();
    TraceEvent flow =
        event(TraceEventType.dataFlow("parser", "in"), "loader", 5)
            .data(TraceEventData.builder().attribute("rows", 7).build())
            .build();
    TraceEvent failed =
        event(TraceEventType.ACTOR_FAILED, "loader", 9)
            .data(TraceEventData.builder().error("no rows").build())
            .build();
    FlowTrace trace =
        FlowTrace.builder("etl")
            .startTime(START)
            .endTime(START.plusMillis(10))
            .status(ExecutionStatus.failed("no rows"))
            .events(List.of(start, flow, failed))
            .build();

    List<Map<String, JsonValue>> spans = spans(trace);

    assertThat(spans).extracting(span -> text(span, "name")).containsExactly("etl", "loader");
    String loader = ReflowJson.write(JsonValue.object(spans.getLast()));
    assertThat(loader)
        .contains("\"startTimeUnixNano\":\"1767600000000000001\"")
        .contains("\"endTimeUnixNano\":\"1767600000009000001\"")
        .contains("\"status\":{\"code\":2,\"message\":\"no rows\"}")
        .contains("\"name\":\"DataFlow\"")
        .contains("{\"key\":\"rows\",\"value\":{\"intValue\":\"7\"}}")
        .contains("{\"key\":\"tracestore.to_actor\",\"value\":{\"stringValue\":\"parser\"}}");
  }

  @Test
  void everyActorIsAServiceInTheNamespaceOfItsFlow() {
    FlowTrace trace =
        FlowTrace.builder("etl")
            .startTime(START)
            .events(List.of(event(TraceEventType.ACTOR_STARTED, "loader", 0).build()))
            .build();

    assertThat(written(List.of(trace)))
        .contains("{\"key\":\"service.name\",\"value\":{\"stringValue\":\"loader\"}}")
        .contains("{\"key\":\"service.namespace\",\"value\":{\"stringValue\":\"etl\"}}");
  }

  @Test
  void aTraceWithoutEventsIsOneSpan() {
    assertThat(spans(FlowTrace.builder("idle").startTime(START).build())).hasSize(1);
  }

  @Test
  void eventsThatCauseEachOtherInACircleAreATreeAllTheSame() {
    EventId one = EventId.random();
    EventId other = EventId.random();
    TraceEvent first =
        event(TraceEventType.ACTOR_STARTED, "a", 0)
            .eventId(one)
            .causality(new CausalityInfo(other, one, List.of(), ""))
            .build();
    TraceEvent second =
        event(TraceEventType.ACTOR_STARTED, "b", 1)
            .eventId(other)
            .causality(new CausalityInfo(one, one, List.of(), ""))
            .build();

    List<Map<String, JsonValue>> spans =
        spans(FlowTrace.builder("f").startTime(START).events(List.of(first, second)).build());

    assertThat(spans).filteredOn(span -> text(span, "parentSpanId").isEmpty()).hasSize(1);
  }

  @Test
  void anExportedFileCanBeImported() {
    Imported imported =
        Imported.from(Origin.OTLP, OtlpFiles::open, written(SampleTraces.of(4).next(50)));

    assertThat(imported.rejections()).isEmpty();
    assertThat(imported.traces()).hasSize(50);
  }
}
