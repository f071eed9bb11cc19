package io.tracestore.migration.zipkin;

import static io.tracestore.migration.spans.Imported.attribute;
import static io.tracestore.migration.spans.Imported.events;
import static io.tracestore.migration.spans.Imported.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tracestore.migration.spans.Imported;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The spans of a Zipkin trace become a flow trace. */
class ZipkinImportTest {
  private static final String ROOT =
      "{'traceId':'1f','id':'a1','name':'get /','kind':'SERVER','timestamp':1000001,"
          + "'duration':250,'localEndpoint':{'serviceName':'front','ipv4':'10.0.0.1','port':80},"
          + "'tags':{'http.path':'/'},'debug':true}";
  private static final String CLIENT =
      "{'traceId':'1f','id':'b2','parentId':'a1','name':'post','kind':'CLIENT',"
          + "'timestamp':1000011,'duration':100,'localEndpoint':{'serviceName':'front'}}";
  private static final String SERVER =
      "{'traceId':'1f','id':'b2','parentId':'a1','name':'post /pay','kind':'SERVER',"
          + "'timestamp':1000021,'duration':80,'localEndpoint':{'serviceName':'pay'},"
          + "'remoteEndpoint':{'ipv4':'10.0.0.1'},'shared':true,'tags':{'error':'declined'}}";
  private static final String QUERY =
      "{'traceId':'1f','id':'c3','parentId':'b2','name':'select','kind':'CLIENT',"
          + "'timestamp':1000031,'duration':5,'localEndpoint':{'serviceName':'pay'},"
          + "'remoteEndpoint':{'serviceName':'mysql','port':3306},"
          + "'annotations':[{'timestamp':1000033,'value':'row'}]}";

  private static FlowTrace calls() {
    return Imported.from("[" + String.join(",", ROOT, CLIENT, SERVER, QUERY) + "]").trace();
  }

  @Test
  void theHeaderComesFromTheRootSpanAndTheWholeOfTheTrace() {
    FlowTrace trace = calls();

    assertThat(trace.traceId()).isEqualTo(TraceId.of("00000000-0000-0000-0000-00000000001f"));
    assertThat(trace.flowId()).isEqualTo("front get /");
    assertThat(trace.startTime()).isEqualTo(Instant.ofEpochSecond(1, 1_000));
    assertThat(trace.endTime()).isEqualTo(Instant.ofEpochSecond(1, 251_000));
    assertThat(trace.status()).isEqualTo(ExecutionStatus.completed());
    assertThat(trace.metadata().tags())
        .isEqualTo(Map.of("source", "zipkin", "zipkin.trace_id", "000000000000001f"));
  }

  @Test
  void eachSpanStartsAndEndsItsService() {
    FlowTrace trace = calls();

    assertThat(events(trace, TraceEventType.ACTOR_STARTED))
        .extracting(TraceEvent::actorId, event -> event.data().port())
        .containsExactly(
            tuple("front", "get /"),
            tuple("front", "post"),
            tuple("pay", "post /pay"),
            tuple("pay", "select"));
    assertThat(events(trace, TraceEventType.ACTOR_COMPLETED))
        .extracting(event -> event.data().performanceMetrics().executionTimeNs().orElse(-1))
        .containsExactly(5_000L, 100_000L, 250_000L);
  }

  @Test
  void theErrorTagMakesTheEndAFailureEvenIfItIsEmpty() {
    String failed = ROOT.replace("'http.path':'/'", "'error':''");

    FlowTrace trace = Imported.from(failed).trace();

    assertThat(events(trace, TraceEventType.ACTOR_FAILED))
        .extracting(event -> event.data().error())
        .containsExactly("");
    assertThat(trace.status()).isEqualTo(ExecutionStatus.failed(""));
  }

  @Test
  void anErrorBelowTheRootFailsItsActorOnly() {
    FlowTrace trace = calls();

    assertThat(events(trace, TraceEventType.ACTOR_FAILED))
        .extracting(TraceEvent::actorId, event -> event.data().error())
        .containsExactly(tuple("pay", "declined"));
    assertThat(trace.status().kind()).isEqualTo(ExecutionStatus.Kind.COMPLETED);
  }

  @Test
  void kindsBecomeMessages() {
    FlowTrace trace = calls();

    assertThat(events(trace, TraceEventType.MESSAGE_RECEIVED))
        .extracting(TraceEvent::actorId)
        .containsExactly("front", "pay");
    assertThat(events(trace, TraceEventType.MESSAGE_SENT))
        .extracting(TraceEvent::actorId)
        .containsExactly("front", "pay");
  }

  @Test
  void callsBetweenServicesBecomeFlowsOfData() {
    FlowTrace trace = calls();

    assertThat(trace.events())
        .filteredOn(event -> event.eventType() instanceof TraceEventType.DataFlow)
        .extracting(TraceEvent::actorId, TraceEvent::eventType)
        .containsExactly(
            tuple("front", TraceEventType.dataFlow("pay", "post /pay")),
            tuple("pay", TraceEventType.dataFlow("mysql", "select")));
  }

  @Test
  void bothHalvesOfASharedSpanAreKeptOneBelowTheOther() {
    FlowTrace trace = calls();
    TraceEvent client = start(trace, "front", "00000000000000b2");
    TraceEvent server = start(trace, "pay", "00000000000000b2");

    assertThat(server.causality().parentEventId()).isEqualTo(client.eventId());
    assertThat(start(trace, "pay", "00000000000000c3").causality().parentEventId())
        .isEqualTo(server.eventId());
  }

  @Test
  void causalityLeadsThroughTheAncestorsToTheRoot() {
    FlowTrace trace = calls();
    TraceEvent root = start(trace, "front", "00000000000000a1");
    TraceEvent query = start(trace, "pay", "00000000000000c3");

    assertThat(root.causality().parentEventId()).isNull();
    assertThat(root.causality().rootCauseEventId()).isEqualTo(root.eventId());
    assertThat(query.causality().rootCauseEventId()).isEqualTo(root.eventId());
    assertThat(query.causality().dependencyChain())
        .containsExactly(
            start(trace, "front", "00000000000000b2").eventId(),
            start(trace, "pay", "00000000000000b2").eventId());
  }

  @Test
  void whatASpanDidNamesItsStartAndNotTheAncestorsAgain() {
    FlowTrace trace = calls();
    TraceEvent query = start(trace, "pay", "00000000000000c3");
    TraceEvent ended =
        events(trace, TraceEventType.ACTOR_COMPLETED).stream()
            .filter(event -> event.causality().spanId().equals("00000000000000c3"))
            .findFirst()
            .orElseThrow();

    assertThat(ended.causality().parentEventId()).isEqualTo(query.eventId());
    assertThat(ended.causality().rootCauseEventId())
        .isEqualTo(query.causality().rootCauseEventId());
    assertThat(ended.causality().dependencyChain()).isEmpty();
  }

  @Test
  void theIdsOfASpansEventsDifferInTheirFirstFourBytesAlone() {
    List<String> ids =
        calls().events().stream()
            .filter(event -> event.actorId().equals("pay"))
            .filter(event -> event.causality().spanId().equals("00000000000000b2"))
            .map(event -> event.eventId().toString())
            .toList();

    assertThat(ids).hasSizeGreaterThan(2).doesNotHaveDuplicates();
    assertThat(ids.stream().map(id -> id.substring(8)).distinct()).hasSize(1);
  }

  @Test
  void annotationsBecomeNetworkEvents() {
    List<TraceEvent> events = events(calls(), TraceEventType.NETWORK_EVENT);

    assertThat(events).hasSize(1);
    assertThat(events.getFirst().timestamp()).isEqualTo(Instant.ofEpochSecond(1, 33_000));
    assertThat(attribute(events.getFirst(), "zipkin.annotation")).contains(JsonValue.of("row"));
  }

  @Test
  void valuesWithoutAFieldAreKeptInTheAttributesOfTheStart() {
    TraceEvent root =
        start(
            Imported.from(ROOT.replace("'debug'", "'new_field':[1,{'a':1.50}],'debug'")).trace(),
            "front",
            "00000000000000a1");

    assertThat(root.data().customAttributes())
        .isEqualTo(
            Map.of(
                "http.path", JsonValue.of("/"),
                "zipkin.kind", JsonValue.of("SERVER"),
                "zipkin.debug", JsonValue.of(true),
                "zipkin.local_endpoint",
                    JsonValue.object(
                        Map.of("serviceName", "front", "ipv4", "10.0.0.1", "port", 80)),
                "zipkin.other",
                    JsonValue.object(Map.of("new_field", List.of(1, Map.of("a", 1.5))))));
  }

  @Test
  void aTagNamedLikeOneOfOursDoesNotHideOurs() {
    TraceEvent root =
        start(
            Imported.from(ROOT.replace("http.path", "zipkin.kind")).trace(),
            "front",
            "00000000000000a1");

    assertThat(attribute(root, "zipkin.kind")).contains(JsonValue.of("SERVER"));
    assertThat(attribute(root, "zipkin.tag.zipkin.kind")).contains(JsonValue.of("/"));
  }

  @Test
  void aSpanWithoutTimesTakesThatOfItsParentAndSaysSo() {
    String bare = "{'traceId':'1f','id':'d4','parentId':'a1'}";

    FlowTrace trace = Imported.from("[" + ROOT + "," + bare + "]").trace();
    TraceEvent start = start(trace, "unknown", "00000000000000d4");

    assertThat(start.timestamp()).isEqualTo(Instant.ofEpochSecond(1, 1_000));
    assertThat(attribute(start, "zipkin.timestamp_missing")).contains(JsonValue.of(true));
    assertThat(events(trace, TraceEventType.ACTOR_COMPLETED))
        .filteredOn(event -> event.actorId().equals("unknown"))
        .extracting(TraceEvent::data)
        .containsExactly(TraceEventData.EMPTY);
  }

  @Test
  void aSpanWhoseParentIsNotThereStandsAtTheTopAndKeepsItsParentsId() {
    FlowTrace trace = Imported.from(CLIENT).trace();
    TraceEvent start = start(trace, "front", "00000000000000b2");

    assertThat(start.causality().parentEventId()).isNull();
    assertThat(attribute(start, "zipkin.parent_id")).contains(JsonValue.of("00000000000000a1"));
  }

  @Test
  void spansThatAreEachOthersParentsAreBothKept() {
    FlowTrace trace =
        Imported.from(
                "[{'traceId':'1','id':'1','parentId':'2'},{'traceId':'1','id':'2','parentId':'1'}]")
            .trace();

    assertThat(events(trace, TraceEventType.ACTOR_STARTED)).hasSize(2);
  }

  @Test
  void a128BitTraceIdIsTheUuid() {
    FlowTrace trace =
        Imported.from(ROOT.replace("'1f'", "'463AC35C9F6413AD48485A3953BB6124'")).trace();

    assertThat(trace.traceId()).isEqualTo(TraceId.of("463ac35c-9f64-13ad-4848-5a3953bb6124"));
  }

  @Test
  void theOrderAndSpellingOfTheFileDoNotMatter() {
    String spaced =
        "[\n[" + String.join(",\n  ", QUERY, SERVER.replace(",", " ,\n"), ROOT, CLIENT) + "]]";

    assertThat(Imported.from(spaced).trace()).isEqualTo(calls());
  }

  @Test
  void aSpanReportedTwiceIsOne() {
    assertThat(
            Imported.from("[" + String.join(",", ROOT, ROOT, CLIENT, SERVER, QUERY) + "]").trace())
        .isEqualTo(calls());
  }

  @Test
  void theSpansOfATraceMayBeSpreadOverFilesAndLines() {
    assertThat(Imported.from("[" + QUERY + "]\n[[" + ROOT + "]]", SERVER + "\n" + CLIENT).trace())
        .isEqualTo(calls());
  }

  @Test
  void microsecondsAreKept() {
    String late = ROOT.replace("1000001", "1543334727215551");

    assertThat(Imported.from(late).trace().startTime())
        .isEqualTo(Instant.parse("2018-11-27T16:05:27.215551Z"));
  }

  @Test
  void aTraceTooLargeForTheMemoryIsRefusedAndTheOthersAreRead() {
    String large = ROOT.replace("'/'", "'" + "x".repeat(20_000) + "'");
    String small = ROOT.replace("'1f'", "'2f'");

    Imported imported = Imported.from(400_000, large + large.replace("'a1'", "'a2'") + small);

    assertThat(imported.traces()).extracting(t -> t.traceId().toString()).hasSize(1);
    assertThat(imported.rejections())
        .singleElement()
        .asString()
        .startsWith("a.json:1:1: trace 000000000000001f is too large for this memory:");
  }

  @Test
  void aChainOfTenThousandSpansIsReadQuickly() {
    StringBuilder chain = new StringBuilder();
    for (int i = 1; i <= 10_000; i++) {
      chain.append("{'traceId':'1','id':'%x'".formatted(i));
      chain.append(i == 1 ? "}" : ",'parentId':'%x'}".formatted(i - 1));
    }

    FlowTrace trace = Imported.from(chain.toString()).trace();

    assertThat(events(trace, TraceEventType.ACTOR_STARTED))
        .hasSize(10_000)
        .allSatisfy(e -> assertThat(e.causality().dependencyChain()).hasSizeLessThanOrEqualTo(64));
  }
}
