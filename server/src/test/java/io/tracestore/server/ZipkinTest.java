package io.tracestore.server;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import zipkin2.DependencyLink;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.codec.DependencyLinkBytesDecoder;
import zipkin2.codec.SpanBytesDecoder;
import zipkin2.reporter.AsyncReporter;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.SpanBytesEncoder;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Zipkin's API, from Zipkin's own reporter and request by request. */
class ZipkinTest {
  private static final String TRACE = "0102030405060708090a0b0c0d0e0f10";
  private static final long START = 1_790_000_000_000_000L;
  private static final Endpoint SHOP = Endpoint.newBuilder().serviceName("shop").build();
  private static final Endpoint STOCK = Endpoint.newBuilder().serviceName("stock").build();
  private static final Span ORDER =
      Span.newBuilder()
          .traceId(TRACE)
          .id("1")
          .name("order")
          .kind(Span.Kind.SERVER)
          .timestamp(START)
          .duration(5000)
          .localEndpoint(SHOP)
          .putTag("http.path", "/order")
          .build();
  private static final Span CALL =
      Span.newBuilder()
          .traceId(TRACE)
          .parentId("1")
          .id("2")
          .name("reserve")
          .kind(Span.Kind.CLIENT)
          .timestamp(START + 1000)
          .duration(2000)
          .localEndpoint(SHOP)
          .remoteEndpoint(STOCK)
          .build();
  private static final String WINDOW = "&lookback=1000&endTs=" + (START / 1000 + 1);

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private TraceStore store;
  private TraceServer server;

  @BeforeEach
  void start() {
    store = TraceStores.open("sqlite:" + folder.resolve("t.db"));
    server = TraceServer.builder(store).port(0).zipkinPort(0).maxMessageBytes(100_000).start();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    store.close();
  }

  private URI uri(String path) {
    return URI.create(
        "http://127.0.0.1:%d/api/v2/%s".formatted(server.zipkinPort().orElseThrow(), path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), ofString());
  }

  private HttpResponse<String> post(String type, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("spans"))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        ofString());
  }

  private void report(Encoding encoding, Span... spans) throws IOException {
    try (BytesMessageSender sender =
            URLConnectionSender.newBuilder()
                .endpoint(uri("spans").toString())
                .encoding(encoding)
                .build();
        AsyncReporter<Span> reporter =
            AsyncReporter.builder(sender)
                // Spans that its own thread has taken are on their way after a second.
                .closeTimeout(1, TimeUnit.MINUTES)
                .build(SpanBytesEncoder.forEncoding(encoding))) {
      for (Span span : spans) {
        reporter.report(span);
      }
      reporter.flush();
    }
  }

  private static List<Span> spans(HttpResponse<String> answer) {
    return SpanBytesDecoder.JSON_V2.decodeList(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource(
      value = Encoding.class,
      names = {"JSON", "PROTO3"})
  void spans_from_a_reporter_are_read_at_once_as_they_were(Encoding encoding) throws Exception {
    report(encoding, ORDER, CALL);

    assertThat(spans(get("trace/" + TRACE))).containsExactlyInAnyOrder(ORDER, CALL);
  }

  @Test
  void a_trace_that_was_reported_is_a_trace_of_the_store() throws Exception {
    report(Encoding.JSON, ORDER, CALL);
    server.close();

    FlowTrace trace =
        store.getTrace(TraceId.of("01020304-0506-0708-090a-0b0c0d0e0f10")).orElseThrow();
    assertThat(trace.flowId()).isEqualTo("shop order");
    assertThat(trace.metadata().tags()).containsEntry("source", "zipkin");
  }

  @Test
  void the_lists_of_names_hold_those_of_the_spans() throws Exception {
    report(Encoding.JSON, ORDER, CALL);

    assertThat(get("services").body()).isEqualTo("[\"shop\"]");
    assertThat(get("spans?serviceName=shop").body()).isEqualTo("[\"order\",\"reserve\"]");
    assertThat(get("remoteServices?serviceName=shop").body()).isEqualTo("[\"stock\"]");
    assertThat(get("autocompleteKeys").body()).isEqualTo("[]");
  }

  @Test
  void traces_are_found_by_what_a_search_asks_for() throws Exception {
    report(Encoding.JSON, ORDER, CALL);

    String query = "traces?serviceName=shop&annotationQuery=http.path%3D%2Forder" + WINDOW;
    assertThat(get(query + "&minDuration=5000").body()).contains(TRACE);
    assertThat(get(query + "&minDuration=5001").body()).isEqualTo("[]");
    assertThat(get("traceMany?traceIds=" + TRACE + ",abc").body()).contains(TRACE);
  }

  @Test
  void calls_between_services_are_counted() throws Exception {
    report(Encoding.JSON, ORDER, CALL);

    byte[] links =
        get("dependencies?" + WINDOW.substring(1)).body().getBytes(StandardCharsets.UTF_8);
    assertThat(DependencyLinkBytesDecoder.JSON_V1.decodeList(links))
        .containsExactly(
            DependencyLink.newBuilder().parent("shop").child("stock").callCount(1).build());
  }

  @Test
  void a_span_that_is_not_valid_is_refused_and_the_spans_beside_it_are_stored() throws Exception {
    HttpResponse<String> answer =
        post(
            "application/json",
            "[{\"traceId\":\"xyz\",\"id\":\"1\"},{\"traceId\":\"a\",\"id\":\"1\"}]");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("traceId");
    assertThat(spans(get("trace/a"))).hasSize(1);
  }

  @Test
  void a_request_that_cannot_be_answered_says_why() throws Exception {
    assertThat(post("application/x-thrift", "").statusCode()).isEqualTo(415);
    assertThat(post("application/x-protobuf", "no spans").statusCode()).isEqualTo(400);
    assertThat(post("application/json", " ".repeat(500_000)).statusCode()).isEqualTo(413);
    assertThat(get("trace/abc").statusCode()).isEqualTo(404);
    assertThat(get("trace/xyz").statusCode()).isEqualTo(400);
    assertThat(get("spans").body()).isEqualTo("serviceName is missing\n");
    assertThat(get("traces?limit=many").body()).isEqualTo("limit must be a whole number\n");
  }

  @Test
  void a_server_with_a_token_answers_nobody_without_it() throws Exception {
    try (TraceServer closed = TraceServer.builder(store).port(0).token("secret").start()) {
      URI services = URI.create("http://127.0.0.1:%d/api/v2/services".formatted(closed.port()));

      assertThat(client.send(HttpRequest.newBuilder(services).build(), ofString()).statusCode())
          .isEqualTo(401);
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(services)
                          .header("Authorization", "Bearer secret")
                          .build(),
                      ofString())
                  .body())
          .isEqualTo("[]");
    }
  }
}
