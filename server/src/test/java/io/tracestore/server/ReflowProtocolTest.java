package io.tracestore.server;

import static io.tracestore.server.Messages.RECORDED;
import static io.tracestore.server.Messages.end;
import static io.tracestore.server.Messages.event;
import static io.tracestore.server.Messages.get;
import static io.tracestore.server.Messages.record;
import static io.tracestore.server.Messages.start;
import static io.tracestore.server.Messages.started;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.tracestore.TraceStores;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.Bytes;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reflow's protocol, with transcripts that the JDK's WebSocket client sends. */
class ReflowProtocolTest {
  private static final UUID REQUEST = UUID.fromString("11111111-2222-4333-8444-555555555555");

  private TraceStore store;
  private TraceServer server;
  private SocketClient client;

  @BeforeEach
  void start_server() {
    store = TraceStores.open("mem:?maxEventsPerTrace=10000");
    server = TraceServer.builder(store).port(0).start();
    client = SocketClient.connect(server);
  }

  @AfterEach
  void stop_server() {
    client.close();
    server.close();
    store.close();
  }

  private FlowTrace stored(TraceId traceId) {
    return store.getTrace(traceId).orElseThrow();
  }

  @Test
  void a_program_starts_a_trace_records_events_and_ends_it() throws Exception {
    TraceId id = TraceId.random();
    TraceEvent first = event("reader");
    TraceEvent second = event("writer", TraceEventType.ACTOR_COMPLETED);
    Instant before = Instant.now();

    assertThat(client.ask(start(id, "etl"))).isEqualTo(started(id));
    assertThat(client.ask(record(id, first))).isEqualTo(RECORDED);
    assertThat(client.ask(record(id, second))).isEqualTo(RECORDED);

    FlowTrace running = stored(id);
    assertThat(running.flowId()).isEqualTo("etl");
    assertThat(running.status()).isEqualTo(ExecutionStatus.running());
    assertThat(running.startTime()).isBetween(before, Instant.now());
    assertThat(running.endTime()).isNull();
    assertThat(running.version())
        .isEqualTo(new FlowVersion(1, 2, 3, null, Instant.parse("2026-01-02T03:04:05Z")));
    assertThat(running.metadata().environment()).isEqualTo("unknown");
    assertThat(running.metadata().hostname()).isEqualTo("unknown");
    assertThat(running.events()).containsExactlyInAnyOrder(first, second);

    assertThat(client.ask(end(id, "{\"Failed\":{\"error\":\"disk full\"}}"))).isEqualTo(RECORDED);

    FlowTrace ended = stored(id);
    assertThat(ended.status()).isEqualTo(ExecutionStatus.failed("disk full"));
    assertThat(ended.endTime()).isBetween(running.startTime(), Instant.now());
    assertThat(
            ended.withEvents(List.of()).toBuilder().status(running.status()).endTime(null).build())
        .isEqualTo(running.withEvents(List.of()));
  }

  @Test
  void the_end_of_a_connection_completes_the_traces_that_it_left_open() throws Exception {
    TraceId open = TraceId.random();
    TraceId failed = TraceId.random();
    client.ask(start(open, "etl"));
    client.ask(start(failed, "etl"));
    client.ask(end(failed, "{\"Failed\":{\"error\":\"x\"}}"));

    client.close();

    Messages.await(
        "the trace is completed", () -> stored(open).status().equals(ExecutionStatus.completed()));
    assertThat(stored(open).endTime()).isNotNull();
    assertThat(stored(failed).status()).isEqualTo(ExecutionStatus.failed("x"));
  }

  @Test
  void a_process_that_dies_without_a_word_completes_its_traces_too() throws Exception {
    TraceId open = TraceId.random();
    client.ask(start(open, "etl"));

    client.abort();

    Messages.await(
        "the trace is completed", () -> stored(open).status().equals(ExecutionStatus.completed()));
  }

  @Test
  void events_of_the_first_generation_belong_to_the_connections_current_trace() throws Exception {
    TraceEvent first = event("a");
    TraceEvent second = event("b");
    String answer = client.ask(start("old"));
    TraceId current = TraceId.of(answer.substring(29, 65));
    assertThat(answer).isEqualTo(started(current));

    assertThat(client.ask(record(TraceId.random(), first))).isEqualTo(RECORDED);
    assertThat(client.ask(record(TraceId.random(), second))).isEqualTo(RECORDED);

    assertThat(stored(current).events()).containsExactlyInAnyOrder(first, second);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);

    TraceId next = TraceId.of(client.ask(start("old")).substring(29, 65));
    client.ask(record(TraceId.random(), first));
    assertThat(stored(next).events()).containsExactly(first);
  }

  @Test
  void events_that_the_first_generation_sends_before_it_begins_its_trace_belong_to_it_too()
      throws Exception {
    TraceEvent first = event("a");
    TraceEvent second = event("b");
    client.ask(record(TraceId.random(), first));
    client.ask(record(TraceId.random(), second));

    TraceId current = TraceId.of(client.ask(start("old")).substring(29, 65));

    assertThat(stored(current).events()).containsExactlyInAnyOrder(first, second);
    client.close();
    Messages.await(
        "the trace is completed",
        () -> stored(current).status().equals(ExecutionStatus.completed()));
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
  }

  @Test
  void a_trace_of_which_only_events_came_is_there_as_a_running_one_of_an_unknown_flow()
      throws Exception {
    TraceId id = TraceId.random();
    TraceEvent event = event("a");
    client.ask(record(id, event));

    String answer = client.ask("{\"QueryTraces\":{\"query\":{\"flow_id\":\"unknown\"}}}");

    FlowTrace trace = stored(id);
    assertThat(trace.flowId()).isEqualTo("unknown");
    assertThat(trace.status()).isEqualTo(ExecutionStatus.running());
    assertThat(trace.startTime()).isEqualTo(event.timestamp());
    assertThat(trace.events()).containsExactly(event);
    assertThat(answer).contains(ReflowJson.write(trace)).endsWith("\"total_count\":1}}");
  }

  @Test
  void a_trace_that_begins_after_its_first_event_has_the_flow_that_it_was_given() throws Exception {
    TraceId id = TraceId.random();
    client.send(record(id, event("a")));
    client.send(start(id, "etl"));
    assertThat(List.of(client.receive(), client.receive())).containsExactly(RECORDED, started(id));

    assertThat(stored(id).flowId()).isEqualTo("etl");
    assertThat(stored(id).events()).hasSize(1);
  }

  @Test
  void a_begin_that_is_sent_again_changes_nothing_and_another_flow_is_refused() throws Exception {
    TraceId id = TraceId.random();
    client.ask(start(id, "etl"));
    FlowTrace before = stored(id);

    try (SocketClient other = SocketClient.connect(server)) {
      assertThat(other.ask(start(id, "etl"))).isEqualTo(started(id));
      assertThat(stored(id)).isEqualTo(before);
      assertThat(other.ask(start(id, "web")))
          .isEqualTo(
              "{\"Error\":{\"message\":\"trace %s is of flow 'etl', not of 'web'\",\"code\":\"InvalidRequest\"}}"
                  .formatted(id));
    }
  }

  @Test
  void two_servers_on_one_store_serve_parts_of_one_trace() throws Exception {
    TraceId id = TraceId.random();
    TraceEvent here = event("a");
    TraceEvent there = event("b");
    client.ask(start(id, "etl"));
    client.ask(record(id, here));
    try (TraceServer second = TraceServer.builder(store).port(0).start()) {
      SocketClient other = SocketClient.connect(second);
      assertThat(other.ask(record(id, there))).isEqualTo(RECORDED);
      other.close();
      assertThat(other.closeCode()).isEqualTo(1000);
    }
    // The end of a connection that only added events is not the trace's.
    assertThat(stored(id).status()).isEqualTo(ExecutionStatus.running());

    assertThat(client.ask(end(id, "\"Completed\""))).isEqualTo(RECORDED);
    assertThat(stored(id).events()).containsExactlyInAnyOrder(here, there);
  }

  @Test
  void a_trace_is_answered_with_the_id_of_the_request_and_null_where_there_is_none()
      throws Exception {
    TraceId id = TraceId.random();
    client.ask(start(id, "etl"));
    client.ask(record(id, event("a")));

    assertThat(client.ask(get(id)))
        .isEqualTo(
            "{\"TraceData\":{\"request_id\":\"%s\",\"trace\":%s}}"
                .formatted(id, ReflowJson.write(stored(id))));
    TraceId unknown = TraceId.random();
    assertThat(client.ask(get(unknown)))
        .isEqualTo("{\"TraceData\":{\"request_id\":\"%s\",\"trace\":null}}".formatted(unknown));
    assertThat(client.ask("{\"GetTrace\":{\"trace_id\":\"%s\"}}".formatted(unknown)))
        .matches("\\{\"TraceData\":\\{\"request_id\":\"[0-9a-f-]{36}\",\"trace\":null}}");
  }

  @Test
  void a_query_is_answered_with_the_traces_that_match_and_their_number() throws Exception {
    for (int i = 0; i < 5; i++) {
      client.ask(start(TraceId.random(), i < 3 ? "etl" : "web"));
    }

    List<FlowTrace> etl = store.queryTraces(TraceQuery.builder().flowId("etl").limit(2).build());
    assertThat(
            client.ask(
                "{\"QueryTraces\":{\"request_id\":\"%s\",\"query\":{\"flow_id\":\"etl\",\"execution_id\":null,\"time_range\":null,\"status\":\"Running\",\"actor_filter\":null,\"limit\":2,\"offset\":null}}}"
                    .formatted(REQUEST)))
        .isEqualTo(
            "{\"QueryResults\":{\"request_id\":\"%s\",\"traces\":[%s,%s],\"total_count\":3}}"
                .formatted(REQUEST, ReflowJson.write(etl.get(0)), ReflowJson.write(etl.get(1))));
  }

  @Test
  void versions_of_a_flow_are_those_of_its_traces() throws Exception {
    client.ask(start(TraceId.random(), "etl"));
    client.ask(start(TraceId.random(), "etl"));
    client.ask(start(TraceId.random(), "etl").replace("\"minor\":2", "\"minor\":1"));
    client.ask(start(TraceId.random(), "web").replace("\"minor\":2", "\"minor\":7"));

    assertThat(client.ask("{\"GetFlowVersions\":{\"flow_id\":\"etl\"}}"))
        .isEqualTo(
            "{\"FlowVersions\":{\"versions\":["
                + "{\"major\":1,\"minor\":1,\"patch\":3,\"git_hash\":null,\"timestamp\":\"2026-01-02T03:04:05Z\"},"
                + "{\"major\":1,\"minor\":2,\"patch\":3,\"git_hash\":null,\"timestamp\":\"2026-01-02T03:04:05Z\"}]}}");
    assertThat(client.ask("{\"GetFlowVersions\":{\"flow_id\":\"nothing\"}}"))
        .isEqualTo("{\"FlowVersions\":{\"versions\":[]}}");
  }

  @Test
  void control_frames_between_and_within_messages_are_taken() throws Exception {
    client.sendPingAndPong();
    client.sendPart("\"Pi");
    client.sendPingAndPong();
    client.sendPingAndPong();
    client.send("ng\"");
    assertThat(client.receive()).isEqualTo("\"Pong\"");
    assertThat(client.ask("\"Ping\"")).isEqualTo("\"Pong\"");
  }

  @Test
  void a_ping_is_answered() throws Exception {
    assertThat(client.ask("\"Ping\"")).isEqualTo("\"Pong\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"flow_ids\":[\"etl\"],\"actor_ids\":null,\"event_types\":null,\"status_filter\":null}",
        "{\"flow_ids\":null,\"actor_ids\":[\"a\"],\"event_types\":null,\"status_filter\":null}",
        "{\"event_types\":[{\"DataFlow\":{\"to_actor\":\"x\",\"to_port\":\"y\"}},\"ActorStarted\"]}",
        "{\"status_filter\":[\"Completed\",\"Running\"],\"flow_ids\":[\"etl\"]}"
      })
  void a_subscriber_hears_of_the_events_that_its_filter_lets_through(String filter)
      throws Exception {
    TraceId wanted = TraceId.random();
    TraceId other = TraceId.random();
    TraceEvent heard = event("a");
    try (SocketClient subscriber = SocketClient.connect(server)) {
      assertThat(subscriber.ask("{\"Subscribe\":{\"filters\":%s}}".formatted(filter)))
          .isEqualTo(RECORDED);
      client.ask(start(wanted, "etl"));
      client.ask(start(other, "web"));
      client.ask(end(other, "\"Cancelled\""));
      client.ask(record(other, event("b", TraceEventType.ACTOR_FAILED)));
      client.ask(record(wanted, heard));

      assertThat(subscriber.receive())
          .isEqualTo(
              "{\"EventNotification\":{\"trace_id\":\"%s\",\"event\":%s}}"
                  .formatted(wanted, ReflowJson.write(heard)));
      assertThat(subscriber.ask("\"Unsubscribe\"")).isEqualTo(RECORDED);
      client.ask(record(wanted, event("a")));
      assertThat(subscriber.ask("\"Ping\"")).isEqualTo("\"Pong\"");
    }
  }

  @Test
  void the_older_family_is_answered_in_its_own_words() throws Exception {
    FlowTrace trace =
        FlowTrace.builder("etl").event(event("a")).status(ExecutionStatus.completed()).build();
    String json = ReflowJson.write(trace);

    assertThat(client.ask("{\"StoreTrace\":{\"trace\":%s}}".formatted(json)))
        .isEqualTo("{\"TraceStored\":{\"trace_id\":\"%s\"}}".formatted(trace.traceId()));
    assertThat(store.getTrace(trace.traceId())).contains(trace);
    // A request id that is none is passed over by the older family only.
    assertThat(
            client.ask(
                "{\"GetTrace\":{\"request_id\":7,\"trace_id\":\"%s\"}}".formatted(trace.traceId())))
        .isEqualTo("{\"TraceData\":{\"trace\":%s}}".formatted(json));
    assertThat(client.ask("{\"QueryTraces\":{\"request_id\":7,\"query\":{}}}"))
        .isEqualTo("{\"TracesFound\":{\"traces\":[%s]}}".formatted(json));
    assertThat(client.ask("{\"Subscribe\":{\"filter\":{\"actor_ids\":[\"b\"]}}}"))
        .isEqualTo(RECORDED);
    assertThat(client.ask("\"GetMetrics\""))
        .startsWith("{\"Metrics\":{\"data\":{\"connections_active\":1,\"connections_total\":1,");
    TraceId unknown = TraceId.random();
    assertThat(
            client.ask("{\"GetTrace\":{\"request_id\":7,\"trace_id\":\"%s\"}}".formatted(unknown)))
        .isEqualTo("{\"Error\":{\"message\":\"trace %s is not stored\"}}".formatted(unknown));
  }

  @Test
  void binary_messages_hold_json_as_it_is_or_compressed_and_answers_are_text() throws Exception {
    TraceId id = TraceId.random();
    client.sendBinary(Zstd.compress(start(id, "etl").getBytes(StandardCharsets.UTF_8)));
    assertThat(client.receive()).isEqualTo(started(id));
    client.sendBinary("\"Ping\"".getBytes(StandardCharsets.UTF_8));
    assertThat(client.receive()).isEqualTo("\"Pong\"");
    client.sendBinary(new byte[] {(byte) 0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 1, 2, 3});
    assertThat(client.receive()).contains("\"code\":\"SerializationError\"");
    client.sendBinary(new byte[] {(byte) 0xFF, 1});
    assertThat(client.receive()).contains("\"code\":\"SerializationError\"");
    assertThat(client.ask("\"Ping\"")).isEqualTo("\"Pong\"");
  }

  @Test
  void a_message_in_many_frames_and_an_answer_of_megabytes_arrive_whole() throws Exception {
    TraceId id = TraceId.random();
    TraceEvent large =
        event("a").toBuilder()
            .data(
                TraceEventData.builder()
                    .message(MessageSnapshot.of("Bytes", Bytes.of(new byte[2_000_000])))
                    .build())
            .build();
    String message = record(id, large);
    client.ask(start(id, "etl"));
    int third = message.length() / 3;
    client.sendPart(message.substring(0, third));
    client.sendPart(message.substring(third, 2 * third));
    client.send(message.substring(2 * third));
    assertThat(client.receive()).isEqualTo(RECORDED);

    assertThat(client.ask(get(id))).contains(ReflowJson.write(large));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "nonsense",
        "{\"RecordEvent\":{\"trace_id\":\"00000000-0000-4000-8000-000000000000\",\"event\":"
      })
  void what_is_not_json_is_an_error_and_the_conversation_goes_on(String message) throws Exception {
    assertThat(client.ask(message)).endsWith("\"code\":\"SerializationError\"}}");
    assertThat(client.ask("\"Ping\"")).isEqualTo("\"Pong\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "7",
        "\"Nonsense\"",
        "{\"StartTrace\":{}}",
        "{\"EndTrace\":{\"trace_id\":\"x\",\"status\":\"Completed\"}}",
        "{\"RecordEvent\":{\"trace_id\":\"00000000-0000-4000-8000-000000000000\",\"event\":{}}}",
        "{\"Ping\":null,\"Unsubscribe\":null}"
      })
  void what_is_no_request_is_an_error_and_the_conversation_goes_on(String message)
      throws Exception {
    assertThat(client.ask(message)).endsWith("\"code\":\"InvalidRequest\"}}");
    assertThat(client.ask("\"Ping\"")).isEqualTo("\"Pong\"");
  }

  @Test
  void the_end_of_a_trace_of_which_nothing_is_stored_is_not_found() throws Exception {
    TraceId id = TraceId.random();
    assertThat(client.ask(end(id, "\"Completed\"")))
        .isEqualTo(
            "{\"Error\":{\"message\":\"nothing is stored of trace %s\",\"code\":\"NotFound\"}}"
                .formatted(id));
  }

  @Test
  void what_an_event_may_not_hold_is_told_and_the_next_one_is_stored() throws Exception {
    TraceId id = TraceId.random();
    TraceEvent good = event("a");
    client.ask(start(id, "etl"));
    client.send(record(id, good).replace("\"actor_id\":\"a\"", "\"actor_id\":7"));
    client.send(record(id, good));

    assertThat(client.receive()).contains("InvalidRequest", "actor_id");
    assertThat(client.receive()).isEqualTo(RECORDED);
    assertThat(stored(id).events()).containsExactly(good);
  }

  @Test
  void many_events_in_flight_are_answered_in_their_order_and_all_are_stored() throws Exception {
    TraceId id = TraceId.random();
    client.ask(start(id, "etl"));
    for (int i = 0; i < 5000; i++) {
      client.send(record(id, event("a" + i)));
      if (i % 100 == 99) {
        client.send("\"Ping\"");
      }
    }
    for (int i = 0; i < 5050; i++) {
      assertThat(client.receive()).isEqualTo(i % 101 == 100 ? "\"Pong\"" : RECORDED);
    }
    assertThat(stored(id).events()).hasSize(5000);
  }
}
