package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tracestore.TraceStores;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Rows hold names as numbers. No process relies on a number, and names go with what has them. */
class PostgresNamesTest extends PostgresTests {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

  private static TraceEvent event(String actor) {
    return event(actor, TraceEventType.ACTOR_STARTED);
  }

  private static TraceEvent event(String actor, TraceEventType type) {
    return TraceEvent.builder(type, actor).eventId(EventId.random()).timestamp(START).build();
  }

  private static FlowTrace of(long number, TraceEvent... events) {
    return trace(number, START, 0).withEvents(List.of(events));
  }

  private static Map<String, Long> eventsByActor(TraceStore store) {
    Map<String, Long> counts = new TreeMap<>();
    for (EventMetrics metrics : store.eventMetrics(EventMetricsQuery.builder().build())) {
      counts.merge(metrics.actorId(), metrics.events(), Long::sum);
    }
    return counts;
  }

  /**
   * Waits until exactly these are left: any transaction on the server, such as one of the store's
   * own at its open, puts the removal of names off.
   */
  private void awaitActors(TraceStore store, String uri, String... left) {
    await(
        "these names alone: " + List.of(left),
        () -> {
          store.purgeBefore(Instant.EPOCH);
          return actors(uri).equals(List.of(left));
        });
  }

  private Connection transaction(String uri) throws SQLException {
    Connection connection = server().connect(uri);
    connection.setAutoCommit(false);
    return connection;
  }

  private List<String> actors(String uri) {
    return server().select(uri, "SELECT name FROM names WHERE kind = 0 ORDER BY name");
  }

  /**
   * Emulates a standby that becomes the primary without the last writes: the rows are deleted, and
   * their numbers are given out again.
   */
  @Test
  void afterAFailoverThatLostANameItsNumberIsGivenToAnotherAndNothingIsCountedForTheWrongOne() {
    String uri = newUri("");
    TraceStore one = open(uri);
    one.storeTrace(of(1, event("alice")));
    server()
        .select(
            uri,
            "WITH a AS (DELETE FROM traces), b AS (DELETE FROM events),"
                + " c AS (DELETE FROM names RETURNING name_id)"
                + " SELECT setval(pg_get_serial_sequence('names', 'name_id'), min(name_id), false)"
                + " FROM c");
    TraceStore other = open(uri);
    other.storeTrace(of(2, event("mallory")));
    one.storeTrace(of(3, event("alice")));
    Map<String, Long> expected = Map.of("alice", 1L, "mallory", 1L);
    assertThat(eventsByActor(one)).isEqualTo(expected);
    assertThat(eventsByActor(other)).isEqualTo(expected);
    for (TraceStore store : List.of(one, other)) {
      assertThat(store.queryTraces(TraceQuery.builder().actor("mallory").build()))
          .extracting(trace -> trace.events().getFirst().actorId())
          .containsExactly("mallory");
      assertThat(store.count(TraceQuery.builder().actor("alice").build())).isEqualTo(1);
    }
  }

  @Test
  void namesGoWithTheTracesThatHaveThem() {
    String uri = newUri("");
    TraceStore store = open(uri);
    store.storeTrace(of(1, event("order 1"), event("shared")));
    store.storeTrace(of(2, event("order 2"), event("shared")));
    store.storeEvent(of(3).traceId(), event("order 3"));
    assertThat(store.deleteTrace(of(1).traceId())).isTrue();
    awaitActors(store, uri, "order 2", "order 3", "shared");
    assertThat(store.purgeBefore(START.plusSeconds(1))).isEqualTo(1);
    awaitActors(store, uri);
    // Only the list of chosen keys stays, here the empty one.
    assertThat(server().select(uri, "SELECT kind || ':' || name FROM names")).containsExactly("2:");
  }

  @Test
  void namesGoWithAPartition() {
    String uri = newUri("retention=0d");
    TraceStore store = open(uri);
    Instant now = Instant.now();
    store.storeTrace(trace(1, now, 5));
    assertThat(actors(uri)).hasSize(4);
    assertThat(store.purgeBefore(now.plusSeconds(3 * 86_400))).isEqualTo(1);
    awaitActors(store, uri);
  }

  @Test
  void aNameStaysAsLongAsAReceiverOfADataFlowHasIt() {
    String uri = newUri("");
    TraceStore store = open(uri);
    store.storeTrace(of(1, event("receiver")));
    store.storeTrace(of(2, event("sender", new TraceEventType.DataFlow("receiver", "port"))));
    store.deleteTrace(of(1).traceId());
    assertThat(actors(uri)).containsExactly("receiver", "sender");
  }

  @Test
  void aNameThatOnlyAReplacedEventHadGoes() {
    String uri = newUri("");
    TraceStore store = open(uri);
    TraceEvent before = event("before");
    store.storeTrace(of(1, before, event("other")));
    store.storeEvent(of(1).traceId(), before.toBuilder().actorId("after").build());
    store.storeTrace(of(2, event("gone")));
    store.deleteTrace(of(2).traceId());
    awaitActors(store, uri, "after", "other");
  }

  @Test
  void aNameOfARefusedTraceGoes() {
    String uri = newUri("");
    TraceStore store = open(uri);
    store.storeTrace(of(1, event("kept")));
    FlowTrace conflicting =
        FlowTrace.builder("another flow")
            .traceId(of(1).traceId())
            .startTime(START)
            .events(List.of(event("refused")))
            .build();
    assertThat(catchThrowable(() -> store.storeTrace(conflicting)))
        .isInstanceOf(StoreConflictException.class);
    store.purgeBefore(START);
    awaitActors(store, uri, "kept");
  }

  /** Another process may have read the number before, and write it any time. */
  @Test
  void aNameStaysWhileATransactionFromBeforeMayUseIt() throws Exception {
    String uri = newUri("");
    TraceStore store = open(uri);
    store.storeTrace(of(1, event("suspect")));
    try (Connection other = transaction(uri);
        Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_current_xact_id()");
      store.deleteTrace(of(1).traceId());
      assertThat(actors(uri)).containsExactly("suspect");
      other.commit();
    }
    store.purgeBefore(START);
    awaitActors(store, uri);
  }

  /** A transaction that began after the one that marks, and read before that was done. */
  @Test
  void aNameStaysIfATransactionReadsItWhileItIsBeingMarked() throws Exception {
    String uri = newUri("");
    TraceStore store = open(uri);
    store.storeTrace(of(1, event("suspect")));
    try (Connection holder = transaction(uri);
        Connection writer = transaction(uri);
        Statement holding = holder.createStatement();
        Statement writing = writer.createStatement()) {
      holding.execute("SELECT FROM names WHERE name = 'suspect' FOR UPDATE");
      Thread deleting = Thread.ofPlatform().start(() -> store.deleteTrace(of(1).traceId()));
      // The maintenance of the open may mark beside the deletion.
      await(
          "a mark is waiting for the row",
          () ->
              waitingForLocks(
                      uri, "query LIKE '%" + nameOfSchema(uri) + "%names%set%unused%= true%'")
                  > 0);
      writing.execute("SELECT pg_current_xact_id()");
      writing.execute(
          "INSERT INTO traces (trace_id, start_hour, facets)"
              + " SELECT gen_random_uuid(), -2147483648, ARRAY[name_id] FROM names"
              + " WHERE name = 'suspect' AND NOT unused");
      holder.commit();
      deleting.join();
      await(
          "the name is marked",
          () ->
              server()
                  .select(uri, "SELECT name FROM names WHERE kind = 0 AND unused")
                  .equals(List.of("suspect")));
      writer.commit();
    }
    assertThat(actors(uri)).containsExactly("suspect");
  }

  @Test
  void aNameThatIsAboutToGoIsTakenIntoUseAgain() throws Exception {
    String uri = newUri("");
    TraceStore store = open(uri);
    store.storeTrace(of(1, event("phoenix")));
    try (Connection other = transaction(uri);
        Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_current_xact_id()");
      store.deleteTrace(of(1).traceId());
      store.storeTrace(of(2, event("phoenix")));
      other.commit();
    }
    store.purgeBefore(START);
    assertThat(eventsByActor(store)).isEqualTo(Map.of("phoenix", 1L));
    assertThat(store.count(TraceQuery.builder().actor("phoenix").build())).isEqualTo(1);
  }

  @Test
  void tracesThatComeAndGoInManyThreadsAreNeverCountedForTheWrongActor() throws Exception {
    String uri = newUri("");
    try (TraceStore one = TraceStores.open(uri);
        TraceStore other = TraceStores.open(uri)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int own = i;
        TraceStore store = i % 2 == 0 ? one : other;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int round = 0; round < 30; round++) {
                    FlowTrace trace = of(100 + own, event("actor " + round % 3));
                    store.storeTrace(trace);
                    store.deleteTrace(trace.traceId());
                  }
                  store.storeTrace(of(200 + own, event("actor " + own % 3), event("own " + own)));
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      Map<String, Long> expected =
          new TreeMap<>(Map.of("actor 0", 3L, "actor 1", 3L, "actor 2", 2L));
      for (int i = 0; i < 8; i++) {
        expected.put("own " + i, 1L);
      }
      assertThat(eventsByActor(one)).isEqualTo(expected);
      for (Map.Entry<String, Long> actor : expected.entrySet()) {
        assertThat(other.count(TraceQuery.builder().actor(actor.getKey()).build()))
            .isEqualTo(actor.getValue());
      }
    }
  }
}
