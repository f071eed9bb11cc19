package io.tracestore.migration.jaeger;

import static io.tracestore.migration.spans.Imported.attribute;
import static io.tracestore.migration.spans.Imported.events;
import static io.tracestore.migration.spans.Imported.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.spans.Fixtures;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jaeger's traces become traces of flows, and lose nothing. */
class JaegerImportTest {
  private static Imported read(String... files) {
    return Imported.from(Origin.JAEGER, JaegerReader::new, files);
  }

  private static FlowTrace fixture() throws IOException {
    return read(Fixtures.text("jaeger.json")).trace();
  }

  @Test
  void theHeaderIsThatOfTheRootSpan() throws IOException {
    FlowTrace trace = fixture();

    assertThat(trace.traceId().value()).isEqualTo(new UUID(0, 0x8a3c60f7d1885d2eL));
    assertThat(trace.flowId()).isEqualTo("frontend HTTP GET /dispatch");
    assertThat(trace.startTime()).isEqualTo(Instant.parse("2026-01-05T08:00:00.000100Z"));
    assertThat(trace.endTime()).isEqualTo(Instant.parse("2026-01-05T08:00:00.700100Z"));
    assertThat(trace.status()).isEqualTo(ExecutionStatus.failed("no driver"));
  }

  @Test
  void processesAreActorsAndCallsBetweenThemAreFlowsOfData() throws IOException {
    assertThat(fixture().events())
        .filteredOn(event -> event.eventType() instanceof TraceEventType.DataFlow)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.actorId()).isEqualTo("frontend");
          assertThat(event.eventType())
              .isEqualTo(TraceEventType.dataFlow("driver", "find drivers"));
        });
  }

  @Test
  void theParentIsTheSpanThatItIsAChildOf() throws IOException {
    FlowTrace trace = fixture();

    assertThat(start(trace, "driver", "000000000000002f").causality().parentEventId())
        .isEqualTo(start(trace, "frontend", "000000000000001f").eventId());
  }

  @Test
  void everyKindOfTagIsKept() throws IOException {
    TraceEvent start = start(fixture(), "frontend", "000000000000001f");

    assertThat(ReflowJson.write(JsonValue.object(start.data().customAttributes())))
        .isEqualTo(
            "{\"big\":9007199254740993,\"error\":true,\"http.status_code\":500,"
                + "\"jaeger.flags\":1,\"jaeger.kind\":\"SERVER\","
                + "\"jaeger.process\":{\"hostname\":\"web-1\"},"
                + "\"jaeger.tags_again\":[{\"key\":\"twice\",\"type\":\"string\","
                + "\"value\":\"second\"}],\"ratio\":0.25,"
                + "\"raw\":{\"jaeger.binary\":\"AAEC\"},\"span.kind\":\"server\","
                + "\"twice\":\"first\"}");
  }

  @Test
  void referencesAndWarningsAreKept() throws IOException {
    TraceEvent start = start(fixture(), "driver", "000000000000002f");

    assertThat(attribute(start, "jaeger.warnings").orElseThrow().toString()).contains("clock skew");
    assertThat(attribute(start, "jaeger.references").orElseThrow().toString())
        .contains("FOLLOWS_FROM");
  }

  @Test
  void aLogIsANetworkEventWithItsFields() throws IOException {
    assertThat(events(fixture(), TraceEventType.NETWORK_EVENT))
        .singleElement()
        .satisfies(event -> {
          assertThat(attribute(event, "jaeger.annotation")).contains(JsonValue.of("error"));
          assertThat(attribute(event, "message")).contains(JsonValue.of("no driver"));
        });
  }

  @Test
  void tracesAloneInListsAndInLinesAreRead() {
    String trace = "{'traceID':'%d','spans':[{'traceID':'%1$d','spanID':'1'}],'processes':{}}";

    Imported imported =
        read(
            trace.formatted(1) + "\n" + trace.formatted(2),
            "[" + trace.formatted(3) + "]",
            "{'data':[" + trace.formatted(4) + "]}{'data':[]}");

    assertThat(imported.rejections()).isEmpty();
    assertThat(imported.traces()).hasSize(4);
  }

  @Test
  void errorsThatJaegerReportsAreReported() {
    assertThat(read("{'data':null,'errors':[{'code':404,'msg':'trace not found'}]}").rejections())
        .singleElement()
        .asString()
        .startsWith("a.json:1:1: Jaeger reports errors: ")
        .contains("trace not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'spanID':'1'}                                            | field 'spans[0].traceID' is missing
          {'traceID':'1','spanID':'x'}                              | field 'spans[0].spanID' must be 1 to 16 hexadecimal digits: 'x'
          {'traceID':'1','spanID':'1','tags':[{'key':'a','type':'int64','value':'x'}]} | field 'spans[0].tags[0].value' must be a number
          {'traceID':'1','spanID':'1','references':[{}]}            | field 'spans[0].references[0].traceID' is missing
          {'traceID':'1','spanID':'1','logs':{}}                    | field 'spans[0].logs' must be a list, not an object
          7                                                         | field 'spans[0]' must be an object, not 7
          """)
  void aWrongSpanIsNamedByItsPlaceAndFieldAndTheOthersAreRead(String wrong, String message) {
    Imported imported =
        read("{'data':[{'spans':[%s,{'traceID':'2','spanID':'2'}]}]}".formatted(wrong));

    assertThat(imported.rejections()).containsExactly("a.json:1:10: " + message);
    assertThat(imported.traces()).hasSize(1);
  }

  @Test
  void aFileThatIsCutOffIsNamed() {
    assertThat(read("{'data':[{'spans':[").rejections())
        .containsExactly("a.json:1:20: the file ends in the middle of a value (truncated?)");
  }
}
