package io.tracestore.provider.clickhouse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Passes requests on to a server, and keeps what the server says that it read for each, in the
 * header {@code X-ClickHouse-Summary}.
 */
final class SummaryProxy implements AutoCloseable {
  /** Headers that a client of HTTP sets by itself. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "host", "connection", "content-length", "transfer-encoding", "upgrade", "http2-settings");

  private static final Pattern READ_ROWS = Pattern.compile("\"read_rows\":\"([0-9]+)\"");

  private final ClickHouseEndpoint server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Long> rows = new ConcurrentLinkedQueue<>();
  private final HttpServer listener;

  SummaryProxy(ClickHouseEndpoint server) throws IOException {
    this.server = server;
    listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listener.setExecutor(threads);
    listener.createContext("/", this::passOn);
    listener.start();
  }

  /** The server, by way of this. */
  ClickHouseEndpoint endpoint() {
    return new ClickHouseEndpoint(
        "clickhouse",
        "127.0.0.1",
        listener.getAddress().getPort(),
        server.user(),
        server.password());
  }

  /** How many rows the server read for each request of {@code work}. */
  List<Long> rowsReadBy(Runnable work) {
    rows.clear();
    work.run();
    return List.copyOf(rows);
  }

  private void passOn(HttpExchange exchange) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.http().resolve(exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    passable(exchange.getRequestHeaders())
        .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    try {
      HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
      answer.headers().firstValue("X-ClickHouse-Summary").ifPresent(this::add);
      exchange.getResponseHeaders().putAll(passable(answer.headers().map()));
      exchange.sendResponseHeaders(answer.statusCode(), 0);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  private static Map<String, List<String>> passable(Map<String, List<String>> headers) {
    return headers.entrySet().stream()
        .filter(header -> !OF_THE_CONNECTION.contains(header.getKey().toLowerCase(Locale.ROOT)))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private void add(String summary) {
    Matcher read = READ_ROWS.matcher(summary);
    if (read.find()) {
      rows.add(Long.parseLong(read.group(1)));
    }
  }

  @Override
  public void close() {
    listener.stop(0);
    threads.close();
    client.close();
  }
}
