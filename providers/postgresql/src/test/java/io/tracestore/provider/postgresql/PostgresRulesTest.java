package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.postgresql.InstalledServer;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that the server itself watches over: a statement that breaks one fails. */
class PostgresRulesTest extends PostgresTests {
  private final Instant now = Instant.now();

  /** How many events a statement may remove. */
  private static final int BOUND = 50_000;

  @TempDir static Path directory;
  private static InstalledServer server;

  @BeforeAll
  static void startServer() throws IOException {
    server = InstalledServer.start(PostgresServers.programs(), directory);
    server
        .server()
        .execute(
            """
            CREATE FUNCTION public.refuse_ddl_without_time_out() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF current_setting('lock_timeout') = '0' AND current_setting('application_name') = 'watched' THEN
                RAISE EXCEPTION '% without lock_timeout', tg_tag;
              END IF;
            END $$\
            """,
            "CREATE EVENT TRIGGER watch ON ddl_command_start"
                + " EXECUTE FUNCTION public.refuse_ddl_without_time_out()");
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  PostgresServer server() {
    return server.server();
  }

  @Test
  void noTableIsMadeChangedOrDroppedWithoutALockTimeout() {
    String uri = newUri("partitionInterval=HOURLY&ApplicationName=watched");
    TraceStore store = open(uri);
    store.storeTrace(trace(1, now.minus(Duration.ofHours(9))));
    int made = 4; // for the trace, for now, and for two hours ahead
    await("partitions ahead", () -> PartitionTable.of(server(), uri).ranges().size() == made);
    assertThat(store.purgeBefore(now.minus(Duration.ofHours(5)))).isEqualTo(1);
    assertThat(PartitionTable.of(server(), uri).ranges()).hasSize(made - 1);
    assertThat(store.healthCheck().warnings()).isEmpty();
  }

  @Test
  void noStatementOfAPurgeRemovesMoreEventsThanItsBound() {
    String uri = newUri("partitioning=false");
    TraceStore store = open(uri);
    for (int number = 0; number < 4; number++) {
      store.storeTrace(trace(number, now.minusSeconds(number)));
    }
    store.storeEvent(trace(9, now).traceId(), event(9, 0, now));
    server()
        .execute(
            "SET search_path = " + PostgresServer.schemaOf(uri),
            """
            INSERT INTO events SELECT e.* FROM (SELECT DISTINCT ON (trace_id) * FROM events) AS e,
              LATERAL generate_series(1, CASE WHEN get_byte(uuid_send(e.trace_id), 7) %% 2 = 0 THEN %d ELSE %d END)\
            """
                .formatted(BOUND / 2 - 10, 2 * BOUND + 7),
            """
            CREATE FUNCTION watch_bound() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF (SELECT count(*) FROM gone) > %d THEN
                RAISE EXCEPTION 'a statement removes too much';
              END IF;
              RETURN NULL;
            END $$\
            """
                .formatted(BOUND),
            "CREATE TRIGGER watch AFTER DELETE ON events REFERENCING OLD TABLE AS gone"
                + " FOR EACH STATEMENT EXECUTE FUNCTION watch_bound()");
    assertThat(store.purgeBefore(now.plusSeconds(1))).isEqualTo(4);
    assertThat(server().select(uri, "SELECT count(*) FROM events")).containsExactly("0");
    assertThat(server().select(uri, "SELECT count(*) FROM traces")).containsExactly("0");
  }

  @Test
  void aPurgeWalksOverRemovedTracesOnceAlthoughSomebodyStillSeesThem() throws Exception {
    String uri = newUri("partitioning=false");
    TraceStore store = open(uri);
    int traces = 20_000;
    store.storeTrace(trace(0, now.minusSeconds(1), 0));
    server()
        .execute(
            "SET search_path = " + PostgresServer.schemaOf(uri),
            """
            INSERT INTO traces (trace_id, start_ns, execution_id, start_hour, status, flow_id, labels, facets, body)
            SELECT gen_random_uuid(), start_ns - i * 1000, execution_id, start_hour, status, flow_id, labels, facets, body
            FROM traces, generate_series(1, %d) AS i\
            """
                .formatted(traces - 1),
            """
            INSERT INTO traces (trace_id, start_ns, execution_id, start_hour, status, flow_id, labels, facets, body)
            SELECT gen_random_uuid(), start_ns + 10000000000 + i, execution_id, start_hour, status, flow_id, labels, facets, body
            FROM traces, generate_series(1, 2000) AS i WHERE trace_id = '%s'\
            """
                .formatted(trace(0, now).traceId()));
    try (var reader = server().connect(uri);
        var statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      reader.setTransactionIsolation(java.sql.Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("SELECT FROM traces LIMIT 1");
      assertThat(store.purgeBefore(now)).isEqualTo(traces);
      reader.rollback();
    }
    String read =
        "SELECT idx_tup_read FROM pg_stat_user_indexes"
            + " WHERE indexrelid = 'traces_by_start'::regclass";
    // Each once, and some again; without the place where the last step ended it is ten times as
    // much.
    await("the server's counts", () -> Long.parseLong(server().select(uri, read).getFirst()) > 0);
    assertThat(Long.parseLong(server().select(uri, read).getFirst())).isLessThan(3L * traces);
  }

  @Test
  void anEventWithARandomIdIsLookedForWithoutReadingTheWholeTrace() {
    String uri = newUri("partitioning=false");
    FlowTrace trace = trace(1, now);
    try (TraceStore first = TraceStores.open(uri)) {
      first.storeTrace(trace);
    }
    int events = 30_000;
    server()
        .execute(
            "SET search_path = " + PostgresServer.schemaOf(uri),
            "UPDATE traces SET last_event_id = 'ffffffff-ffff-4fff-bfff-ffffffffffff'",
            """
            INSERT INTO events (ts_ns, trace_id, event_id, start_hour, actor, event_type, has_error, body)
            SELECT ts_ns, trace_id, gen_random_uuid(), start_hour, actor, event_type, has_error, body
            FROM (SELECT * FROM events LIMIT 1) AS e, generate_series(1, %d)\
            """
                .formatted(events),
            "ANALYZE events");
    awaitInserted(uri, events + 5);
    TraceStore store = open(uri);
    long before = read(uri);
    for (int i = 0; i < 10; i++) {
      TraceEvent added =
          event(1, 7, now).toBuilder().eventId(new EventId(UUID.randomUUID())).build();
      store.storeEvent(trace.traceId(), added);
    }
    store.close();
    awaitInserted(uri, events + 15);
    assertThat(read(uri) - before).isLessThan(1000);
  }

  /** The server counts what a session did when the session ends, or has been idle for seconds. */
  private void awaitInserted(String uri, int rows) {
    await(
        "the server's counts",
        () -> List.of("" + rows).equals(server().select(uri, ofDefault("n_tup_ins"))));
  }

  private long read(String uri) {
    return Long.parseLong(
        server().select(uri, ofDefault("seq_tup_read + coalesce(idx_tup_fetch, 0)")).getFirst());
  }

  private static String ofDefault(String count) {
    return "SELECT " + count + " FROM pg_stat_user_tables WHERE relid = 'events_default'::regclass";
  }
}
