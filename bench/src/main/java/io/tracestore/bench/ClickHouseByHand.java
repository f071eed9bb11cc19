package io.tracestore.bench;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.spi.TraceStore;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** An insert of ready RowBinary into the table of the {@code clickhouse:} store, and one select. */
final class ClickHouseByHand implements Baseline {
  private final TraceStore tables;
  private final Client client;
  private final String database;

  private ClickHouseByHand(TraceStore tables, String database) {
    this.tables = tables;
    this.database = database;
    this.client = tables.unwrap(Client.class);
  }

  /** On the table that the store makes in {@code scratch}. */
  static ClickHouseByHand open(Scratch scratch) {
    return new ClickHouseByHand(
        scratch.open(), Objects.requireNonNull(scratch.uri().options().get("database")));
  }

  @Override
  public Callable<?> writing(List<FlowTrace> traces) {
    byte[] rows = ClickHouseRows.of(traces);
    return () -> insert(client, database, rows);
  }

  /** Inserts what {@link ClickHouseRows} made; how many rows that were. */
  static long insert(Client client, String database, byte[] rows)
      throws ExecutionException, InterruptedException {
    InsertSettings settings = new InsertSettings().setDatabase(database);
    // As the store's: no merging of rows beforehand, all partitions at once.
    settings.serverSetting("optimize_on_insert", "0");
    settings.serverSetting("async_insert", "0");
    settings.serverSetting("max_partitions_per_insert_block", "0");
    try (InsertResponse response =
        client
            .insert(
                "records",
                ClickHouseRows.columns(),
                out -> {
                  out.write(rows);
                  out.close();
                },
                ClickHouseFormat.RowBinary,
                settings)
            .get()) {
      return response.getWrittenRows();
    }
  }

  @Override
  public Callable<byte @Nullable []> reading(TraceId id) {
    String sql =
        "SELECT * FROM %s.records WHERE section = 'trace' AND name = '' AND age = 0 AND trace_id = unhex('%s')"
            .formatted(database, HexFormat.of().formatHex(Uuids.toBytes(id.value())));
    return () -> select(sql);
  }

  @SuppressWarnings("try") // an interrupt may pass
  private byte @Nullable [] select(String sql) throws Exception {
    QuerySettings settings = new QuerySettings().setFormat(ClickHouseFormat.RowBinary);
    try (QueryResponse response = client.query(sql, settings).get()) {
      byte[] rows = response.getInputStream().readAllBytes();
      return rows.length == 0 ? null : rows;
    }
  }

  @Override
  public void close() {
    tables.close();
  }
}
