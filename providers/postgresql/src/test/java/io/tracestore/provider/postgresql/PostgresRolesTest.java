package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.postgresql.PostgresServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Roles with few rights: what they may do works, now and in a week. */
class PostgresRolesTest extends PostgresTests {
  private final Instant now = Instant.now();

  private String uri;
  private String role;

  @BeforeEach
  void makeRole() {
    uri = newUri("minConnections=0");
    role = "role_of_" + nameOfSchema(uri);
    open(uri).storeTrace(trace(1, now));
    server()
        .execute(
            "CREATE ROLE %s LOGIN PASSWORD 'own'".formatted(role),
            "GRANT USAGE ON SCHEMA %s TO %s".formatted(PostgresServer.schemaOf(uri), role));
  }

  @AfterEach
  void removeRole() {
    closeAndRemove();
    server().execute("DROP OWNED BY " + role, "DROP ROLE " + role);
  }

  private void grant(String rights) {
    server()
        .execute(
            "GRANT %s ON ALL TABLES IN SCHEMA %s TO %s"
                .formatted(rights, PostgresServer.schemaOf(uri), role));
  }

  private String uriOfRole(String options) {
    return uri.replaceFirst("//[^@]*@", "//" + role + ":own@") + options;
  }

  @Test
  void aUserThatMayReadOpensAndReads() {
    grant("SELECT");
    for (String options : List.of("", "&create=false")) {
      try (TraceStore store = TraceStores.open(uriOfRole(options));
          TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
        assertThat(store.getTrace(trace(1, now).traceId())).contains(trace(1, now));
        assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(trace(1, now));
        assertThat(cursor.next()).isEqualTo(trace(1, now));
        assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
        assertThat(store.eventMetrics(EventMetricsQuery.builder().build())).isNotEmpty();
      }
    }
  }

  @Test
  void aUserThatMayWriteButNotCreateTablesWritesForEver() {
    grant("SELECT, INSERT, UPDATE, DELETE");
    TraceStore store = open(uriOfRole("&retention=20d"));
    // Of a day that has no partition, as all days will be that come.
    FlowTrace other = trace(2, now.minus(Duration.ofDays(9)));
    store.storeTrace(other);
    FlowTrace next = trace(3, now.minus(Duration.ofDays(8)));
    store.storeTrace(next);
    assertThat(store.getTrace(other.traceId())).contains(other);
    assertThat(server().select(uri, "SELECT count(*) FROM events_default")).containsExactly("10");
    assertThat(store.healthCheck().warnings())
        .anySatisfy(warning ->
            assertThat(warning)
                .startsWith("no partitions can be made, their events go to events_default: ")
                .contains("permission denied"));
    assertThat(store.purgeBefore(now.minus(Duration.ofDays(3)))).isEqualTo(2);
    assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(trace(1, now));
  }

  @Test
  void aRetentionWithoutTheRightToDeleteSaysSo() {
    open(uri + "&partitioning=false").storeTrace(trace(2, now.minus(Duration.ofDays(9))));
    grant("SELECT, INSERT, UPDATE");
    TraceStore store = open(uriOfRole("&retention=3d"));
    await(
        "a warning",
        () ->
            store.healthCheck().warnings().stream()
                .anyMatch(warning -> warning.startsWith("old traces are not removed: ")));
    assertThat(store.metrics().counters().get("maintenanceFailures")).isPositive();
  }

  @Test
  void withoutCreateAMissingSchemaIsAnErrorAndStaysMissing() {
    String missing = newUri("create=false");
    assertThatThrownBy(() -> TraceStores.open(missing))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("there is no store in schema '" + nameOfSchema(missing))
        .hasMessageContaining("create=false")
        .hasMessageNotContaining("\n");
    assertThat(
            server()
                .select(
                    uri,
                    "SELECT nspname FROM pg_namespace WHERE nspname = '"
                        + nameOfSchema(missing)
                        + "'"))
        .isEmpty();
  }
}
