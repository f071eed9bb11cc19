package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.postgresql.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No statement takes longer than the store allows, and none goes on in the server. */
@Timeout(60)
class PostgresTimeLimitsTest extends PostgresTests {
  private static final String LIMITS = "statementTimeoutMs=1s&maintenanceTimeoutMs=2s";

  private final FlowTrace trace = trace(1, Instant.now());

  @Test
  void aCallWhoseStatementTakesTooLongEndsAndNamesTheOption() throws Exception {
    String uri = newUri(LIMITS);
    TraceStore store = open(uri);
    store.storeTrace(trace);
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("getTrace", () -> store.getTrace(trace.traceId()));
    calls.put("getEvents", () -> store.getEvents(trace.traceId()));
    calls.put("queryTraces", () -> store.queryTraces(TraceQuery.ALL));
    calls.put("count", () -> store.count(TraceQuery.ALL));
    calls.put("eventMetrics", () -> store.eventMetrics(EventMetricsQuery.ALL));
    calls.put("actorGraph", () -> store.actorGraph(ActorGraphQuery.ALL));
    calls.put("storeTrace", () -> store.storeTrace(trace(2, Instant.now())));
    calls.put("storeEvent", () -> store.storeEvent(trace.traceId(), event(1, 9, Instant.now())));
    calls.put("healthCheck", store::healthCheck);
    calls.put("metrics", store::metrics);
    calls.put(
        "openCursor",
        () -> {
          try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
            cursor.next();
          }
        });
    assertAllEnd(uri, "traces, SCHEMA.events", calls, "statementTimeoutMs=1000");
    assertThat(store.getTrace(trace.traceId())).contains(trace);
    store.storeTrace(trace(2, Instant.now()));
  }

  /** The driver has no clock for COPY. */
  @Test
  void aWriteThatCopiesItsEventsEndsToo() throws Exception {
    String uri = newUri(LIMITS);
    TraceStore store = open(uri);
    store.storeTrace(trace);
    ThrowingCallable write = () -> store.storeTrace(trace(2, Instant.now()));
    assertAllEnd(uri, "events", Map.of("storeTrace", write), "statementTimeoutMs=1000");
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
  }

  @Test
  void removalsHaveALimitOfTheirOwn() throws Exception {
    String uri = newUri(LIMITS);
    TraceStore store = open(uri);
    store.storeTrace(trace);
    Map<String, ThrowingCallable> calls =
        Map.of(
            "deleteTrace", () -> store.deleteTrace(trace.traceId()),
            "purgeBefore", () -> store.purgeBefore(Instant.now()));
    assertAllEnd(uri, "traces", calls, "maintenanceTimeoutMs=2000");
    assertThat(store.deleteTrace(trace.traceId())).isTrue();
  }

  @Test
  void aLowerLimitOfTheSessionStaysInForce() throws Exception {
    String uri = newUri("statementTimeoutMs=10m&options=-c%20statement_timeout%3D300ms");
    TraceStore store = open(uri);
    ThrowingCallable write = () -> store.storeTrace(trace);
    assertAllEnd(uri, "events", Map.of("storeTrace", write), "due to statement timeout");
  }

  private void assertAllEnd(
      String uri, String tables, Map<String, ThrowingCallable> calls, String option)
      throws Exception {
    String schema = PostgresServer.schemaOf(uri);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
        Connection other = server().connect(uri);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute(
          "LOCK TABLE SCHEMA.%s IN ACCESS EXCLUSIVE MODE"
              .formatted(tables)
              .replace("SCHEMA", schema));
      Map<String, Future<Throwable>> ends = new LinkedHashMap<>();
      calls.forEach((name, call) -> ends.put(name, callers.submit(() -> catchThrowable(call))));
      for (Map.Entry<String, Future<Throwable>> end : ends.entrySet()) {
        assertThat(end.getValue().get())
            .as(end.getKey())
            .isInstanceOf(StoreTimeoutException.class)
            .hasMessageContaining(option);
      }
      // Waiting statements of this schema would show here.
      await(
          "no statement stays in the server",
          () -> waitingForLocks(uri, "query LIKE '%" + nameOfSchema(uri) + "%'") == 0);
      other.rollback();
    }
  }
}
