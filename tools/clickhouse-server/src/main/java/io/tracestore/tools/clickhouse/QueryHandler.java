package io.tracestore.tools.clickhouse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tracestore.tools.clickhouse.Sessions.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Answers {@code /}: executes the statement of a request. */
final class QueryHandler implements HttpHandler {
  /**
   * The bytes of a body that are read to find where the rows begin: the part that ClickHouse parses
   * is shorter.
   */
  private static final int HEAD = 1 << 20;

  private final Sessions sessions;
  private final Map<String, User> users;
  private final String version;
  private final String timezone;

  QueryHandler(Sessions sessions, Map<String, User> users, String version, String timezone) {
    this.sessions = sessions;
    this.users = users;
    this.version = version;
    this.timezone = timezone;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestURI().getPath().equals("/")) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    Request request = new Request(exchange);
    Reply reply = new Reply(exchange);
    // Clients must know: they give up a connection before the server does.
    reply.header("Keep-Alive", "timeout=10");
    reply.header("X-ClickHouse-Server-Display-Name", "tracestore-test");
    reply.header(
        "X-ClickHouse-Query-Id",
        request.parameter("query_id").orElseGet(() -> UUID.randomUUID().toString()));
    try {
      execute(request, reply);
      reply.finish();
    } catch (ClickHouseError e) {
      fail(exchange, reply, e);
    } catch (CompressedBlocks.ChecksumException e) {
      fail(
          exchange,
          reply,
          ClickHouseError.of(
              ClickHouseError.CHECKSUM_DOESNT_MATCH,
              "CHECKSUM_DOESNT_MATCH",
              "Checksum doesn't match: corrupted data"));
    }
    exchange.close();
  }

  /** Answers with an error, or breaks the connection if a part of the result is on its way. */
  private void fail(HttpExchange exchange, Reply reply, ClickHouseError error) throws IOException {
    if (reply.isOnItsWay()) {
      // The server then closes the connection without the end of the body, as ClickHouse does.
      throw new IOException(error);
    }
    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    reply.startAgain();
    reply.status(error.httpStatus());
    reply.header("X-ClickHouse-Exception-Code", String.valueOf(error.code()));
    reply.header("Content-Type", "text/plain; charset=UTF-8");
    reply.body().write((error.text(version) + "\n").getBytes(StandardCharsets.UTF_8));
    reply.finish();
  }

  private void execute(Request request, Reply reply) throws ClickHouseError, IOException {
    User user = authenticated(request);
    reply.header("X-ClickHouse-Timezone", timezoneOf(user, request));
    reply.compress(request.acceptedEncoding(), request.flag("compress"));
    Optional<String> query = request.parameter("query");
    if (query.isEmpty() && request.isReadOnly()) {
      reply.body().write("Ok.\n".getBytes(StandardCharsets.UTF_8));
      return;
    }
    InputStream body = request.body();
    byte[] head =
        query.isPresent() ? query.get().getBytes(StandardCharsets.UTF_8) : body.readNBytes(HEAD);
    Statement statement = Statement.of(new String(head, StandardCharsets.ISO_8859_1));
    try (Session session = sessions.open(request, user)) {
      new Execution(session.connection(), request, reply).run(statement, head, body);
      if (statement.kind() == Statement.Kind.SELECT
          || statement.kind() == Statement.Kind.INSERT_ROWS) {
        session.isAsPrepared();
      }
    }
    if (statement.kind() == Statement.Kind.OTHER) {
      sessions.forget();
    }
  }

  private String timezoneOf(User user, Request request) {
    String ofUser = user.settings().getOrDefault("session_timezone", timezone);
    return request.settings().getOrDefault("session_timezone", ofUser);
  }

  /** The user by name and password, or by a token, which is then the password. */
  private User authenticated(Request request) throws ClickHouseError {
    Request.Credentials given = request.credentials();
    Optional<User> user =
        given.isToken()
            ? users.values().stream().filter(User::needsPassword).filter(given::fit).findFirst()
            : Optional.ofNullable(users.get(given.name())).filter(given::fit);
    return user.orElseThrow(() ->
        ClickHouseError.of(
            ClickHouseError.AUTHENTICATION_FAILED,
            "AUTHENTICATION_FAILED",
            given.name()
                + ": Authentication failed: password is incorrect, or there is no user with"
                + " such name"));
  }
}
