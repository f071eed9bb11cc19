package io.tracestore.provider.sqlite.write;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.sqlite.schema.Dictionary;
import io.tracestore.provider.sqlite.schema.StatusCode;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Statements;
import io.tracestore.spi.CorruptDataException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of {@code traces}, as the writer needs them. */
public final class HeaderRows {
  private final Dictionary names;
  private final PreparedStatement insert;
  private final PreparedStatement insertWithoutHeader;
  private final PreparedStatement update;
  private final PreparedStatement find;
  private final PreparedStatement delete;
  private final PreparedStatement oldest;
  private final PreparedStatement withoutHeader;

  /**
   * The facts that the writer needs about a stored row.
   *
   * @param start null if there is no header yet; the other fields have no meaning then
   * @param status see {@link StatusCode}
   */
  @SuppressWarnings("ArrayRecordComponent") // read and dropped
  public record Stored(
      long key,
      @Nullable Long start,
      long flow,
      byte @Nullable [] executionId,
      long environment,
      int status,
      byte @Nullable [] header) {
    boolean hasIdentityOf(EncodedTrace trace, long flowKey) {
      return start != null
          && start == trace.start()
          && flow == flowKey
          && Arrays.equals(executionId, trace.executionId());
    }

    boolean isTerminal() {
      return StatusCode.isTerminal(status);
    }

    /** The tags; null if the header is damaged, which must not keep it from being replaced. */
    @Nullable Map<String, String> tags() {
      try {
        return header == null ? Map.of() : TraceBinary.decodeHeader(header).metadata().tags();
      } catch (CorruptDataException e) {
        return null;
      }
    }
  }

  private static final String STORED =
      "SELECT trace_key, start_ns, flow, execution_id, environment, status, header FROM traces ";

  public HeaderRows(Statements statements, Dictionary names) throws SQLException {
    this.names = names;
    this.insert =
        statements.prepare(
            """
            INSERT INTO traces (
              flow, execution_id, start_ns, end_ns, duration_class, status, error, error_hash,
              environment, user_id, session_id, header, trace_key, trace_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (trace_id) DO NOTHING\
            """);
    this.insertWithoutHeader =
        statements.prepare("INSERT INTO traces (trace_key, trace_id) VALUES (?, ?)");
    this.update =
        statements.prepare(
            """
            UPDATE traces SET
              flow = ?, execution_id = ?, start_ns = ?, end_ns = ?, duration_class = ?, status = ?,
              error = ?, error_hash = ?, environment = ?, user_id = ?, session_id = ?, header = ?
            WHERE trace_key = ?\
            """);
    this.find = statements.prepare(STORED + "WHERE trace_id = ?");
    this.delete = statements.prepare("DELETE FROM traces WHERE trace_key = ?");
    this.oldest = statements.prepare(STORED + "WHERE start_ns <= ? ORDER BY start_ns LIMIT 1");
    this.withoutHeader =
        statements.prepare(
            "SELECT trace_key FROM traces WHERE start_ns IS NULL AND trace_key > ?"
                + " ORDER BY trace_key LIMIT 1");
  }

  /** Whether the trace was new, and has the key now. */
  public boolean insert(long key, EncodedTrace trace) throws SQLException {
    return bindHeader(insert, trace).number(key).bytes(trace.traceId()).run() == 1;
  }

  /** Makes a row for early events. */
  public void insertWithoutHeader(long key, byte[] traceId) throws SQLException {
    Binder.of(insertWithoutHeader).number(key).bytes(traceId).run();
  }

  public void update(long key, EncodedTrace trace) throws SQLException {
    bindHeader(update, trace).number(key).run();
  }

  private Binder bindHeader(PreparedStatement statement, EncodedTrace encoded) throws SQLException {
    FlowTrace trace = encoded.trace();
    TraceMetadata metadata = trace.metadata();
    String error = trace.status() instanceof ExecutionStatus.Failed failed ? failed.error() : null;
    return Binder.of(statement)
        .number(names.key(trace.flowId()))
        .bytes(encoded.executionId())
        .number(encoded.start())
        .number(encoded.end())
        .number(encoded.durationClass())
        .number(StatusCode.of(trace.status().kind()))
        .text(error)
        .number(error == null ? null : Long.valueOf(error.hashCode()))
        .number(names.key(metadata.environment()))
        .text(metadata.userId())
        .text(metadata.sessionId())
        .bytes(encoded.header());
  }

  @Nullable Stored find(byte[] traceId) throws SQLException {
    Binder.of(find).bytes(traceId);
    return read(find);
  }

  /** The oldest trace, if it started at {@code last} or before. */
  @Nullable Stored oldest(long last) throws SQLException {
    Binder.of(oldest).number(last);
    return read(oldest);
  }

  /** The next key after {@code key} of a trace without a header; 0 if there is none. */
  public long nextWithoutHeader(long key) throws SQLException {
    Binder.of(withoutHeader).number(key);
    try (ResultSet rows = withoutHeader.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  public void delete(long key) throws SQLException {
    Binder.of(delete).number(key).run();
  }

  private static @Nullable Stored read(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      long key = row.getLong(1);
      long start = row.getLong(2);
      return new Stored(
          key,
          row.wasNull() ? null : (Long) start,
          row.getLong(3),
          row.getBytes(4),
          row.getLong(5),
          row.getInt(6),
          row.getBytes(7));
    }
  }
}
