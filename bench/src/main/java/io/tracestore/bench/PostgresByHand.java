package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A COPY of ready bytes into the tables of the {@code postgresql:} store, and two selects. */
final class PostgresByHand implements Baseline {
  private final TraceStore tables;
  private final Connection writing;
  private final Connection reading;
  private final PreparedStatement header;
  private final PreparedStatement events;

  private PostgresByHand(TraceStore tables, String schema) throws SQLException {
    this.tables = tables;
    DataSource connections = tables.unwrap(DataSource.class);
    writing = connections.getConnection();
    writing.setSchema(schema);
    writing.setAutoCommit(false);
    reading = connections.getConnection();
    reading.setSchema(schema);
    header = reading.prepareStatement("SELECT start_hour, body FROM traces WHERE trace_id = ?");
    events =
        reading.prepareStatement("SELECT body FROM events WHERE trace_id = ? AND start_hour = ?");
  }

  /** On the tables and the partitions from today on that the store makes in {@code scratch}. */
  static PostgresByHand open(Scratch scratch) throws SQLException {
    TraceStore store = scratch.open();
    // The store makes partitions ahead in the background; a write waits for that of its trace.
    FlowTrace first = Workload.load().trace(0);
    store.storeTrace(first);
    store.deleteTrace(first.traceId());
    return new PostgresByHand(
        store, Objects.requireNonNull(scratch.uri().options().get("schemaName")));
  }

  @Override
  public Callable<?> writing(List<FlowTrace> traces) {
    PostgresRows rows = PostgresRows.of(traces);
    return () -> {
      rows.copy(writing);
      return rows;
    };
  }

  @Override
  public Callable<@Nullable List<byte[]>> reading(TraceId id) {
    return () -> read(id);
  }

  private @Nullable List<byte[]> read(TraceId id) throws SQLException {
    List<byte[]> found = new ArrayList<>();
    header.setObject(1, id.value());
    try (ResultSet row = header.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      events.setInt(2, row.getInt(1));
      found.add(row.getBytes(2));
    }
    events.setObject(1, id.value());
    try (ResultSet rows = events.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getBytes(1));
      }
    }
    return found;
  }

  @Override
  public void close() throws SQLException {
    writing.close();
    reading.close();
    tables.close();
  }
}
