package io.tracestore.tools.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.data_formats.ClickHouseBinaryFormatReader;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server as ClickHouse's own Java client sees it. */
@SuppressWarnings("try") // the client declares a close() that throws anything
class ServerClientTest {
  private static TestServer server;

  /** The compression between client and server. */
  enum Transfer {
    PLAIN,
    BLOCKS,
    HTTP;

    Client connect() {
      return server
          .client()
          .compressClientRequest(this != PLAIN)
          .compressServerResponse(this != PLAIN)
          .useHttpCompression(this == HTTP)
          .build();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(null);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void makeTable() throws Exception {
    server.text("CREATE OR REPLACE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a");
  }

  /** Rows {@code (a, "x")} as RowBinary. */
  private static ByteArrayInputStream rows(long from, long to) {
    ByteBuffer rows = ByteBuffer.allocate((int) (to - from) * 10).order(ByteOrder.LITTLE_ENDIAN);
    for (long a = from; a < to; a++) {
      rows.putLong(a).put((byte) 1).put((byte) 'x');
    }
    return new ByteArrayInputStream(rows.array());
  }

  private static InsertResponse insert(Client client, ByteArrayInputStream rows) throws Exception {
    return client.insert("t", rows, ClickHouseFormat.RowBinary, new InsertSettings()).get();
  }

  private static ServerException failureOf(Client client, String sql) {
    return catchThrowableOfType(ServerException.class, () -> client.query(sql).get().close());
  }

  @ParameterizedTest
  @EnumSource
  void rowsInsertedAsRowBinaryAreThere(Transfer transfer) throws Exception {
    try (Client client = transfer.connect()) {
      insert(client, rows(0, 1000)).close();
      assertThat(server.text("SELECT count(), min(a), max(a), any(s) FROM t"))
          .isEqualTo("1000\t0\t999\tx");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLargeResultComesWhole(Transfer transfer) throws Exception {
    try (Client client = transfer.connect();
        QueryResponse response =
            client.query("SELECT number, toString(number) FROM numbers(300000)").get();
        ClickHouseBinaryFormatReader reader = client.newBinaryFormatReader(response)) {
      long sum = 0;
      while (reader.next() != null) {
        sum += reader.getLong(1) + Long.parseLong(reader.getString(2));
      }
      assertThat(sum).isEqualTo(300_000L * 299_999);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anErrorHasClickHousesCodeAndText(Transfer transfer) {
    try (Client client = transfer.connect()) {
      ServerException failure = failureOf(client, "SELECT * FROM missing");
      assertThat(failure.getCode()).isEqualTo(60);
      assertThat(failure).hasMessageContaining("Unknown table expression identifier 'missing'");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongPasswordIsRefused(Transfer transfer) {
    try (Client client =
        server
            .client()
            .setPassword("wrong")
            .compressServerResponse(transfer != Transfer.PLAIN)
            .useHttpCompression(transfer == Transfer.HTTP)
            .build()) {
      ServerException failure = failureOf(client, "SELECT 1");
      assertThat(failure.getCode()).isEqualTo(516);
      assertThat(failure).hasMessageContaining("default: Authentication failed");
    }
  }

  @Test
  void anInsertionSaysHowManyRowsWereWritten() throws Exception {
    try (Client client = server.client().build();
        InsertResponse response = insert(client, rows(0, 1234))) {
      assertThat(response.getWrittenRows()).isEqualTo(1234);
    }
  }

  @Test
  void aQuerySaysHowManyRowsItReadAndGave() throws Exception {
    try (Client client = server.client().build()) {
      insert(client, rows(0, 100_000)).close();
      try (QueryResponse response = client.query("SELECT a FROM t WHERE a = 5").get()) {
        assertThat(response.getReadRows()).isEqualTo(8192);
        assertThat(response.getResultRows()).isEqualTo(1);
      }
    }
  }

  @Test
  void theIdOfAQueryComesBack() throws Exception {
    try (Client client = server.client().build();
        QueryResponse response =
            client.query("SELECT 1", new QuerySettings().setQueryId("mine")).get()) {
      assertThat(response.getQueryId()).isEqualTo("mine");
    }
  }

  @Test
  void aParameterIsAValueAndNotText() throws Exception {
    String value = "'; DROP TABLE t; -- é";
    try (Client client = server.client().build()) {
      List<GenericRecord> rows = client.queryAll("SELECT {x:String} AS x", Map.of("x", value));
      assertThat(rows.getFirst().getString("x")).isEqualTo(value);
    }
  }

  @Test
  void aSettingOfARequestHolds() throws Exception {
    QuerySettings settings = new QuerySettings().serverSetting("max_threads", "7");
    try (Client client = server.client().build();
        QueryResponse response =
            client.query("SELECT getSetting('max_threads') AS n", settings).get();
        ClickHouseBinaryFormatReader reader = client.newBinaryFormatReader(response)) {
      reader.next();
      assertThat(reader.getLong("n")).isEqualTo(7);
    }
  }

  @Test
  void aBlockWithTheSameTokenIsInsertedOnce() throws Exception {
    server.text(
        "CREATE OR REPLACE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a"
            + " SETTINGS non_replicated_deduplication_window = 10");
    InsertSettings settings = new InsertSettings().serverSetting("insert_deduplication_token", "1");
    try (Client client = server.client().build()) {
      client.insert("t", rows(0, 10), ClickHouseFormat.RowBinary, settings).get().close();
      client.insert("t", rows(0, 10), ClickHouseFormat.RowBinary, settings).get().close();
      assertThat(server.text("SELECT count() FROM t")).isEqualTo("10");
    }
  }

  @Test
  void anInsertionThatFailsLeavesNothing() throws Exception {
    ByteArrayInputStream cutOff = new ByteArrayInputStream(rows(0, 1000).readNBytes(9_995));
    try (Client client = server.client().build()) {
      ServerException failure =
          catchThrowableOfType(ServerException.class, () -> insert(client, cutOff).close());
      assertThat(failure.getCode()).isEqualTo(33);
      assertThat(server.text("SELECT count() FROM t")).isEqualTo("0");
    }
  }

  @Test
  void aLargeInsertionThatIsRefusedAtOnceGetsTheReason() {
    try (Client client = server.client().compressClientRequest(false).build()) {
      ServerException failure =
          catchThrowableOfType(
              ServerException.class,
              () -> client.insert("missing", rows(0, 500_000), ClickHouseFormat.RowBinary).get());
      assertThat(failure.getCode()).isEqualTo(60);
    }
  }

  @Test
  void aQueryThatFailsHalfwayIsNotTakenForComplete() {
    assertThatThrownBy(
            () -> readAll("SELECT number, throwIf(number = 900000) FROM numbers(1000000)"))
        .hasStackTraceContaining("Premature end of chunk coded message body");
  }

  private static void readAll(String sql) throws Exception {
    try (Client client = server.client().build();
        QueryResponse response = client.query(sql).get();
        ClickHouseBinaryFormatReader reader = client.newBinaryFormatReader(response)) {
      while (reader.next() != null) {
        // Only whether there is an end counts.
      }
    }
  }

  @Test
  void aTokenIsTakenForAPassword() throws Exception {
    try (Client client =
        new Client.Builder()
            .addEndpoint("http://127.0.0.1:" + server.process().port())
            .useBearerTokenAuth(TestServer.PASSWORD)
            .build()) {
      assertThat(client.queryAll("SELECT 1 AS a").getFirst().getLong("a")).isEqualTo(1);
    }
  }

  @Test
  void aReadOnlyUserCannotWrite() {
    try (Client client = server.client().setUsername("reader").build()) {
      assertThat(failureOf(client, "INSERT INTO t SELECT 1, 'x'").getCode()).isEqualTo(164);
    }
  }

  @Test
  void settingsOfARequestReplaceThoseOfTheUserBeforeTheyAreCheckedTogether() throws Exception {
    QuerySettings uncached = new QuerySettings().serverSetting("use_query_cache", "0");
    try (Client client = server.client().setUsername("cached").build()) {
      assertThat(failureOf(client, "SELECT 1").getCode()).isEqualTo(731);
      assertThat(client.query("SELECT 1", uncached).get().getReadRows()).isEqualTo(1);
    }
  }

  @Test
  void theMemoryOfAUserIsLimited() {
    try (Client client = server.client().setUsername("small").build()) {
      assertThat(failureOf(client, "SELECT groupArray(number) FROM numbers(100000000)").getCode())
          .isEqualTo(241);
    }
  }

  @Test
  void aStatementRunsBesideAnother() throws Exception {
    QuerySettings settings = new QuerySettings().serverSetting("max_execution_time", "60");
    try (Client client = server.client().build()) {
      CompletableFuture<QueryResponse> endless =
          CompletableFuture.supplyAsync(() ->
              client.query("SELECT sum(sipHash64(number)) FROM system.numbers", settings).join());
      String running = "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%numbers'";
      while (server.text(running).equals("0")) {
        assertThat(endless).isNotDone();
      }
      server.text("KILL QUERY WHERE query LIKE '%sipHash64%numbers' SYNC");
      assertThatThrownBy(endless::join).hasStackTraceContaining("Code: 394");
    }
  }

  @Test
  void clientsInsertAtOnce() throws Exception {
    try (Client client = server.client().build();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        long from = i * 1000L;
        done.add(
            threads.submit(() -> {
              insert(client, rows(from, from + 1000)).close();
              return null;
            }));
      }
      for (Future<?> insertion : done) {
        insertion.get();
      }
      assertThat(server.text("SELECT count(), uniqExact(a) FROM t")).isEqualTo("80000\t80000");
    }
  }
}
