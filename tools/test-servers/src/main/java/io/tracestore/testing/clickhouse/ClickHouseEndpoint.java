package io.tracestore.testing.clickhouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ClickHouse server that tests use, each test a database of its own.
 *
 * @param scheme {@code clickhouse}, or {@code clickhouses} for HTTPS
 * @param host where it listens
 * @param port where it listens for HTTP
 * @param user who may create and drop databases
 * @param password its password
 */
public record ClickHouseEndpoint(
    String scheme, String host, int port, String user, String password) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final AtomicLong DATABASES = new AtomicLong(System.nanoTime());

  /** The server that {@code uri} names, which gives user and password too. */
  public static ClickHouseEndpoint of(URI uri) {
    String[] user = (uri.getUserInfo() == null ? "default" : uri.getUserInfo()).split(":", 2);
    boolean tls = "clickhouses".equals(uri.getScheme());
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 8443 : 8123;
    return new ClickHouseEndpoint(
        uri.getScheme(), uri.getHost(), port, user[0], user.length > 1 ? user[1] : "");
  }

  /** The URI of a store in a new database; {@code options} as {@code name=value&name=value}. */
  public String newStoreUri(String options) {
    return uri("test_" + Long.toString(DATABASES.incrementAndGet(), 36), options);
  }

  /** The URI of the store in {@code database}. */
  public String uri(String database, String options) {
    return "%s://%s:%s@%s:%d/%s%s"
        .formatted(
            scheme,
            encoded(user),
            encoded(password),
            host,
            port,
            database,
            options.isEmpty() ? "" : "?" + options);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The same server by another way, such as a proxy. */
  public ClickHouseEndpoint at(String otherHost, int otherPort) {
    return new ClickHouseEndpoint(scheme, otherHost, otherPort, user, password);
  }

  /** The same server as another user sees it. */
  public ClickHouseEndpoint as(String otherUser, String otherPassword) {
    return new ClickHouseEndpoint(scheme, host, port, otherUser, otherPassword);
  }

  /** The database that a URI of this class names. */
  public static String databaseOf(String uri) {
    return URI.create(uri).getPath().substring(1);
  }

  /** Removes the database of {@code uri} and all that is in it. */
  public void drop(String uri) {
    execute("DROP DATABASE IF EXISTS " + databaseOf(uri) + " SYNC");
  }

  /** Executes statements. */
  public void execute(String... statements) {
    for (String sql : statements) {
      text(sql);
    }
  }

  /** Where it answers to HTTP. */
  public URI http() {
    String protocol = scheme.equals("clickhouses") ? "https" : "http";
    return URI.create("%s://%s:%d/".formatted(protocol, host, port));
  }

  /** The result of a query, tab-separated, without the last line's end. */
  public String text(String sql) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(http())
                  .header("X-ClickHouse-User", user)
                  .header("X-ClickHouse-Key", password)
                  .POST(BodyPublishers.ofString(sql))
                  .build(),
              BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(response.body().strip());
      }
      return response.body().stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The lines of the result of a query. */
  public List<String> lines(String sql) {
    return text(sql).lines().toList();
  }
}
