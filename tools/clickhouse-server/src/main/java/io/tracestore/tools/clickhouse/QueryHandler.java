package io.tracestore.tools.clickhouse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tracestore.tools.clickhouse.Sessions.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers {@code /}: executes the statement of a request. */
final class QueryHandler implements HttpHandler {
  /** A statement, without rows behind it, is at most so long. */
  private static final int LONGEST_STATEMENT = 1 << 24;

  private final Sessions sessions;
  private final Map<String, User> users;
  private final String version;

  QueryHandler(Sessions sessions, Map<String, User> users, String version) {
    this.sessions = sessions;
    this.users = users;
    this.version = version;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Request request = new Request(exchange);
    Reply reply = new Reply(exchange);
    reply.header("X-ClickHouse-Server-Display-Name", "tracestore-test");
    reply.header("X-ClickHouse-Timezone", ZoneId.systemDefault().getId());
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
    exchange.getRequestBody().skip(Long.MAX_VALUE);
    reply.startAgain();
    reply.status(error.httpStatus());
    reply.header("X-ClickHouse-Exception-Code", String.valueOf(error.code()));
    reply.header("Content-Type", "text/plain; charset=UTF-8");
    reply.body().write((error.text(version) + "\n").getBytes(StandardCharsets.UTF_8));
    reply.finish();
  }

  private void execute(Request request, Reply reply) throws ClickHouseError, IOException {
    User user = authenticated(request);
    reply.compress(request.acceptedEncoding(), request.flag("compress"));
    Optional<String> query = request.parameter("query");
    if (query.isEmpty() && request.isReadOnly()) {
      reply.body().write("Ok.\n".getBytes(StandardCharsets.UTF_8));
      return;
    }
    InputStream body = request.body();
    byte[] head =
        query.isPresent()
            ? query.get().getBytes(StandardCharsets.UTF_8)
            : body.readNBytes(LONGEST_STATEMENT);
    Statement statement = Statement.of(new String(head, StandardCharsets.ISO_8859_1));
    try (Session session = sessions.open(request, user)) {
      new Execution(session.connection(), request, reply).run(statement, head, body);
    }
  }

  private User authenticated(Request request) throws ClickHouseError {
    Request.Credentials credentials = request.credentials();
    @Nullable User user = users.get(credentials.name());
    if (user == null || !user.hasPassword(credentials.password())) {
      throw ClickHouseError.of(
          ClickHouseError.AUTHENTICATION_FAILED,
          "AUTHENTICATION_FAILED",
          credentials.name()
              + ": Authentication failed: password is incorrect, or there is no user with such"
              + " name");
    }
    return user;
  }
}
