package io.tracestore.server;

import static io.tracestore.server.Messages.RECORDED;
import static io.tracestore.server.Messages.end;
import static io.tracestore.server.Messages.event;
import static io.tracestore.server.Messages.get;
import static io.tracestore.server.Messages.record;
import static io.tracestore.server.Messages.start;
import static io.tracestore.server.Messages.started;
import static io.tracestore.server.OtlpTest.TRACE_ID;
import static io.tracestore.server.OtlpTest.request;
import static io.tracestore.server.OtlpTest.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.tracestore.TraceStores;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.ForwardingTraceStore;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces that a server left when it was killed, and the server that is started after it. */
class RestartTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir private Path folder;

  private TraceStore store;

  @BeforeEach
  void open_store() {
    store = TraceStores.open("sqlite:" + folder.resolve("t.db"));
  }

  @AfterEach
  void close_store() {
    store.close();
  }

  private static TraceServer serve(TraceStore store, Duration quietTime) {
    return TraceServer.builder(store).port(0).quietTime(quietTime).start();
  }

  private static void post(int port, ExportTraceServiceRequest request) throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/traces".formatted(port)))
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
            .build();
    assertThat(SocketClient.HTTP.send(post, HttpResponse.BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
  }

  private static FlowTrace complete(TraceStore store, TraceId traceId) throws Exception {
    Messages.await("the trace is there", () -> store.getTrace(traceId).isPresent());
    return store.getTrace(traceId).orElseThrow();
  }

  private static FlowTrace uninterrupted(ExportTraceServiceRequest... requests) throws Exception {
    try (TraceStore other = TraceStores.open("mem:");
        TraceServer server = serve(other, Duration.ofSeconds(2))) {
      for (ExportTraceServiceRequest request : requests) {
        post(server.port(), request);
      }
      return complete(other, TRACE_ID);
    }
  }

  /** Stores events and no headers, as a server that is killed before it stores them. */
  private static final class Headerless extends ForwardingTraceStore {
    Headerless(TraceStore delegate) {
      super(delegate);
    }

    @Override
    public void storeTrace(FlowTrace trace) {
      throw new StoreUnavailableException("no headers", null);
    }
  }

  @Test
  void what_a_killed_server_stored_of_a_trace_becomes_the_trace_of_an_uninterrupted_run()
      throws Exception {
    ExportTraceServiceRequest piece =
        request("shop", span("0000000000000002", "0000000000000001", "part", 100));
    TraceId running = TraceId.random();
    TraceEvent recorded = event("reader");
    Process process = KillTest.serve("sqlite:" + folder.resolve("t.db"));
    try (BufferedReader out = process.inputReader()) {
      int port = Integer.parseInt(String.valueOf(out.readLine()));
      post(port, piece);
      try (SocketClient client =
          SocketClient.connect(URI.create("ws://127.0.0.1:%d/".formatted(port)), null)) {
        assertThat(client.ask(start(running, "etl"))).isEqualTo(started(running));
        assertThat(client.ask(record(running, recorded))).isEqualTo(RECORDED);
        process.destroyForcibly().waitFor();
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(store.getTrace(TRACE_ID)).isEmpty();
    FlowTrace left = store.getTrace(running).orElseThrow();

    try (TraceServer server = serve(store, SHORT)) {
      assertThat(complete(store, TRACE_ID)).isEqualTo(uninterrupted(piece));
      assertThat(store.getTrace(running)).contains(left);
      assertThat(left.status()).isEqualTo(ExecutionStatus.running());
      assertThat(left.events()).containsExactly(recorded);

      try (SocketClient client = SocketClient.connect(server)) {
        assertThat(client.ask(end(running, "\"Completed\""))).isEqualTo(RECORDED);
      }
    }
    FlowTrace ended = store.getTrace(running).orElseThrow();
    assertThat(ended.status()).isEqualTo(ExecutionStatus.completed());
    assertThat(ended.hasIdentityOf(left)).isTrue();
    assertThat(ended.events()).containsExactly(recorded);
  }

  @Test
  @SuppressWarnings("try") // the server only has to run
  void a_trace_whose_root_had_ended_does_not_wait_for_the_quiet_time_after_a_restart()
      throws Exception {
    ExportTraceServiceRequest served =
        request("stock", span("0000000000000003", "0000000000000002", "serve", 200));
    ExportTraceServiceRequest rest =
        request(
            "shop",
            span("0000000000000001", "", "GET /", 0),
            span("0000000000000002", "0000000000000001", "call", 100)
                .setKind(SpanKind.SPAN_KIND_CLIENT));
    try (TraceServer server = serve(new Headerless(store), LONG)) {
      post(server.port(), served);
      post(server.port(), rest);
    }
    assertThat(store.getTrace(TRACE_ID)).isEmpty();
    assertThat(store.getEvents(TRACE_ID)).hasSize(9);

    try (TraceServer server = serve(store, LONG)) {
      assertThat(complete(store, TRACE_ID)).isEqualTo(uninterrupted(served, rest));
    }
  }

  @Test
  void a_trace_that_was_left_is_visible_before_it_is_complete_and_takes_later_pieces()
      throws Exception {
    ExportTraceServiceRequest part =
        request("shop", span("0000000000000002", "0000000000000001", "part", 100));
    ExportTraceServiceRequest root = request("shop", span("0000000000000001", "", "GET /", 0));
    try (TraceServer server = serve(new Headerless(store), LONG)) {
      post(server.port(), part);
    }

    try (TraceServer server = serve(store, LONG);
        SocketClient client = SocketClient.connect(server)) {
      String name = "\"flow_id\":\"shop part\"";
      awaitAnswer(client, get(TRACE_ID), name);
      assertThat(client.ask("{\"QueryTraces\":{\"query\":{}}}"))
          .contains(name, "\"status\":\"Running\"")
          .endsWith("\"total_count\":1}}");
      assertThat(store.getTrace(TRACE_ID)).isEmpty();

      post(server.port(), root);
      assertThat(complete(store, TRACE_ID)).isEqualTo(uninterrupted(part, root));
    }
  }

  private static void awaitAnswer(SocketClient client, String question, String part)
      throws Exception {
    Messages.await(
        "an answer with " + part,
        () -> {
          client.send(question);
          try {
            return client.receive().contains(part);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void events_without_a_begin_become_a_running_trace_of_an_unknown_flow_when_they_were_quiet()
      throws Exception {
    TraceId id = TraceId.random();
    TraceEvent first = event("a");
    TraceEvent second = event("b").toBuilder().timestamp(first.timestamp().plusNanos(5)).build();
    store.storeEvents(id, List.of(second, first));

    try (TraceServer server = serve(store, SHORT)) {
      FlowTrace trace = complete(store, id);
      assertThat(trace.flowId()).isEqualTo("unknown");
      assertThat(trace.status()).isEqualTo(ExecutionStatus.running());
      assertThat(trace.startTime()).isEqualTo(first.timestamp());
      assertThat(trace.events()).containsExactly(first, second);
      try (SocketClient client = SocketClient.connect(server)) {
        assertThat(client.ask(end(id, "\"Completed\""))).isEqualTo(RECORDED);
      }
      assertThat(store.getHeader(id).orElseThrow().status()).isEqualTo(ExecutionStatus.completed());
    }
  }

  @Test
  void events_that_were_left_are_visible_at_once_and_their_begin_may_still_come() throws Exception {
    TraceId id = TraceId.random();
    TraceEvent event = event("a");
    store.storeEvent(id, event);

    try (TraceServer server = serve(store, LONG);
        SocketClient client = SocketClient.connect(server)) {
      awaitAnswer(client, get(id), "\"flow_id\":\"unknown\"");
      assertThat(client.ask("{\"QueryTraces\":{\"query\":{\"flow_id\":\"unknown\"}}}"))
          .contains(ReflowJson.write(event))
          .endsWith("\"total_count\":1}}");
      assertThat(client.ask(start(id, "etl"))).isEqualTo(started(id));
      assertThat(client.ask("{\"QueryTraces\":{\"query\":{}}}"))
          .contains("\"flow_id\":\"etl\"")
          .endsWith("\"total_count\":1}}");
    }
    FlowTrace trace = store.getTrace(id).orElseThrow();
    assertThat(trace.flowId()).isEqualTo("etl");
    assertThat(trace.events()).containsExactly(event);
  }

  @Test
  void events_without_a_begin_keep_waiting_for_it_when_the_server_ends() throws Exception {
    TraceId id = TraceId.random();
    store.storeEvent(id, event("a"));

    try (TraceServer server = serve(store, LONG);
        SocketClient client = SocketClient.connect(server)) {
      awaitAnswer(client, get(id), "\"flow_id\":\"unknown\"");
    }

    assertThat(store.getTrace(id)).isEmpty();
    assertThat(store.getEvents(id)).hasSize(1);
  }

  @Test
  @SuppressWarnings("try") // the server only has to run
  void attributes_that_only_look_like_those_of_spans_make_no_other_trace() throws Exception {
    TraceId bad = TraceId.random();
    TraceId other = TraceId.random();
    store.storeEvent(bad, marked("no trace id"));
    store.storeEvent(other, marked("0102030405060708090a0b0c0d0e0f10"));

    try (TraceServer server = serve(store, SHORT)) {
      assertThat(complete(store, bad).flowId()).isEqualTo("unknown");
      assertThat(complete(store, other).flowId()).isEqualTo("unknown");
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(2);
    }
  }

  private static TraceEvent marked(String traceId) {
    return event("a").toBuilder()
        .data(TraceEventData.builder().attribute("otlp.trace_id", traceId).build())
        .build();
  }

  /** Another server gets events of the trace: one each time that it is read, three in all. */
  private static final class SharedStore extends ForwardingTraceStore {
    private int added;
    private volatile int eventsAtHeader;

    SharedStore(TraceStore delegate) {
      super(delegate);
    }

    @Override
    public synchronized List<TraceEvent> getEvents(TraceId traceId) {
      if (added < 3) {
        added++;
        delegate().storeEvent(traceId, event("b", TraceEventType.MESSAGE_SENT));
      }
      return delegate().getEvents(traceId);
    }

    @Override
    public void storeTrace(FlowTrace trace) {
      eventsAtHeader = delegate().getEvents(trace.traceId()).size();
      delegate().storeTrace(trace);
    }
  }

  @Test
  @SuppressWarnings("try") // the server only has to run
  void a_trace_that_another_server_gets_events_of_is_not_quiet() throws Exception {
    TraceId id = TraceId.random();
    store.storeEvent(id, event("a"));
    SharedStore shared = new SharedStore(store);

    try (TraceServer server = serve(shared, SHORT)) {
      assertThat(complete(store, id).events()).hasSize(4);
    }
    assertThat(shared.eventsAtHeader).isEqualTo(4);
  }
}
