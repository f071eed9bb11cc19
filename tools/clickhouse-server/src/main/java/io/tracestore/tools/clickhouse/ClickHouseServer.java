package io.tracestore.tools.clickhouse;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The server: an engine and the HTTP interface to it, on loopback. */
final class ClickHouseServer implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final long PATIENCE_SECONDS = 5;

  private final Engine engine;
  private final Sessions sessions;
  private final HttpServer http;
  private final ExecutorService threads;

  private ClickHouseServer(
      Engine engine, Sessions sessions, HttpServer http, ExecutorService threads) {
    this.engine = engine;
    this.sessions = sessions;
    this.http = http;
    this.threads = threads;
  }

  /**
   * Starts it; when this returns, it answers.
   *
   * @param port 0 for any that is free
   * @param tls what it proves who it is with; null to speak plain HTTP
   */
  static ClickHouseServer start(
      Path library, Path data, int port, @Nullable SSLContext tls, Map<String, User> users)
      throws ClickHouseError, IOException {
    AccessRights rights = AccessRights.of(users.values());
    Engine engine = Engine.start(library, data, rights.writeTo(data).orElse(null));
    Sessions sessions = new Sessions(engine, rights);
    String version;
    String timezone;
    try (EngineConnection connection = engine.connect()) {
      version = connection.text("SELECT version()");
      timezone = connection.text("SELECT timezone()");
    }
    // Or the JDK's server waits for acknowledgements between headers and body.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer http = listen(port, tls);
    // A thread for each request: the engine's calls hold on to theirs.
    ExecutorService threads = Executors.newCachedThreadPool();
    http.setExecutor(threads);
    http.createContext("/", new QueryHandler(sessions, users, version, timezone));
    http.createContext(
        "/ping",
        exchange -> {
          byte[] answer = "Ok.\n".getBytes(StandardCharsets.US_ASCII);
          exchange.getResponseHeaders().set("Content-Type", "text/html; charset=UTF-8");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    http.start();
    return new ClickHouseServer(engine, sessions, http, threads);
  }

  private static HttpServer listen(int port, @Nullable SSLContext tls) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    if (tls == null) {
      return HttpServer.create(address, BACKLOG);
    }
    HttpsServer https = HttpsServer.create(address, BACKLOG);
    https.setHttpsConfigurator(new HttpsConfigurator(tls));
    return https;
  }

  int port() {
    return http.getAddress().getPort();
  }

  /** Ends it; statements that run are waited for, but not for long. */
  @Override
  public void close() {
    http.stop(1);
    threads.shutdown();
    try {
      if (threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        sessions.close();
        engine.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
