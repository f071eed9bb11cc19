package io.tracestore.server;

import static io.tracestore.server.Messages.RECORDED;
import static io.tracestore.server.Messages.end;
import static io.tracestore.server.Messages.event;
import static io.tracestore.server.Messages.get;
import static io.tracestore.server.Messages.record;
import static io.tracestore.server.Messages.start;
import static io.tracestore.server.Messages.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.postgresql.PostgresServers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers on one PostgreSQL take parts of the same traces. */
class TwoServersTest {
  private final TraceId id = TraceId.random();
  private TraceStore firstStore;
  private TraceStore secondStore;
  private TraceServer first;
  private TraceServer second;
  private SocketClient toFirst;
  private SocketClient toSecond;

  @BeforeEach
  void start_servers() {
    String uri = PostgresServers.main().newStoreUri("");
    firstStore = TraceStores.open(uri);
    secondStore = TraceStores.open(uri);
    first = TraceServer.builder(firstStore).port(0).start();
    second = TraceServer.builder(secondStore).port(0).start();
    toFirst = SocketClient.connect(first);
    toSecond = SocketClient.connect(second);
  }

  @AfterEach
  void stop_servers() {
    toFirst.close();
    toSecond.close();
    first.close();
    second.close();
    firstStore.close();
    secondStore.close();
  }

  private FlowTrace stored() {
    return firstStore.getTrace(id).orElseThrow();
  }

  @Test
  void a_trace_that_began_at_one_is_continued_and_ended_at_the_other() throws Exception {
    TraceEvent here = event("reader");
    TraceEvent there = event("writer");

    assertThat(toFirst.ask(start(id, "etl"))).isEqualTo(started(id));
    assertThat(toFirst.ask(record(id, here))).isEqualTo(RECORDED);
    assertThat(toSecond.ask(record(id, there))).isEqualTo(RECORDED);
    assertThat(toSecond.ask(end(id, "\"Completed\""))).isEqualTo(RECORDED);

    assertThat(stored().flowId()).isEqualTo("etl");
    assertThat(stored().status()).isEqualTo(ExecutionStatus.completed());
    assertThat(stored().events()).containsExactlyInAnyOrder(here, there);
  }

  @Test
  void events_that_reach_the_other_server_before_the_begin_belong_to_the_trace() throws Exception {
    TraceEvent early = event("writer");

    assertThat(toSecond.ask(record(id, early))).isEqualTo(RECORDED);
    assertThat(toFirst.ask(start(id, "etl"))).isEqualTo(started(id));

    Messages.await("the second server knows the begin", () -> stored().flowId().equals("etl"));
    assertThat(stored().events()).isEqualTo(List.of(early));
  }

  @Test
  void one_server_shows_what_the_other_has_acknowledged() throws Exception {
    TraceEvent event = event("reader");
    toFirst.ask(start(id, "etl"));
    toFirst.ask(record(id, event));

    assertThat(toSecond.ask(get(id))).contains(event.eventId().toString()).contains("\"etl\"");
  }

  @Test
  void a_program_that_leaves_one_server_does_not_change_the_end_that_the_other_was_given()
      throws Exception {
    toFirst.ask(start(id, "etl"));
    toSecond.ask(record(id, event("writer")));
    toSecond.ask(end(id, "{\"Failed\":{\"error\":\"disk full\"}}"));

    toFirst.close();
    first.close();

    assertThat(secondStore.getTrace(id).orElseThrow().status())
        .isEqualTo(ExecutionStatus.failed("disk full"));
  }
}
