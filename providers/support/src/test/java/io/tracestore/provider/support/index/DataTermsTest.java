package io.tracestore.provider.support.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataTermsTest {
  private static final DataTerms ORDERS = DataTerms.of(List.of("order.id"));

  private static List<TraceEvent> with(JsonValue value) {
    TraceEventData data = TraceEventData.builder().attribute("order.id", value).build();
    return List.of(TraceEvent.builder(TraceEventType.ACTOR_STARTED, "a").data(data).build());
  }

  private static long[] lookedUp(TraceQuery.Builder query, DataTerms... lists) {
    return DataTerms.of(query.build(), List.of(lists)).getFirst().all();
  }

  @Test
  void numbersThatAQueryCallsEqualHaveOneTerm() {
    long[] wanted = lookedUp(TraceQuery.builder().attribute("order.id", 4711), ORDERS);

    assertThat(wanted).hasSize(1);
    for (String literal : List.of("4711", "4711.0", "47.11e2", "471100E-2")) {
      assertThat(ORDERS.of(with(new JsonValue.JsonNumber(literal)))).contains(wanted);
    }
  }

  @Test
  void aTextThatLooksLikeANumberHasAnotherTerm() {
    long[] wanted = lookedUp(TraceQuery.builder().attribute("order.id", 4711), ORDERS);

    assertThat(ORDERS.of(with(JsonValue.of("4711")))).doesNotContain(wanted);
  }

  @Test
  void anAttributeWithAnyValueHasTheTermOfItsKey() {
    long[] wanted = lookedUp(TraceQuery.builder().hasAttribute("order.id"), ORDERS);

    assertThat(ORDERS.of(with(JsonValue.NULL))).containsExactly(wanted);
  }

  @Test
  void anAttributeThatItsWriterDidNotChooseIsLookedUpByTheListOfTheWriter() {
    DataTerms others = DataTerms.of(List.of("customer"));
    long[] wanted =
        lookedUp(
            TraceQuery.builder().attribute("order.id", "4711"), ORDERS, others, DataTerms.NONE);

    assertThat(wanted)
        .hasSize(3)
        .contains(others.of(with(JsonValue.of("4711"))))
        .contains(DataTerms.NONE.of(with(JsonValue.of("4711"))));
  }

  @Test
  void anAttributeThatNoWriterChoseIsNotLookedUp() {
    TraceQuery query = TraceQuery.builder().attribute("order.id", "4711").build();

    assertThat(DataTerms.of(query, List.of(DataTerms.NONE))).isEmpty();
  }

  @Test
  void aListIsTheSameInWhateverOrderItsKeysAreGiven() {
    assertThat(DataTerms.of(List.of("b", "a")).list()).isEqualTo("a,b");
    assertThat(DataTerms.ofList("a,b").of(with(JsonValue.NULL)))
        .isEqualTo(DataTerms.of(List.of("b", "a")).of(with(JsonValue.NULL)));
  }
}
