package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.ReflowJsonReader.Item;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of Reflow's protocol, kept in a file, are read as the traces that they carry. */
class ReflowMessagesTest {
  private static final FlowTrace TRACE = ReflowFilesTest.expected();
  private static final List<TraceEvent> EVENTS = TRACE.events();
  private static final String JSON = ReflowJson.write(TRACE);
  private static final TraceId OTHER = TraceId.of("00000000-0000-0000-0000-0000000000aa");
  private static final String VERSION =
      "{'major':1,'minor':2,'patch':3,'git_hash':null,'timestamp':'2025-01-31T00:00:00Z'}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'TraceData':{'request_id':'r','trace':%s}}",
        "{'TraceData':{'trace':%s}}",
        "{'StoreTrace':{'trace':%s}}",
        "{'TracesFound':{'traces':[%s]}}",
        "{'QueryResults':{'request_id':'r','traces':[%s],'total_count':1}}",
        "[{'QueryResults':{'traces':[%s]}}]",
        "'Pong'\n{'EventRecorded':{'success':true,'error':null}}\n{'TraceData':{'trace':%s}}\n'Ping'",
      })
  void aTraceIsReadFromTheMessageThatCarriesIt(String message) {
    assertThat(readAll(message.replace('\'', '"').formatted(JSON)))
        .containsExactly(new Item.Trace(1, TRACE));
  }

  @Test
  void tracesOfSeveralMessagesAndTracesAloneAreReadInTheirOrder() {
    String file =
        """
        {"QueryResults":{"traces":[%1$s,%1$s],"total_count":2}}
        %1$s
        {"TracesFound":{"traces":[]}}
        [{"TracesFound":{"traces":[%1$s]}},%1$s]
        """
            .formatted(JSON);

    assertThat(readAll(file))
        .containsExactly(
            new Item.Trace(1, TRACE),
            new Item.Trace(2, TRACE),
            new Item.Trace(3, TRACE),
            new Item.Trace(4, TRACE),
            new Item.Trace(5, TRACE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'TraceData':{'request_id':'r','trace':null}}",
        "{'QueryResults':{'traces':[],'total_count':0}}",
        "{'Error':{'message':'no','code':'NotFound'}}",
        "'Ping'",
      })
  void aMessageWithoutATraceHoldsNone(String message) {
    assertThat(readAll(message.replace('\'', '"'))).isEmpty();
  }

  @Test
  void aTraceThatIsNoneWithinAMessageIsReportedAndTheOthersAreRead() {
    String file = "{\"QueryResults\":{\"traces\":[%1$s,{},%1$s]}}\n%1$s".formatted(JSON);

    List<Item> items = readAll(file);

    assertThat(items).hasSize(4).element(1).isInstanceOf(Item.Rejected.class);
    assertThat(items).element(2).isEqualTo(new Item.Trace(3, TRACE));
    assertThat(items).element(3).isEqualTo(new Item.Trace(4, TRACE));
  }

  @Test
  void eventsRecordedBetweenStartAndEndAreATrace() {
    String file =
        start(TRACE.traceId())
            + record(TRACE.traceId(), EVENTS.get(0))
            + start(OTHER)
            + record(OTHER, EVENTS.get(1))
            + record(TRACE.traceId(), EVENTS.get(2))
            + "{\"EndTrace\":{\"trace_id\":\"%s\",\"status\":\"Cancelled\"}}%n"
                .formatted(TRACE.traceId());

    assertThat(readAll(file))
        .containsExactly(
            new Item.Trace(
                1,
                recorded(
                    TRACE.traceId(), ExecutionStatus.cancelled(), EVENTS.get(0), EVENTS.get(2))),
            new Item.Trace(2, recorded(OTHER, ExecutionStatus.completed(), EVENTS.get(1))));
  }

  @Test
  void eventsOfAClientOfTheFirstGenerationBelongToTheTraceThatWasStartedLast() {
    String file =
        start(null)
            + record(TRACE.traceId(), EVENTS.get(0))
            + record(TraceId.random(), EVENTS.get(1))
            + start(null)
            + record(OTHER, EVENTS.get(2));

    assertThat(readAll(file))
        .containsExactly(
            new Item.Trace(
                1,
                recorded(
                    TRACE.traceId(), ExecutionStatus.completed(), EVENTS.get(0), EVENTS.get(1))),
            new Item.Trace(2, recorded(OTHER, ExecutionStatus.completed(), EVENTS.get(2))));
  }

  @Test
  void anEventOfATraceThatWasNotStartedMakesOneOfAnUnknownFlow() {
    List<Item> items = readAll(record(OTHER, EVENTS.get(0)));

    assertThat(items)
        .containsExactly(
            new Item.Trace(
                1,
                recorded(OTHER, ExecutionStatus.completed(), EVENTS.get(0)).toBuilder()
                    .flowId("unknown")
                    .version(FlowVersion.of(0, 0, 0))
                    .build()));
  }

  private static FlowTrace recorded(TraceId id, ExecutionStatus status, TraceEvent... events) {
    return FlowTrace.builder("etl")
        .traceId(id)
        .executionId(new ExecutionId(id.value()))
        .version(new FlowVersion(1, 2, 3, null, TRACE.version().timestamp()))
        .startTime(events[0].timestamp())
        .endTime(events[events.length - 1].timestamp())
        .status(status)
        .events(List.of(events))
        .build();
  }

  private static String start(@Nullable TraceId id) {
    String named = id == null ? "" : "'trace_id':'" + id + "',";
    String message = "{'StartTrace':{" + named + "'flow_id':'etl','version':" + VERSION + "}}\n";
    return message.replace('\'', '"');
  }

  private static String record(TraceId id, TraceEvent event) {
    return "{\"RecordEvent\":{\"trace_id\":\"%s\",\"event\":%s}}%n"
        .formatted(id, ReflowJson.write(event));
  }

  private static List<Item> readAll(String text) {
    List<Item> items = new ArrayList<>();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (ReflowJsonReader reader =
        new ReflowJsonReader(new ByteArrayInputStream(bytes), "m.json")) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        items.add(item.get());
      }
    }
    return items;
  }
}
