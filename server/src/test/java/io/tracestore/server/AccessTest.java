package io.tracestore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.net.ServerCertificate;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only clients with the token, or from an allowed origin, may use the server. */
class AccessTest {
  private static final String TOKEN = "s3cret-täken";

  @TempDir private Path folder;
  private TraceStore store;

  @BeforeEach
  void open_store() {
    store = TraceStores.open("mem:");
  }

  @AfterEach
  void close_store() {
    store.close();
  }

  private static HttpResponse<String> send(TraceServer server, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return SocketClient.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static URI socket(TraceServer server, String query) {
    return URI.create("ws://127.0.0.1:%d/%s".formatted(server.port(), query));
  }

  @Test
  void with_a_token_only_those_who_know_it_get_in() throws Exception {
    String token = "s3cret";
    try (TraceServer server = TraceServer.builder(store).port(0).token(token).start()) {
      for (String refused : new String[] {"", "?token=wrong", "?token="}) {
        assertThatThrownBy(() -> SocketClient.connect(socket(server, refused), null))
            .hasMessage("status 401");
      }
      assertThatThrownBy(() -> SocketClient.connect(socket(server, ""), "s3cre"))
          .hasMessage("status 401");
      try (SocketClient byHeader = SocketClient.connect(socket(server, ""), token);
          SocketClient byParameter =
              SocketClient.connect(socket(server, "?token=" + token), null)) {
        assertThat(byHeader.ask("\"Ping\"")).isEqualTo("\"Pong\"");
        assertThat(byParameter.ask("\"Ping\"")).isEqualTo("\"Pong\"");
      }
      HttpResponse<String> metrics = send(server, "/metrics");
      assertThat(metrics.statusCode()).isEqualTo(401);
      assertThat(metrics.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(send(server, "/metrics?token=" + token).statusCode()).isEqualTo(401);
      assertThat(send(server, "/metrics", "Authorization", "Bearer " + token).statusCode())
          .isEqualTo(200);
      assertThat(send(server, "/v1/traces").statusCode()).isEqualTo(401);
      assertThat(send(server, "/nothing").statusCode()).isEqualTo(401);
      assertThat(send(server, "/health").body()).isEqualTo("{\"status\":\"up\"}\n");
    }
  }

  @Test
  void a_token_of_any_characters_is_compared_as_utf_8() throws Exception {
    try (TraceServer server = TraceServer.builder(store).port(0).token(TOKEN).start();
        SocketClient client =
            SocketClient.connect(socket(server, "?token=s3cret-t%C3%A4ken"), null)) {
      assertThat(client.ask("\"Ping\"")).isEqualTo("\"Pong\"");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://evil.example, 403",
    "null, 403",
    "http://127.0.0.1:1, 403",
    "http://pages.example, 200",
  })
  void pages_of_other_sites_get_in_only_where_they_are_allowed(String origin, int status)
      throws Exception {
    try (TraceServer server =
        TraceServer.builder(store).port(0).allowOrigin("http://pages.example").start()) {
      assertThat(send(server, "/metrics", "Origin", origin).statusCode()).isEqualTo(status);
      assertThat(
              send(server, "/metrics", "Origin", "http://127.0.0.1:" + server.port()).statusCode())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rebound.example", "rebound.example:8080"})
  void a_server_on_the_loopback_address_answers_to_its_own_names_only(String host)
      throws Exception {
    try (TraceServer server = TraceServer.builder(store).port(0).start();
        Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      raw.setSoTimeout(20_000);
      raw.getOutputStream()
          .write(
              "GET /metrics HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(raw.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 403");
    }
  }

  @Test
  void tls_is_used_where_a_key_store_is_given() throws Exception {
    Path keys = ServerCertificate.make(folder, "localhost", "ip:127.0.0.1").keys();
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      trusted.load(in, "changeit".toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);

    try (TraceServer server =
            TraceServer.builder(store).port(0).keyStore(keys, "changeit").start();
        HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      URI health = URI.create("https://127.0.0.1:%d/health".formatted(server.port()));
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(200);
    }
    assertThatThrownBy(() -> TraceServer.builder(store).port(0).keyStore(keys, "wrong").start())
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageStartingWith("cannot use the key store " + keys)
        .hasMessageNotContaining("wrong ");
  }

  @Test
  @SuppressWarnings("try") // closed early
  void a_store_that_is_closed_is_not_healthy() throws Exception {
    try (TraceStore closed = TraceStores.open("mem:");
        TraceServer server = TraceServer.builder(closed).port(0).start()) {
      closed.close();
      HttpResponse<String> health = send(server, "/health");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).isEqualTo("{\"status\":\"down\"}\n");
    }
  }

  @Test
  void unknown_paths_and_methods_are_told() throws Exception {
    try (TraceServer server = TraceServer.builder(store).port(0).start()) {
      assertThat(send(server, "/nothing").statusCode()).isEqualTo(404);
      HttpResponse<String> wrong = send(server, "/v1/traces");
      assertThat(wrong.statusCode()).isEqualTo(405);
      assertThat(wrong.headers().firstValue("Allow")).contains("POST");
    }
  }
}
