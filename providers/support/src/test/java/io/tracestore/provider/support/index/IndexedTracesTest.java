package io.tracestore.provider.support.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.TraceId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexedTracesTest {
  private static final class Trace extends IndexedTrace {
    Trace(TraceId id) {
      super(id);
    }
  }

  private final IndexedTraces<Trace> traces = new IndexedTraces<>("test:", DataTerms.NONE);
  private final Trace trace = new Trace(TraceId.random());

  @Test
  void anEarlyTraceStaysSoUntilTheIndexHasItsLastTerm() {
    traces.add(trace, null);
    List<TraceId> earlyAtLastTerm = new ArrayList<>();

    traces.add(
        trace,
        to -> {
          to.accept(Field.FLOW, "orders");
          earlyAtLastTerm.addAll(early());
        });

    assertThat(earlyAtLastTerm).containsExactly(trace.id());
  }

  @Test
  void aTraceWithTermsIsNotEarly() {
    traces.add(trace, null);
    traces.add(trace, IndexTerms.NONE);

    assertThat(early()).isEmpty();
    assertThat(traces.index().size()).isEqualTo(1);
  }

  private List<TraceId> early() {
    List<TraceId> early = new ArrayList<>();
    traces.forEachEarly(early::add);
    return early;
  }
}
