package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.config.StoreUri;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The databases of Reflow's servers are read as they are, and stay as they are. */
class ReflowDatabaseTest {
  private static final List<FlowTrace> TRACES = SampleTraces.of(11).next(5);

  @TempDir private Path folder;
  private final TraceStore store = MemoryConfig.of().open();

  @AfterEach
  void close() {
    store.close();
  }

  private Path database() {
    return folder.resolve("reflow.db");
  }

  private Connection create() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
    createTraces(connection, "BLOB");
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE trace_events (id INTEGER PRIMARY KEY AUTOINCREMENT, trace_id TEXT NOT NULL,
            event_id TEXT NOT NULL, timestamp INTEGER NOT NULL, event_type TEXT NOT NULL,
            actor_id TEXT NOT NULL, data TEXT NOT NULL, causality TEXT NOT NULL,
            compressed BOOLEAN NOT NULL DEFAULT FALSE)\
          """);
    }
    return connection;
  }

  /** The columns that Reflow fills beside these are not read. */
  private static void createTraces(Connection connection, String bytes) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE traces (trace_id TEXT PRIMARY KEY, data %s NOT NULL, compressed BOOLEAN NOT NULL)"
              .formatted(bytes));
    }
  }

  /** Every second one is packed. */
  private static void insert(Connection connection, List<FlowTrace> traces) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO traces VALUES (?, ?, ?)")) {
      for (int i = 0; i < traces.size(); i++) {
        byte[] json = ReflowJson.write(traces.get(i)).getBytes(StandardCharsets.UTF_8);
        insert.setString(1, traces.get(i).traceId().toString());
        insert.setBytes(2, i % 2 == 0 ? Zstd.compress(json) : json);
        insert.setBoolean(3, i % 2 == 0);
        insert.executeUpdate();
      }
    }
  }

  private static void insertEvent(Connection connection, FlowTrace trace, TraceEvent event)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO trace_events (trace_id, event_id, timestamp, event_type, actor_id, data, causality)
            SELECT ?1, json_extract(?2, '$.event_id'), ?3, json_quote(json_extract(?2, '$.event_type')),
              json_extract(?2, '$.actor_id'), json_extract(?2, '$.data'), json_extract(?2, '$.causality')\
            """)) {
      insert.setString(1, trace.traceId().toString());
      insert.setString(2, ReflowJson.write(event));
      insert.setLong(3, event.timestamp().getEpochSecond());
      insert.executeUpdate();
    }
  }

  private ImportReport importFile() {
    return TraceImporter.importFiles(store, List.of(database()), null, ImportListener.NONE);
  }

  private List<FlowTrace> stored() {
    return store.queryTraces(TraceQuery.ALL).reversed();
  }

  @Test
  void the_traces_of_a_sqlite_file_are_read_packed_or_not_and_the_file_is_not_changed()
      throws SQLException, IOException {
    try (Connection connection = create()) {
      insert(connection, TRACES);
    }
    byte[] before = Files.readAllBytes(database());
    assertThat(importFile().stored()).isEqualTo(5);
    assertThat(stored()).isEqualTo(TRACES);
    assertThat(importFile().isComplete()).isTrue();
    assertThat(stored()).isEqualTo(TRACES);
    assertThat(Files.readAllBytes(database())).isEqualTo(before);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(database());
    }
  }

  @Test
  void events_that_stand_in_a_table_of_their_own_are_added_to_their_trace_once()
      throws SQLException {
    FlowTrace whole = TRACES.getFirst();
    TraceEvent late = whole.events().getLast();
    FlowTrace without = whole.withEvents(whole.events().subList(0, whole.events().size() - 1));
    try (Connection connection = create()) {
      insert(connection, List.of(without));
      insertEvent(connection, whole, late);
      insertEvent(connection, whole, whole.events().getFirst());
    }
    importFile();
    List<TraceEvent> expected = new ArrayList<>(without.events());
    expected.add(
        late.toBuilder().timestamp(late.timestamp().truncatedTo(ChronoUnit.SECONDS)).build());
    assertThat(store.getEvents(whole.traceId())).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void a_row_that_is_no_trace_is_reported_and_costs_itself_alone() throws SQLException {
    try (Connection connection = create()) {
      insert(connection, TRACES);
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO traces VALUES ('broken', '{', FALSE)");
        statement.execute("INSERT INTO traces VALUES ('empty', '', FALSE)");
      }
    }
    ImportReport report = importFile();
    assertThat(report.stored()).isEqualTo(5);
    assertThat(report.firstRejections())
        .extracting(Rejection::message)
        .hasSize(2)
        .allMatch(message -> message.startsWith(database() + ": trace "));
  }

  @Test
  void a_store_of_our_own_is_refused_by_name() {
    SqliteConfig.of(database().toString()).open().close();
    ImportReport report = importFile();
    assertThat(report.firstRejections())
        .singleElement()
        .extracting(Rejection::message)
        .isEqualTo(
            database()
                + " is no database of Reflow's: it has no table traces with the columns data and"
                + " compressed; migrate moves the traces of another store");
  }

  @Test
  void the_traces_of_a_postgresql_database_are_read() throws SQLException, IOException {
    PostgresServer server = PostgresServers.main().withNewDatabase();
    try (Connection connection = server.connect("postgresql:any?schemaName=public")) {
      createTraces(connection, "BYTEA");
      insert(connection, TRACES);
    }
    try (TraceSource source =
        ReflowDatabase.ofPostgresql(
            StoreUri.parse(
                "postgresql://%s:%s@%s:%d/%s"
                    .formatted(
                        server.user(),
                        server.password(),
                        server.host(),
                        server.port(),
                        server.database())))) {
      assertThat(TraceImporter.importAll(store, source, ImportListener.NONE).stored()).isEqualTo(5);
    }
    assertThat(stored()).isEqualTo(TRACES);
    PostgresServers.main().execute("DROP DATABASE " + server.database());
  }

  @Test
  void a_database_that_cannot_be_reached_is_named_without_its_password() {
    assertThatThrownBy(() ->
            ReflowDatabase.ofPostgresql(StoreUri.parse("postgresql://me:s3cret@localhost:1/x")))
        .isInstanceOf(TraceStoreException.class)
        .hasMessageStartingWith("postgresql://me:***@localhost:1/x cannot be opened: ")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void a_file_that_does_not_exist_is_not_created() {
    assertThatThrownBy(() -> ReflowDatabase.ofSqlite(database()))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(database() + ": no such file");
    assertThat(database()).doesNotExist();
  }
}
