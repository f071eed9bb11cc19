package io.tracestore.tools.clickhouse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tracestore.tools.clickhouse.EngineConnection.Blocks;
import io.tracestore.tools.clickhouse.EngineConnection.Result;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Executes one statement and writes its result. */
final class Execution {
  private static final String DEFAULT_FORMAT = "TabSeparated";

  private final EngineConnection connection;
  private final Request request;
  private final Reply reply;
  private final long start = System.nanoTime();

  Execution(EngineConnection connection, Request request, Reply reply) {
    this.connection = connection;
    this.request = request;
    this.reply = reply;
  }

  /**
   * Executes it.
   *
   * @param head the statement and the bytes that were read after it
   * @param body what follows
   */
  void run(Statement statement, byte[] head, InputStream body) throws ClickHouseError, IOException {
    switch (statement.kind()) {
      case INSERT_ROWS -> insert(statement, head, body);
      case SELECT -> select(statement, whole(head, body));
      case OTHER -> other(statement, onThisNode(whole(head, body)));
      case SEVERAL ->
          throw ClickHouseError.of(
              ClickHouseError.SYNTAX_ERROR,
              "SYNTAX_ERROR",
              "Syntax error (Multi-statements are not allowed)");
    }
  }

  private static byte[] onThisNode(byte[] sql) {
    return OneNodeCluster.onThisNode(new String(sql, ISO_8859_1)).getBytes(ISO_8859_1);
  }

  private static byte[] whole(byte[] head, InputStream body) throws IOException {
    byte[] rest = body.readAllBytes();
    byte[] all = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }

  private void insert(Statement statement, byte[] head, InputStream body)
      throws ClickHouseError, IOException {
    byte[] sql = Arrays.copyOf(head, statement.end());
    InputStream rest =
        new ByteArrayInputStream(head, statement.dataStart(), head.length - statement.dataStart());
    Statistics statistics =
        connection.insert(
            sql, format(statement), request.values(), new SequenceInputStream(rest, body));
    summarize(statistics);
  }

  private void other(Statement statement, byte[] sql) throws ClickHouseError, IOException {
    String format = format(statement);
    try (Result result = connection.query(sql, format, request.values())) {
      summarize(result.statistics());
      describe(format);
      result.writeTo(reply.body(), 0);
    }
  }

  private void select(Statement statement, byte[] sql) throws ClickHouseError, IOException {
    String format = format(statement);
    if (!FormatHeaders.canBeStreamed(format) || request.flag("wait_end_of_query")) {
      other(statement, sql);
      return;
    }
    describe(format);
    try (Blocks blocks = connection.stream(sql, format, request.values())) {
      write(blocks, format);
    }
  }

  /** Writes each block when the next is there, so that a short result has its whole summary. */
  private void write(Blocks blocks, String format) throws ClickHouseError, IOException {
    Statistics statistics = Statistics.NOTHING;
    int header = 0;
    @Nullable Result block = blocks.next();
    while (block != null) {
      try (Result current = block) {
        statistics = statistics.plus(current.statistics());
        block = blocks.next();
        summarize(statistics);
        current.writeTo(reply.body(), header);
        if (header == 0) {
          header = FormatHeaders.length(format, current);
        }
      }
    }
  }

  private String format(Statement statement) {
    String named = statement.format();
    return named != null ? named : request.format().orElse(DEFAULT_FORMAT);
  }

  private void describe(String format) {
    reply.header("X-ClickHouse-Format", format);
    reply.header(
        "Content-Type",
        switch (format) {
          case "JSON", "JSONCompact", "JSONEachRow" -> "application/json; charset=UTF-8";
          case "TabSeparated", "TSV" -> "text/tab-separated-values; charset=UTF-8";
          default -> "application/octet-stream";
        });
  }

  private void summarize(Statistics statistics) {
    if (!reply.isOnItsWay()) {
      reply.header("X-ClickHouse-Summary", statistics.toJson(System.nanoTime() - start));
    }
  }
}
