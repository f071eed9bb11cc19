package io.tracestore.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.tracestore.TraceStores;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP over HTTP, from OpenTelemetry's own exporter and byte by byte. */
class OtlpTest {
  private static final String TRACE = "0102030405060708090a0b0c0d0e0f10";
  static final TraceId TRACE_ID = TraceId.of("01020304-0506-0708-090a-0b0c0d0e0f10");
  private static final long START = 1_767_323_045_000_000_000L;

  private TraceStore store;
  private TraceServer server;

  @BeforeEach
  void start_server() {
    store = TraceStores.open("mem:?maxEventsPerTrace=100000");
    server = serve(Duration.ofSeconds(2));
  }

  private TraceServer serve(Duration quietTime) {
    return TraceServer.builder(store)
        .port(0)
        .otlpPort(0)
        .quietTime(quietTime)
        .maxMessageBytes(1 << 20)
        .start();
  }

  @AfterEach
  void stop_server() {
    server.close();
    store.close();
  }

  private String url() {
    return "http://127.0.0.1:%d/v1/traces".formatted(server.otlpPort().orElseThrow());
  }

  private HttpResponse<byte[]> post(String type, String encoding, byte[] body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url()))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!encoding.isEmpty()) {
      request.header("Content-Encoding", encoding);
    }
    return SocketClient.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> post(ExportTraceServiceRequest request) throws Exception {
    return post("application/x-protobuf", "", request.toByteArray());
  }

  static io.opentelemetry.proto.trace.v1.Span.Builder span(
      String spanId, String parentId, String name, long offset) {
    return io.opentelemetry.proto.trace.v1.Span.newBuilder()
        .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
        .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(spanId)))
        .setParentSpanId(ByteString.copyFrom(HexFormat.of().parseHex(parentId)))
        .setName(name)
        .setKind(io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER)
        .setStartTimeUnixNano(START + offset)
        .setEndTimeUnixNano(START + offset + 1000);
  }

  static ExportTraceServiceRequest request(
      String service, io.opentelemetry.proto.trace.v1.Span.Builder... spans) {
    return request(service, List.of(spans));
  }

  static ExportTraceServiceRequest request(
      String service, List<io.opentelemetry.proto.trace.v1.Span.Builder> spans) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (io.opentelemetry.proto.trace.v1.Span.Builder span : spans) {
      scope.addSpans(span);
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(
                    Resource.newBuilder()
                        .addAttributes(
                            KeyValue.newBuilder()
                                .setKey("service.name")
                                .setValue(AnyValue.newBuilder().setStringValue(service))))
                .addScopeSpans(scope))
        .build();
  }

  private FlowTrace complete(TraceId id) throws InterruptedException {
    Messages.await("the trace is complete", () -> store.getTrace(id).isPresent());
    return store.getTrace(id).orElseThrow();
  }

  private void exportWith(OtlpHttpSpanExporterBuilder exporter) throws Exception {
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                io.opentelemetry.sdk.resources.Resource.create(
                    Attributes.builder().put("service.name", "shop").build()))
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter.setEndpoint(url()).build()).build())
            .build()) {
      Tracer tracer = provider.get("test");
      Span root = tracer.spanBuilder("GET /cart").setSpanKind(SpanKind.SERVER).startSpan();
      Span child =
          tracer
              .spanBuilder("SELECT")
              .setParent(Context.root().with(root))
              .setSpanKind(SpanKind.CLIENT)
              .startSpan();
      child.setAttribute("db.rows", 7);
      child.addEvent("connected");
      child.setStatus(StatusCode.ERROR, "timed out");
      child.end();
      root.end();
      provider.forceFlush().join(120, TimeUnit.SECONDS);

      TraceId id = new TraceId(uuid(root.getSpanContext().getTraceId()));
      FlowTrace trace = complete(id);
      assertThat(trace.flowId()).isEqualTo("shop GET /cart");
      assertThat(trace.status()).isEqualTo(ExecutionStatus.completed());
      assertThat(trace.events())
          .extracting(event -> event.eventType().typeName())
          .containsExactlyInAnyOrder(
              "ActorStarted",
              "MessageReceived",
              "ActorCompleted",
              "ActorStarted",
              "MessageSent",
              "NetworkEvent",
              "ActorFailed");
      assertThat(trace.events())
          .filteredOn(event -> event.eventType().equals(TraceEventType.ACTOR_FAILED))
          .extracting(event -> event.data().error())
          .containsExactly("timed out");
    }
  }

  private static UUID uuid(String hex) {
    return new UUID(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  @Test
  void opentelemetrys_exporter_with_its_defaults_stores_a_trace() throws Exception {
    exportWith(OtlpHttpSpanExporter.builder());
  }

  @Test
  void opentelemetrys_exporter_with_gzip_stores_a_trace() throws Exception {
    exportWith(OtlpHttpSpanExporter.builder().setCompression("gzip"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "identity", "gzip", "deflate", "zstd"})
  void every_encoding_is_read(String encoding) throws Exception {
    byte[] body = request("shop", span("0000000000000001", "", "root", 0)).toByteArray();
    HttpResponse<byte[]> response =
        post("application/x-protobuf", encoding, encoded(body, encoding));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/x-protobuf");
    assertThat(ExportTraceServiceResponse.parseFrom(response.body()))
        .isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
    assertThat(store.getEvents(TRACE_ID)).isNotEmpty();
  }

  private static byte[] encoded(byte[] body, String encoding) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    switch (encoding) {
      case "gzip" -> {
        try (OutputStream out = new GZIPOutputStream(bytes)) {
          out.write(body);
        }
      }
      case "deflate" -> {
        try (OutputStream out = new DeflaterOutputStream(bytes)) {
          out.write(body);
        }
      }
      case "zstd" -> bytes.write(Zstd.compress(body));
      default -> bytes.write(body);
    }
    return bytes.toByteArray();
  }

  @Test
  void json_is_read_and_a_span_that_is_none_is_told_beside_those_that_were_stored()
      throws Exception {
    String good =
        "{\"traceId\":\"%s\",\"spanId\":\"0000000000000001\",\"name\":\"root\",\"kind\":2,\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"%d\"}"
            .formatted(TRACE, START, START + 5);
    String bad = good.replace("0000000000000001", "0000000000000000");
    String body =
        "{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"spans\":[%s,%s]}]}]}"
            .formatted(bad, good);

    HttpResponse<byte[]> response =
        post("application/json; charset=utf-8", "", body.getBytes(StandardCharsets.UTF_8));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(new String(response.body(), StandardCharsets.UTF_8))
        .contains("\"partialSuccess\":{", "\"rejectedSpans\":\"1\"", "spanId");
    assertThat(complete(TRACE_ID).events()).hasSize(3);
  }

  @Test
  void a_span_that_is_none_is_told_in_protobuf_too() throws Exception {
    HttpResponse<byte[]> response =
        post(
            request(
                "shop",
                span("0000000000000000", "", "bad", 0),
                span("0000000000000001", "", "root", 0)));

    assertThat(response.statusCode()).isEqualTo(200);
    ExportTraceServiceResponse answer = ExportTraceServiceResponse.parseFrom(response.body());
    assertThat(answer.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
    assertThat(answer.getPartialSuccess().getErrorMessage()).contains("spanId");
  }

  @Test
  void what_cannot_be_read_is_refused_for_good() throws Exception {
    assertThat(post("application/x-protobuf", "", new byte[] {10, 100, 1}).statusCode())
        .isEqualTo(400);
    assertThat(
            post("application/json", "", "{\"resourceSpans\":[".getBytes(StandardCharsets.UTF_8))
                .statusCode())
        .isEqualTo(400);
    assertThat(post("application/json", "gzip", new byte[] {1, 2, 3}).statusCode()).isEqualTo(400);
    assertThat(post("text/plain", "", new byte[0]).statusCode()).isEqualTo(415);
    assertThat(post("application/json", "br", new byte[0]).statusCode()).isEqualTo(415);
    assertThat(
            post("application/x-protobuf", "gzip", encoded(new byte[20 << 20], "gzip"))
                .statusCode())
        .isIn(400, 413);
    assertThat(post(request("shop", span("0000000000000001", "", "root", 0))).statusCode())
        .isEqualTo(200);
  }

  @Test
  void the_sender_of_the_readme_works_as_printed() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    int begin = readme.indexOf("-d '\n") + 4;
    String body = readme.substring(begin, readme.indexOf("'\n", begin));

    assertThat(post("application/json", "", body.getBytes(StandardCharsets.UTF_8)).statusCode())
        .isEqualTo(200);
    assertThat(complete(TraceId.of("0af76519-16cd-43dd-8448-eb211c80319c")).flowId())
        .isEqualTo("shop GET /cart");
  }

  @Test
  void a_request_of_nothing_is_fine() throws Exception {
    assertThat(post("application/x-protobuf", "", new byte[0]).statusCode()).isEqualTo(200);
    assertThat(post("application/json", "", "{}".getBytes(StandardCharsets.UTF_8)).statusCode())
        .isEqualTo(200);
  }

  @Test
  void spans_of_several_services_in_any_order_make_the_trace_that_they_make_together()
      throws Exception {
    var root = span("0000000000000001", "", "GET /", 0);
    root.setEndTimeUnixNano(START + 10_000);
    var call =
        span("0000000000000002", "0000000000000001", "call", 100)
            .setKind(io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT);
    var served = span("0000000000000003", "0000000000000002", "serve", 200);

    post(request("stock", served));
    post(request("shop", call));
    List<TraceEvent> early = store.getEvents(TRACE_ID);
    assertThat(early).hasSize(6);
    assertThat(store.getTrace(TRACE_ID)).isEmpty();
    post(request("shop", root));
    FlowTrace live = complete(TRACE_ID);

    try (TraceStore other = TraceStores.open("mem:");
        TraceServer second = TraceServer.builder(other).port(0).start()) {
      HttpRequest together =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:%d/v1/traces".formatted(second.port())))
              .header("Content-Type", "application/x-protobuf")
              .POST(
                  HttpRequest.BodyPublishers.ofByteArray(
                      request("shop", root, call).toBuilder()
                          .addAllResourceSpans(request("stock", served).getResourceSpansList())
                          .build()
                          .toByteArray()))
              .build();
      SocketClient.HTTP.send(together, HttpResponse.BodyHandlers.discarding());
      Messages.await("the trace is complete", () -> other.getTrace(TRACE_ID).isPresent());
      assertThat(live).isEqualTo(other.getTrace(TRACE_ID).orElseThrow());
    }
    assertThat(live.flowId()).isEqualTo("shop GET /");
    assertThat(live.events())
        .extracting(TraceEvent::eventType)
        .contains(TraceEventType.dataFlow("stock", "serve"));
  }

  @Test
  void a_trace_without_a_root_is_complete_when_it_was_quiet_and_later_pieces_are_added()
      throws Exception {
    post(request("shop", span("0000000000000002", "0000000000000001", "part", 100)));
    FlowTrace quiet = complete(TRACE_ID);
    assertThat(quiet.flowId()).isEqualTo("shop part");

    post(
        request(
            "shop",
            span("0000000000000001", "", "late root", 0)
                .setEndTimeUnixNano(START + 50_000)
                .setStatus(
                    io.opentelemetry.proto.trace.v1.Status.newBuilder()
                        .setCode(
                            io.opentelemetry.proto.trace.v1.Status.StatusCode.STATUS_CODE_ERROR)
                        .setMessage("late"))));

    Messages.await(
        "the status follows",
        () ->
            store.getTrace(TRACE_ID).orElseThrow().status().equals(ExecutionStatus.failed("late")));
    FlowTrace late = store.getTrace(TRACE_ID).orElseThrow();
    assertThat(late.hasIdentityOf(quiet)).isTrue();
    assertThat(late.endTime()).isEqualTo(Instant.ofEpochSecond(0, START + 50_000));
    assertThat(late.events()).hasSize(6);
  }

  @Test
  void spans_that_are_sent_again_change_nothing() throws Exception {
    ExportTraceServiceRequest request =
        request(
            "shop",
            span("0000000000000001", "", "root", 0),
            span("0000000000000002", "0000000000000001", "part", 100));
    post(request);
    FlowTrace first = complete(TRACE_ID);
    post(request);
    post(request);
    server.close(); // completes what is open

    assertThat(store.getTrace(TRACE_ID)).contains(first);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
  }

  @Test
  void a_running_trace_is_seen_through_the_server() throws Exception {
    server.close();
    server = serve(Duration.ofHours(1));
    post(request("shop", span("0000000000000002", "0000000000000001", "part", 100)));
    try (SocketClient client = SocketClient.connect(server)) {
      assertThat(client.ask(Messages.get(TRACE_ID)))
          .contains("\"flow_id\":\"shop part\"", "\"status\":\"Running\"", "\"end_time\":null");
      assertThat(client.ask("{\"QueryTraces\":{\"query\":{\"flow_id\":\"shop part\"}}}"))
          .contains("\"status\":\"Running\"")
          .endsWith("\"total_count\":1}}");
    }
  }

  @Test
  void a_trace_of_reflows_server_that_is_longer_than_a_batch_has_all_its_events() throws Exception {
    ReflowTrace trace = new ReflowTrace();
    List<io.opentelemetry.proto.trace.v1.Span.Builder> spans = trace.events(0, 5000);
    spans.add(2500, trace.flow());

    assertThat(post(request("reflow", spans)).statusCode()).isEqualTo(200);

    assertThat(store.getTrace(trace.id)).hasValueSatisfying(trace::isWhole);
    assertThat(store.getEvents(trace.id)).hasSize(5000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_flow_of_reflows_server_may_come_before_or_after_its_events(boolean isFirst)
      throws Exception {
    ReflowTrace trace = new ReflowTrace();
    List<List<io.opentelemetry.proto.trace.v1.Span.Builder>> pieces =
        new ArrayList<>(List.of(trace.events(0, 3), trace.events(3, 5)));
    pieces.add(isFirst ? 0 : 2, List.of(trace.flow()));
    for (List<io.opentelemetry.proto.trace.v1.Span.Builder> piece : pieces) {
      assertThat(post(request("reflow", piece)).body()).isEmpty();
    }

    assertThat(store.getTrace(trace.id)).hasValueSatisfying(trace::isWhole);
    assertThat(store.getEvents(trace.id)).hasSize(5);
  }

  @Test
  void a_size_of_a_message_of_reflows_server_is_exact_or_refused_by_name() throws Exception {
    ReflowTrace largest = new ReflowTrace();
    ReflowTrace tooLarge = new ReflowTrace();
    post(request("reflow", List.of(largest.flow(), largest.event(1, "9223372036854775807"))));
    String answer =
        new String(
            post(request("reflow", List.of(tooLarge.event(1, "9223372036854775808")))).body(),
            StandardCharsets.UTF_8);

    assertThat(store.getEvents(largest.id))
        .extracting(event -> event.data().message())
        .containsExactly(new MessageSnapshot("String", Long.MAX_VALUE, "", null));
    assertThat(answer).contains("reflow.message.size_bytes").contains("9223372036854775808");
    assertThat(store.getEvents(tooLarge.id)).isEmpty();
  }

  /** The spans that Reflow's own server makes of a trace. */
  private static final class ReflowTrace {
    final TraceId id = TraceId.random();
    private final ExecutionId execution = ExecutionId.random();

    private io.opentelemetry.proto.trace.v1.Span.Builder span(String name, long spanId) {
      return io.opentelemetry.proto.trace.v1.Span.newBuilder()
          .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(hex(id.value()))))
          .setSpanId(bytes(spanId))
          .setName(name)
          .setStartTimeUnixNano(START)
          .setEndTimeUnixNano(START);
    }

    private static ByteString bytes(long half) {
      return ByteString.copyFrom(HexFormat.of().parseHex(HexFormat.of().toHexDigits(half)));
    }

    private long root() {
      return execution.value().getMostSignificantBits();
    }

    io.opentelemetry.proto.trace.v1.Span.Builder flow() {
      return span("flow:etl", root())
          .addAttributes(attribute("reflow.flow_id", "etl"))
          .addAttributes(attribute("reflow.execution_id", execution.toString()))
          .addAttributes(attribute("reflow.status", "Completed"));
    }

    /** An event that the flow caused. */
    io.opentelemetry.proto.trace.v1.Span.Builder event(int number, String size) {
      return span("event", number + 1L)
          .setParentSpanId(bytes(root()))
          .addAttributes(attribute("reflow.actor_id", "reader"))
          .addAttributes(attribute("reflow.event_type", "MessageSent"))
          .addAttributes(attribute("reflow.message.type", "String"))
          .addAttributes(attribute("reflow.message.size_bytes", size));
    }

    List<io.opentelemetry.proto.trace.v1.Span.Builder> events(int from, int to) {
      return IntStream.range(from, to)
          .mapToObj(number -> event(number, "4"))
          .collect(Collectors.toCollection(ArrayList::new));
    }

    private static KeyValue attribute(String key, String value) {
      return KeyValue.newBuilder()
          .setKey(key)
          .setValue(AnyValue.newBuilder().setStringValue(value))
          .build();
    }

    void isWhole(FlowTrace stored) {
      assertThat(stored.flowId()).isEqualTo("etl");
      assertThat(stored.executionId()).isEqualTo(execution);
      assertThat(stored.status()).isEqualTo(ExecutionStatus.completed());
      assertThat(stored.events())
          .allSatisfy(event -> assertThat(event.causality().parentEventId()).isNull());
    }
  }

  @Test
  void what_reflows_server_exports_becomes_the_trace_that_it_was() throws Exception {
    TraceId id = TraceId.random();
    ExecutionId execution = ExecutionId.random();
    EventId created = EventId.random();
    EventId sent = EventId.random();
    String body =
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"reflow"}}]},
        "scopeSpans":[{"scope":{"name":"reflow_tracing","version":"0.2.0"},"spans":[
        {"traceId":"%s","spanId":"%s","name":"flow:etl","kind":1,"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[
        {"key":"reflow.flow_id","value":{"stringValue":"etl"}},{"key":"reflow.execution_id","value":{"stringValue":"%s"}},
        {"key":"reflow.status","value":{"stringValue":"Failed { error: \\"no \\\\\\"disk\\\\\\"\\" }"}}]},
        {"traceId":"%s","spanId":"%s","parentSpanId":"%s","name":"ActorCreated:reader","kind":1,"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[
        {"key":"reflow.actor_id","value":{"stringValue":"reader"}},{"key":"reflow.event_type","value":{"stringValue":"ActorCreated"}}]},
        {"traceId":"%s","spanId":"%s","parentSpanId":"%s","name":"dataflow:reader->writer","kind":1,"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[
        {"key":"reflow.actor_id","value":{"stringValue":"reader"}},{"key":"reflow.event_type","value":{"stringValue":"DataFlow"}},
        {"key":"reflow.port","value":{"stringValue":"out"}},{"key":"reflow.to_actor","value":{"stringValue":"writer"}},{"key":"reflow.to_port","value":{"stringValue":"in"}},
        {"key":"reflow.message.type","value":{"stringValue":"String"}},{"key":"reflow.message.size_bytes","value":{"stringValue":"4"}},{"key":"reflow.message.checksum","value":{"stringValue":"sha256:00"}}]}
        ]}]}]}\
        """
            .formatted(
                hex(id.value()),
                half(execution.value()),
                START,
                START + 5000,
                execution,
                hex(id.value()),
                half(created.value()),
                half(execution.value()),
                START + 1,
                START + 1,
                hex(id.value()),
                half(sent.value()),
                half(created.value()),
                START + 2,
                START + 1502);

    assertThat(post("application/json", "", body.getBytes(StandardCharsets.UTF_8)).statusCode())
        .isEqualTo(200);

    FlowTrace trace = store.getTrace(id).orElseThrow();
    assertThat(trace.flowId()).isEqualTo("etl");
    assertThat(trace.executionId()).isEqualTo(execution);
    assertThat(trace.status()).isEqualTo(ExecutionStatus.failed("no \"disk\""));
    assertThat(trace.startTime()).isEqualTo(Instant.ofEpochSecond(0, START));
    assertThat(trace.endTime()).isEqualTo(Instant.ofEpochSecond(0, START + 5000));
    assertThat(trace.events()).hasSize(2);
    TraceEvent first = trace.events().get(0);
    TraceEvent second = trace.events().get(1);
    assertThat(first.eventType()).isEqualTo(TraceEventType.ACTOR_CREATED);
    assertThat(first.actorId()).isEqualTo("reader");
    assertThat(first.causality().parentEventId()).isNull();
    assertThat(second.eventType()).isEqualTo(TraceEventType.dataFlow("writer", "in"));
    assertThat(second.data().port()).isEqualTo("out");
    assertThat(second.data().message())
        .isEqualTo(new MessageSnapshot("String", 4, "sha256:00", null));
    assertThat(second.causality().parentEventId()).isEqualTo(first.eventId());
    assertThat(first.eventId().value().getMostSignificantBits())
        .isEqualTo(created.value().getMostSignificantBits());
  }

  private static String hex(UUID uuid) {
    return uuid.toString().replace("-", "");
  }

  private static String half(UUID uuid) {
    return hex(uuid).substring(0, 16);
  }
}
