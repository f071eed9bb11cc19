package io.tracestore.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that cannot take more for now says so, and when to come back. */
class BackPressureTest {
  private static final int MEMORY_BYTES = 1 << 20;

  enum Sender {
    OTLP(
        "/v1/traces",
        """
        {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10",\
        "spanId":"0102030405060708","name":"a","startTimeUnixNano":"1767323045000000000",\
        "endTimeUnixNano":"1767323045000001000"}]}]}]}\
        """,
        200),
    ZIPKIN(
        "/api/v2/spans",
        """
        [{"traceId":"0102030405060708090a0b0c0d0e0f10","id":"0102030405060708","name":"a",\
        "timestamp":1767323045000000,"duration":1}]\
        """,
        202);

    final String path;
    final String body;
    final int accepted;

    Sender(String path, String body, int accepted) {
      this.path = path;
      this.body = body;
      this.accepted = accepted;
    }

    HttpResponse<String> post(TraceServer server) throws Exception {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      return SocketClient.HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_store_that_is_full_answers_503_with_a_time_to_come_back(Sender sender) throws Exception {
    try (TraceStore store = TraceStores.open("mem:?evictionPolicy=NONE&maxTraces=1");
        TraceServer server = TraceServer.builder(store).port(0).start()) {
      store.storeTrace(FlowTrace.builder("fills it").build());
      HttpResponse<String> refused = sender.post(server);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("5");
    }
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(120)
  void memory_that_others_have_answers_429_until_they_give_it_back(Sender sender) throws Exception {
    try (TraceStore store = TraceStores.open("mem:");
        TraceServer server = TraceServer.builder(store).port(0).memoryBytes(MEMORY_BYTES).start()) {
      try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        takeAllMemory(slow);
        HttpResponse<String> refused = answeredWhileItIsTaken(sender, server);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      }
      Messages.await(
          "the memory is given back", () -> posted(sender, server).statusCode() == sender.accepted);
    }
  }

  /** Sends the begin of a text that takes the whole memory, and not its end. */
  private static void takeAllMemory(Socket slow) throws IOException {
    slow.getOutputStream()
        .write(
            """
            POST /v1/traces HTTP/1.1
            Host: 127.0.0.1
            Content-Type: application/json
            Content-Length: %d

            {"resourceSpans":[{"schemaUrl":"%s\
            """
                .formatted(MEMORY_BYTES, "x".repeat(MEMORY_BYTES / 4))
                .replace("\n", "\r\n")
                .getBytes(US_ASCII));
    slow.getOutputStream().flush();
  }

  private static HttpResponse<String> answeredWhileItIsTaken(Sender sender, TraceServer server)
      throws Exception {
    HttpResponse<String> answer = sender.post(server);
    while (answer.statusCode() == sender.accepted) { // the slow text is not read yet
      answer = sender.post(server);
    }
    return answer;
  }

  private static HttpResponse<String> posted(Sender sender, TraceServer server) {
    try {
      return sender.post(server);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
