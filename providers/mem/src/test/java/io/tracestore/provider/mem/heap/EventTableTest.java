package io.tracestore.provider.mem.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTableTest {
  private final TraceEvent ofA = event("a");
  private final TraceEvent ofB = event("b");
  private final EventTable table = new EventTable(List.of(ofA, ofB), DataTerms.NONE);
  private final List<String> told = new ArrayList<>();

  private static TraceEvent event(String actor) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, actor)
        .eventId(EventId.random())
        .build();
  }

  private void store(TraceEvent... events) {
    table.apply(
        table.plan(List.of(events), 0),
        new EventTable.KeyListener() {
          @Override
          public void appeared(Field field, Object value) {
            told.add("+" + value);
          }

          @Override
          public void disappeared(Field field, Object value) {
            told.add("-" + value);
          }
        });
  }

  @Test
  void eventsThatExchangeTheirActorsChangeNoKeyOfTheTrace() {
    store(ofA.toBuilder().actorId("b").build(), ofB.toBuilder().actorId("a").build());

    assertThat(told).isEmpty();
  }

  @Test
  void aKeyOfTheTraceAppearsBeforeTheOneThatItReplacesDisappears() {
    store(ofA.toBuilder().actorId("c").build());

    assertThat(told).containsExactly("+c", "-a");
  }
}
