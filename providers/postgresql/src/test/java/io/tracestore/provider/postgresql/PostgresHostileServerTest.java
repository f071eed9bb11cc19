package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.postgresql.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Roles, schemas, other users and readers are not as a store would like them to be. */
class PostgresHostileServerTest extends PostgresTests {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

  @Test
  void theSizeIsThatOfTheOwnSchemaForEveryName() {
    String name = PostgresServer.newSchema("Size \"of' ");
    String own = server().uri(name, "");
    String other = server().uri(name.toLowerCase(Locale.ROOT), "");
    try (TraceStore small = TraceStores.open(own);
        TraceStore large = TraceStores.open(other)) {
      List<FlowTrace> traces = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        traces.add(trace(i, START, 100));
      }
      large.storeTraces(traces);
      assertThat(small.metrics().storageBytes()).isEqualTo(bytes(own));
      assertThat(large.metrics().storageBytes()).isGreaterThan(small.metrics().storageBytes());
    } finally {
      server().drop(own);
      server().drop(other);
    }
  }

  private long bytes(String uri) {
    String sql =
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
            + " AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'names'::regclass)";
    return Long.parseLong(server().select(uri, sql).getFirst());
  }

  /** Everything the store does, in a role that may use the tables and do nothing else. */
  @Test
  void aRoleWithoutRightsToChangeTablesReadsWritesAndRemoves() {
    String uri = newUri("");
    open(uri).close();
    String role = role(uri);
    try (TraceStore store = TraceStores.open(as(role, uri))) {
      useAll(store);
    } finally {
      dropRole(role);
    }
  }

  @Test
  void settingsOfARoleChangeNothing() {
    String uri = newUri("");
    open(uri).close();
    String role = role(uri);
    String schema = PostgresServer.schemaOf(uri);
    server()
        .execute(
            "ALTER ROLE %s SET search_path = ''".formatted(role),
            "ALTER ROLE %s SET synchronous_commit = off".formatted(role),
            "ALTER ROLE %s SET default_transaction_isolation = 'serializable'".formatted(role),
            "ALTER ROLE %s SET statement_timeout = '20s'".formatted(role),
            "ALTER ROLE %s SET lock_timeout = '20s'".formatted(role),
            "ALTER ROLE %s SET idle_in_transaction_session_timeout = '20s'".formatted(role),
            "ALTER ROLE %s SET plan_cache_mode = force_generic_plan".formatted(role),
            "ALTER ROLE %s SET bytea_output = escape".formatted(role),
            "ALTER ROLE %s SET \"DateStyle\" = 'SQL, DMY'".formatted(role),
            "CREATE TABLE %s.seen (setting text)".formatted(schema),
            "GRANT ALL ON %s.seen TO %s".formatted(schema, role),
            """
            CREATE FUNCTION %1$s.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO %1$s.seen VALUES (current_setting('synchronous_commit') || ', '
                || current_setting('transaction_isolation')); RETURN NULL; END $$\
            """
                .formatted(schema),
            "CREATE TRIGGER see AFTER INSERT ON %1$s.traces EXECUTE FUNCTION %1$s.see()"
                .formatted(schema));
    try (TraceStore store = TraceStores.open(as(role, uri))) {
      useAll(store);
      assertThat(server().select(uri, "SELECT DISTINCT setting FROM seen"))
          .containsExactly("on, read committed");
    } finally {
      dropRole(role);
    }
  }

  @Test
  void aRoleThatMayOnlyReadOpensAndReads() {
    String uri = newUri("");
    FlowTrace trace = trace(1, START);
    open(uri).storeTrace(trace);
    String role = role(uri);
    String schema = PostgresServer.schemaOf(uri);
    server()
        .execute(
            "REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s FROM %s"
                .formatted(schema, role));
    try (TraceStore store = TraceStores.open(as(role, uri))) {
      assertThat(store.getTrace(trace.traceId())).contains(trace);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(trace);
      assertThat(store.eventMetrics(EventMetricsQuery.builder().build())).hasSize(4);
      assertThat(store.identity()).isEqualTo(open(uri).identity());
      assertThatThrownBy(() -> store.storeTrace(trace(2, START)))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("permission denied");
    } finally {
      dropRole(role);
    }
  }

  private void useAll(TraceStore store) {
    FlowTrace trace = trace(1, START);
    store.storeTrace(trace);
    store.storeTrace(trace);
    store.storeEvent(trace.traceId(), event(1, 7, START));
    store.storeTraces(List.of(trace(2, START), trace(3, Instant.now())));
    assertThat(store.getEvents(trace.traceId())).hasSize(6);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(3);
    assertThat(store.queryTraces(TraceQuery.builder().actor("actor 1").build())).hasSize(3);
    assertThat(store.eventMetrics(EventMetricsQuery.builder().build())).isNotEmpty();
    assertThat(store.healthCheck().detail()).startsWith("wrote to and read from PostgreSQL");
    store.sync();
    assertThat(store.deleteTrace(trace(2, START).traceId())).isTrue();
    assertThat(store.purgeBefore(START.plusSeconds(1))).isEqualTo(1);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
  }

  /** A role that may use the tables of {@code uri}. */
  private String role(String uri) {
    String role = PostgresServer.newSchema("role_");
    String schema = PostgresServer.schemaOf(uri);
    server()
        .execute(
            "CREATE ROLE %s LOGIN PASSWORD 'r0le'".formatted(role),
            "GRANT USAGE ON SCHEMA %s TO %s".formatted(schema, role),
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO %s"
                .formatted(schema, role));
    return role;
  }

  private void dropRole(String role) {
    server().execute("DROP OWNED BY " + role, "DROP ROLE " + role);
  }

  private String as(String role, String uri) {
    return uri.replace(server().user() + ":" + server().password() + "@", role + ":r0le@");
  }

  @Test
  void readersThatHoldAllTheirConnectionsKeepNobodyFromWriting() throws SQLException {
    TraceStore store = openNew("maxConnections=4&minConnections=0&connectionTimeoutMs=1s");
    DataSource source = store.unwrap(DataSource.class);
    List<Connection> taken = new ArrayList<>();
    taken.add(source.getConnection());
    taken.add(source.getConnection());
    assertThatThrownBy(() -> store.count(TraceQuery.ALL)).hasMessageContaining("not available");
    store.storeTraces(List.of(trace(1, START), trace(2, START)));
    store.storeEvent(trace(1, START).traceId(), event(1, 9, START));
    for (Connection connection : taken) {
      connection.close();
    }
    assertThat(store.getEvents(trace(1, START).traceId())).hasSize(6);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(2);
  }

  @Test
  void anIdentityIsThatOfTheDataNotOfTheUri() {
    String uri = newUri("");
    String identity = open(uri).identity();
    assertThat(identity).startsWith("postgresql:").hasSizeLessThan(200);
    assertThat(open(uri).identity()).isEqualTo(identity);
    assertThat(open(uri.replace("localhost", "127.0.0.1") + "&maxConnections=4").identity())
        .isEqualTo(identity);
    assertThat(open("jdbc:" + uri).identity()).isEqualTo(identity);
    assertThat(openNew("").identity()).isNotEqualTo(identity);
    closeAndRemove();
    assertThat(open(uri).identity()).isNotEqualTo(identity);
    closeAndRemove();
    server().drop(uri);
  }

  @Test
  void aSyncPutsOntoTheDiskWhatWasAcknowledgedBefore() {
    String uri = newUri("");
    TraceStore store = open(uri);
    store.storeTrace(trace(1, START));
    String acknowledged = server().select(uri, "SELECT pg_current_wal_insert_lsn()").getFirst();
    boolean waitsForDisk =
        server().select(uri, "SELECT current_setting('fsync')").getFirst().equals("on");
    assertThat(store.sync()).isEqualTo(waitsForDisk);
    assertThat(
            server()
                .select(uri, "SELECT pg_current_wal_flush_lsn() >= '" + acknowledged + "'::pg_lsn"))
        .containsExactly("t");
  }

  @Test
  void withoutCreateAStoreThatIsNotThereIsRefusedAndNotMade() {
    String uri = newUri("create=false");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("there is no store in schema");
    String schema = PostgresServer.schemaOf(uri).replace("\"", "");
    assertThat(
            server()
                .select(uri, "SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema + "'"))
        .containsExactly("0");
    open(uri.replace("create=false", "create=true")).storeTrace(trace(1, START));
    assertThat(open(uri).count(TraceQuery.ALL)).isEqualTo(1);
  }
}
