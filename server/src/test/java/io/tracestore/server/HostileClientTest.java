package io.tracestore.server;

import static io.tracestore.server.Messages.RECORDED;
import static io.tracestore.server.Messages.event;
import static io.tracestore.server.Messages.get;
import static io.tracestore.server.Messages.record;
import static io.tracestore.server.Messages.start;
import static io.tracestore.server.Messages.started;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that do harm, while another one goes on as if they were not there. */
class HostileClientTest {
  private static final int MAX_CONNECTIONS = 12;

  private static final String UPGRADE =
      """
      GET / HTTP/1.1
      Host: 127.0.0.1
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      Sec-WebSocket-Version: 13

      """;

  private TraceStore store;
  private TraceServer server;
  private SocketClient good;
  private final TraceId id = TraceId.random();

  @BeforeEach
  void start_server() throws Exception {
    store = TraceStores.open("mem:");
    server =
        TraceServer.builder(store)
            .port(0)
            .maxMessageBytes(1 << 20)
            .maxConnections(MAX_CONNECTIONS)
            .start();
    good = SocketClient.connect(server);
    assertThat(good.ask(start(id, "good"))).isEqualTo(started(id));
  }

  @AfterEach
  void the_good_client_was_served_all_the_time() throws Exception {
    assertThat(good.ask(record(id, event("a")))).isEqualTo(RECORDED);
    good.close();
    server.close();
    store.close();
  }

  private String metric(String name) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(server.port())))
            .build();
    String text = SocketClient.HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + text));
  }

  private void awaitNoMemory() throws InterruptedException {
    Messages.await(
        "all memory is given back",
        () -> {
          try {
            return metric("tracestore_server_memory_bytes").equals("0.0");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void a_giant_message_closes_its_connection() throws Exception {
    try (SocketClient bad = SocketClient.connect(server)) {
      var unused = bad.sendAsync("\"" + "x".repeat(2 << 20) + "\"");
      assertThat(bad.closeCode()).isEqualTo(1009);
    }
    awaitNoMemory();
  }

  @Test
  void a_message_that_grows_when_it_is_decompressed_closes_its_connection() throws Exception {
    try (SocketClient bad = SocketClient.connect(server)) {
      bad.sendBinary(Zstd.compress(new byte[50 << 20]));
      assertThat(bad.closeCode()).isEqualTo(1009);
    }
    awaitNoMemory();
  }

  @Test
  void half_a_message_holds_memory_only_as_long_as_its_connection() throws Exception {
    SocketClient bad = SocketClient.connect(server);
    bad.sendPart("x".repeat(500_000));
    Messages.await(
        "it is read",
        () -> {
          try {
            return !metric("tracestore_server_memory_bytes").equals("0.0");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    bad.abort();
    awaitNoMemory();
  }

  @Test
  void bytes_that_are_no_frames_end_their_connection() throws Exception {
    try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = raw.getOutputStream();
      out.write(UPGRADE.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {(byte) 0xFF, (byte) 0xFF, 1, 2, 3, 4, 5, 6, 7, 8});
      out.flush();
      raw.setSoTimeout(20_000);
      InputStream in = raw.getInputStream();
      String all = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(all).startsWith("HTTP/1.1 101");
    }
  }

  @Test
  void a_client_that_does_not_read_its_answers_waits_alone() throws Exception {
    TraceId large = TraceId.random();
    good.ask(start(large, "good"));
    good.ask(
        record(
            large,
            event("a").toBuilder()
                .data(
                    TraceEventData.builder()
                        .message(MessageSnapshot.of("Bytes", Bytes.of(new byte[400_000])))
                        .build())
                .build()));
    SocketClient deaf = SocketClient.deaf(server);
    for (int i = 0; i < 200; i++) {
      deaf.send(get(large)); // 160 MB of answers, which no buffer takes
    }
    for (int i = 0; i < 20; i++) {
      assertThat(good.ask("\"Ping\"")).isEqualTo("\"Pong\"");
      assertThat(good.ask(get(large))).contains("\"TraceData\"");
    }
    deaf.abort();
    awaitNoMemory();
  }

  @Test
  void a_flood_of_connections_keeps_only_new_ones_out_and_ends_with_them() throws Exception {
    List<Socket> flood = new ArrayList<>();
    try {
      for (int i = 0; i < 5 * MAX_CONNECTIONS; i++) {
        flood.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
      }
      assertThat(good.ask("\"Ping\"")).isEqualTo("\"Pong\"");
    } finally {
      for (Socket socket : flood) {
        socket.close();
      }
    }
    try (SocketClient next = SocketClient.connect(server)) {
      assertThat(next.ask("\"Ping\"")).isEqualTo("\"Pong\"");
    }
  }

  @Test
  void half_a_request_keeps_nobody_waiting() throws Exception {
    try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      raw.getOutputStream()
          .write(
              "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{\"resourceSpans\":["
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(good.ask("\"Ping\"")).isEqualTo("\"Pong\"");
    }
    awaitNoMemory();
  }

  @Test
  void a_header_without_end_is_refused() throws IOException {
    try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      raw.setSoTimeout(20_000);
      raw.getOutputStream()
          .write(
              ("GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000))
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(raw.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 431");
    }
  }
}
