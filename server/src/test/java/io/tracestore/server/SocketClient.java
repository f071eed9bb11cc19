package io.tracestore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The JDK's WebSocket client, with its answers in a queue. */
final class SocketClient implements WebSocket.Listener, AutoCloseable {
  static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int SECONDS = 30;

  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
  private volatile Consumer<String> onText = texts::add;
  private final StringBuilder part = new StringBuilder();
  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;
  private final boolean reads;

  private SocketClient(URI uri, @Nullable String token, boolean reads) {
    this.reads = reads;
    WebSocket.Builder builder = HTTP.newWebSocketBuilder();
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    this.socket = connected(builder.buildAsync(uri, this));
  }

  private static WebSocket connected(CompletableFuture<WebSocket> socket) {
    try {
      return socket.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        throw new Refused(refused.getResponse().statusCode());
      }
      throw e;
    }
  }

  /** The server did not let the client in. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(int status) {
      super("status " + status);
    }
  }

  static SocketClient connect(TraceServer server) {
    return new SocketClient(URI.create("ws://127.0.0.1:" + server.port() + "/"), null, true);
  }

  static SocketClient connect(URI uri, @Nullable String token) {
    return new SocketClient(uri, token, true);
  }

  /** One that takes nothing from the network. */
  static SocketClient deaf(TraceServer server) {
    return new SocketClient(URI.create("ws://127.0.0.1:" + server.port() + "/"), null, false);
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    if (reads) {
      webSocket.request(Long.MAX_VALUE);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      onText.accept(part.toString());
      part.setLength(0);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
    closed.complete(statusCode);
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    closed.complete(-1);
  }

  /** Gives answers to {@code taker} from now on. */
  void onText(Consumer<String> taker) {
    onText = taker;
  }

  void send(String text) {
    socket.sendText(text, true).join();
  }

  void sendPingAndPong() {
    socket.sendPing(ByteBuffer.allocate(4)).join();
    socket.sendPong(ByteBuffer.allocate(4)).join();
  }

  void sendPart(String text) {
    socket.sendText(text, false).join();
  }

  void sendBinary(byte[] bytes) {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
  }

  CompletableFuture<WebSocket> sendAsync(String text) {
    return socket.sendText(text, true);
  }

  String receive() throws InterruptedException {
    String text = texts.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(text).as("an answer within %d s", SECONDS).isNotNull();
    return String.valueOf(text);
  }

  String ask(String text) throws InterruptedException {
    send(text);
    return receive();
  }

  int closeCode() throws Exception {
    return closed.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Ends the connection without a close frame, as a process that dies. */
  void abort() {
    socket.abort();
  }

  @Override
  public void close() {
    // It fails where the server closed the connection before.
    var unused = socket.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(failure -> socket);
  }
}
