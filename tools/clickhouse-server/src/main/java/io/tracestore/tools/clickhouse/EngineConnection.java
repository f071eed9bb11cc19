package io.tracestore.tools.clickhouse;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session of the engine. Used by one thread at a time. */
final class EngineConnection implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final Pointer handle;
  private final Pointer session;

  EngineConnection(Pointer handle) {
    this.handle = handle;
    this.session = handle.getPointer(0);
  }

  /** Executes a statement that gives nothing, or nothing that is wanted. */
  void execute(String sql) throws ClickHouseError {
    query(sql.getBytes(StandardCharsets.UTF_8), "Null", Map.of()).close();
  }

  /** The one text that a query gives. */
  String text(String sql) throws ClickHouseError {
    try (Result result = query(sql.getBytes(StandardCharsets.UTF_8), "TabSeparatedRaw", Map.of())) {
      return new String(result.first(Integer.MAX_VALUE), StandardCharsets.UTF_8).stripTrailing();
    }
  }

  /** Executes a statement; its whole result is in memory. */
  Result query(byte[] sql, String format, Map<String, String> values) throws ClickHouseError {
    byte[] formatName = format.getBytes(StandardCharsets.UTF_8);
    try (Parameters parameters = new Parameters(values)) {
      return new Result(
          checked(
              Chdb.chdb_query_with_params_n(
                  session,
                  sql,
                  sql.length,
                  formatName,
                  formatName.length,
                  parameters.names(),
                  parameters.nameLengths(),
                  parameters.values(),
                  parameters.valueLengths(),
                  parameters.count())));
    }
  }

  /** Starts a {@code SELECT} whose result is fetched block by block. */
  Blocks stream(byte[] sql, String format, Map<String, String> values) throws ClickHouseError {
    byte[] formatName = format.getBytes(StandardCharsets.UTF_8);
    try (Parameters parameters = new Parameters(values)) {
      return new Blocks(
          session,
          checked(
              Chdb.chdb_stream_query_with_params_n(
                  session,
                  sql,
                  sql.length,
                  formatName,
                  formatName.length,
                  parameters.names(),
                  parameters.nameLengths(),
                  parameters.values(),
                  parameters.valueLengths(),
                  parameters.count())));
    }
  }

  /**
   * Executes an {@code INSERT} with the rows that {@code data} gives; nothing is inserted if
   * reading them fails.
   *
   * @param sql the statement without the name of the format
   */
  Statistics insert(byte[] sql, String format, Map<String, String> values, InputStream data)
      throws ClickHouseError, IOException {
    byte[] formatName = format.getBytes(StandardCharsets.UTF_8);
    Pointer insert;
    try (Parameters parameters = new Parameters(values)) {
      insert =
          Chdb.chdb_stream_insert_with_params_n(
              session,
              sql,
              sql.length,
              formatName,
              formatName.length,
              parameters.names(),
              parameters.nameLengths(),
              parameters.values(),
              parameters.valueLengths(),
              parameters.count());
    }
    try {
      append(insert, data);
      try (Result result = new Result(checked(Chdb.chdb_stream_done(insert)))) {
        return result.statistics();
      }
    } finally {
      // Cancels what was not finished.
      Chdb.chdb_destroy_insert_stream(insert);
    }
  }

  private static void append(Pointer insert, InputStream data) throws ClickHouseError, IOException {
    throwIfFailed(insert);
    byte[] chunk = new byte[CHUNK];
    for (int read = data.readNBytes(chunk, 0, CHUNK);
        read > 0;
        read = data.readNBytes(chunk, 0, CHUNK)) {
      if (Chdb.chdb_stream_append(insert, chunk, read) != 0) {
        throwIfFailed(insert);
        throw ClickHouseError.ofEngine("the engine takes no more rows");
      }
    }
  }

  private static void throwIfFailed(Pointer insert) throws ClickHouseError {
    Pointer error = Chdb.chdb_stream_insert_error(insert);
    if (error != null) {
      throw ClickHouseError.ofEngine(error.getString(0, "UTF-8"));
    }
  }

  /** The result, unless it is an error, which is thrown. */
  private static Pointer checked(Pointer result) throws ClickHouseError {
    Pointer error = Chdb.chdb_result_error(result);
    if (error == null) {
      return result;
    }
    String message = error.getString(0, "UTF-8");
    Chdb.chdb_destroy_query_result(result);
    throw ClickHouseError.ofEngine(message);
  }

  @Override
  public void close() {
    Chdb.chdb_close_conn(handle);
  }

  /** A result, or a part of one. */
  static final class Result implements AutoCloseable {
    private final Pointer result;

    private Result(Pointer result) {
      this.result = result;
    }

    long length() {
      return Chdb.chdb_result_length(result);
    }

    /** The first bytes, at most {@code count}. */
    byte[] first(int count) {
      @Nullable Pointer buffer = Chdb.chdb_result_buffer(result);
      return buffer == null ? new byte[0] : buffer.getByteArray(0, (int) Math.min(count, length()));
    }

    Statistics statistics() {
      return Statistics.of(result);
    }

    /** Writes the bytes from {@code offset} on. */
    void writeTo(OutputStream out, long offset) throws IOException {
      @Nullable Pointer buffer = Chdb.chdb_result_buffer(result);
      long length = length();
      if (buffer == null) {
        return;
      }
      byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(0, length - offset))];
      for (long at = offset; at < length; at += chunk.length) {
        int count = (int) Math.min(chunk.length, length - at);
        buffer.read(at, chunk, 0, count);
        out.write(chunk, 0, count);
      }
    }

    @Override
    public void close() {
      Chdb.chdb_destroy_query_result(result);
    }
  }

  /** The blocks of a running query. Closing it ends the query. */
  static final class Blocks implements AutoCloseable {
    private final Pointer session;
    private final Pointer stream;
    private boolean ended;

    private Blocks(Pointer session, Pointer stream) {
      this.session = session;
      this.stream = stream;
    }

    /** The next block, to be closed; null after the last. */
    @Nullable Result next() throws ClickHouseError {
      if (ended) {
        return null;
      }
      ended = true; // also if it fails
      Result block = new Result(checked(Chdb.chdb_stream_fetch_result(session, stream)));
      if (block.length() == 0) {
        block.close();
        return null;
      }
      ended = false;
      return block;
    }

    @Override
    public void close() {
      if (!ended) {
        Chdb.chdb_stream_cancel_query(session, stream);
      }
      Chdb.chdb_destroy_query_result(stream);
    }
  }
}
