package io.tracestore.migration.otlp;

import static io.tracestore.migration.spans.Imported.attribute;
import static io.tracestore.migration.spans.Imported.events;
import static io.tracestore.migration.spans.Imported.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.spans.Fixtures;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OTLP's spans in JSON become traces of flows, and are exported as they were. */
class OtlpImportTest {
  private static final String GOOD = "{'traceId':'1','spanId':'2'}";

  private static Imported read(String... files) {
    return Imported.from(Origin.OTLP, OtlpFiles::open, files);
  }

  private static FlowTrace fixture() throws IOException {
    return read(Fixtures.text("otlp.json")).trace();
  }

  private static String spans(String spans) {
    return "{'resourceSpans':[{'scopeSpans':[{'spans':[%s]}]}]}".formatted(spans);
  }

  private static String written(FlowTrace trace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OtlpWriter writer = new OtlpWriter(out)) {
      writer.write(trace);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theHeaderIsThatOfTheRootSpan() throws IOException {
    FlowTrace trace = fixture();

    assertThat(trace.traceId().value())
        .isEqualTo(UUID.fromString("5b8efff7-9803-8103-d269-b633813fc60c"));
    assertThat(trace.flowId()).isEqualTo("shop GET /cart");
    assertThat(trace.startTime()).isEqualTo(Instant.parse("2026-01-05T08:00:00.000000001Z"));
    assertThat(trace.endTime()).isEqualTo(Instant.parse("2026-01-05T08:00:00.250000002Z"));
    assertThat(trace.status()).isEqualTo(ExecutionStatus.completed());
    assertThat(trace.metadata().tags())
        .isEqualTo(Map.of("source", "otlp", "otlp.trace_id", "5b8efff798038103d269b633813fc60c"));
  }

  @Test
  void servicesAreActorsAndCallsBetweenThemAreFlowsOfData() throws IOException {
    assertThat(fixture().events())
        .filteredOn(event -> event.eventType() instanceof TraceEventType.DataFlow)
        .extracting(TraceEvent::actorId, TraceEvent::eventType)
        .containsExactly(
            tuple("shop", TraceEventType.dataFlow("payments", "POST /charge")),
            tuple("payments", TraceEventType.dataFlow("cards-db", "select card")));
  }

  @Test
  void aStatusOfErrorIsAFailure() throws IOException {
    assertThat(events(fixture(), TraceEventType.ACTOR_FAILED))
        .singleElement()
        .satisfies(event -> assertThat(event.data().error()).isEqualTo("card declined"));
  }

  @Test
  void everyKindOfValueIsKept() throws IOException {
    TraceEvent start = start(fixture(), "shop", "eee19b7ec3c1b174");

    assertThat(ReflowJson.write(JsonValue.object(start.data().customAttributes())))
        .contains("\"text\":\"déjà vu ☃\"")
        .contains("\"whole\":-9223372036854775808")
        .contains("\"double\":1.0")
        .contains("\"infinite\":{\"otlp.double\":\"-Infinity\"}")
        .contains("\"flag\":false")
        .contains("\"bytes\":{\"otlp.bytes\":\"AAEC/w==\"}")
        .contains("\"empty\":null")
        .contains("\"list\":[\"a\",1,2.5]")
        .contains("\"map\":{\"inner\":true}")
        .contains("\"otlp.tag.otlp.mine\":\"kept\"")
        .contains("\"otlp.resource\":{\"host.cpus\":8,\"service.name\":\"shop\"}");
  }

  @Test
  void anEventIsANetworkEventToTheNanosecond() throws IOException {
    assertThat(events(fixture(), TraceEventType.NETWORK_EVENT))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.timestamp()).isEqualTo(Instant.parse("2026-01-05T08:00:00.100000007Z"));
          assertThat(attribute(event, "otlp.annotation")).contains(JsonValue.of("cache.miss"));
          assertThat(attribute(event, "cache.key")).contains(JsonValue.of("cart-7"));
        });
  }

  @Test
  void tracesFromOtlpAreExportedUnchanged() throws IOException {
    JsonValue came = ReflowJson.readValue(Fixtures.text("otlp.json"));

    JsonValue goesOut = ReflowJson.readValue(written(fixture()));

    assertThat(sorted(goesOut)).isEqualTo(sorted(came));
  }

  /** Lists of attributes have no order that counts. */
  private static JsonValue sorted(JsonValue value) {
    return switch (value) {
      case JsonValue.JsonArray list -> {
        List<JsonValue> elements = list.elements().stream().map(OtlpImportTest::sorted).toList();
        boolean areAttributes =
            elements.stream()
                .allMatch(
                    e -> e instanceof JsonValue.JsonObject o && o.members().containsKey("key"));
        yield new JsonValue.JsonArray(
            areAttributes
                ? elements.stream().sorted(Comparator.comparing(JsonValue::toString)).toList()
                : elements);
      }
      case JsonValue.JsonObject object -> {
        Map<String, JsonValue> members = new TreeMap<>();
        object.members().forEach((name, each) -> members.put(name, sorted(each)));
        yield new JsonValue.JsonObject(members);
      }
      default -> value;
    };
  }

  @Test
  void aTraceThatGoesOutAndComesInIsTheSame() throws IOException {
    FlowTrace trace = fixture();

    assertThat(read(written(trace)).trace()).isEqualTo(trace);
  }

  @Test
  void linesListsAndTheNamesOfTheDefinitionAreRead() {
    String line = spans("{'traceId':'1','spanId':'2'}");
    String snake =
        "{'resource_spans':[{'scope_spans':[{'spans':[{'trace_id':'3','span_id':'4',"
            + "'start_time_unix_nano':5,'end_time_unix_nano':'7','kind':'SPAN_KIND_SERVER',"
            + "'attributes':[{'key':'a_b','value':{'string_value':'c_d'}}]}]}]}]}";

    Imported imported = read(line + "\n" + line.replace("'1'", "'2'"), "[" + snake + "]");

    assertThat(imported.rejections()).isEmpty();
    assertThat(imported.traces()).hasSize(3);
    FlowTrace last = imported.traces().getLast();
    assertThat(last.startTime()).isEqualTo(Instant.EPOCH.plusNanos(5));
    assertThat(attribute(last.events().getFirst(), "a_b")).contains(JsonValue.of("c_d"));
    assertThat(events(last, TraceEventType.MESSAGE_RECEIVED)).hasSize(1);
  }

  @Test
  void theSpansOfATraceMayStandInSeveralFiles() {
    Imported imported =
        read(
            spans("{'traceId':'1','spanId':'2','parentSpanId':'3'}"),
            spans("{'traceId':'1','spanId':'3'}"));

    assertThat(events(imported.trace(), TraceEventType.ACTOR_STARTED)).hasSize(2);
  }

  @Test
  void anEndBeforeTheStartIsKeptAsItIs() {
    String span = "{'traceId':'1','spanId':'2','startTimeUnixNano':'9','endTimeUnixNano':'4'}";

    FlowTrace trace = read(spans(span)).trace();

    assertThat(trace.endTime()).isEqualTo(trace.startTime());
    assertThat(written(trace)).contains("\"endTimeUnixNano\":\"4\"");
  }

  @Test
  void aScopeOrResourceAfterItsSpansIsReportedAndTheSpansAreTaken() {
    Imported imported =
        read(
            "{'resourceSpans':[{'scopeSpans':[{'spans':[%s],'scope':{}}],'resource':{}}]}"
                .formatted(GOOD));

    assertThat(imported.rejections())
        .containsExactly(
            "a.json:1:82: 'scope' stands after its spans, which are taken without it",
            "a.json:1:98: 'resource' stands after its spans, which are taken without it");
    assertThat(imported.traces()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'spanId':'1'}                                              | field 'traceId' is missing
          {'traceId':'1','spanId':''}                                 | field 'spanId' is missing
          {'traceId':'x','spanId':'1'}                                | field 'traceId' must be 1 to 32 hexadecimal digits: 'x'
          {'traceId':1,'spanId':'1'}                                  | field 'traceId' must be a text, not 1
          {'traceId':'1','spanId':'1','attributes':{}}                | field 'attributes' must be a list, not an object
          {'traceId':'1','spanId':'1','attributes':[7]}               | field 'attributes[0]' must be an object, not 7
          {'traceId':'1','spanId':'1','attributes':[{'key':'a','value':{'intValue':'x'}}]} | field 'attributes[0].value.intValue' must be a whole number of 64 bits
          {'traceId':'1','spanId':'1','attributes':[{'key':'a','value':{'newValue':'x'}}]} | field 'attributes[0].value' holds no value that OTLP knows
          {'traceId':'1','spanId':'1','status':'bad'}                 | field 'status' must be an object, not a text
          """)
  void aWrongSpanIsNamedByItsPlaceAndFieldAndTheOthersAreRead(String wrong, String message) {
    Imported imported = read(spans(wrong + "," + GOOD));

    assertThat(imported.rejections()).containsExactly("a.json:1:44: " + message);
    assertThat(imported.traces()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'resourceSpans':7}                      | a.json:1:18: field 'resourceSpans' must be a list, not a number
          {'resourceSpans':[7]}                    | a.json:1:19: field 'resourceSpans[]' must be an object, not a number
          {'resourceSpans':[{'scopeSpans':{}}]}    | a.json:1:33: field 'scopeSpans' must be a list, not an object
          {'resourceSpans':[{'resource':[]}]}      | a.json:1:31: field 'resource' must be an object, not a list
          [[]]                                     | a.json:1:2: expected an object with resourceSpans, found a list
          {'resourceSpans':[                       | a.json:1:19: the file ends in the middle of a value (truncated?)
          """)
  void aWrongStructureIsNamedByItsPlace(String text, String message) {
    assertThat(read(text).rejections()).containsExactly(message);
  }
}
