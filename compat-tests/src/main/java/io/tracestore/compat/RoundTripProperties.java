package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Promise 1 for random traces of the whole value space. */
abstract class RoundTripProperties {
  private KitStore kitStore;

  abstract StoreFixture fixture();

  /** One for all tries, as opening may take longer than a try; each try deletes what it stored. */
  @BeforeProperty
  void openStore() {
    kitStore = KitStore.open(fixture());
  }

  @AfterProperty
  void removeStore() {
    kitStore.close();
  }

  @Provide
  Arbitrary<List<FlowTrace>> anyTraces() {
    return TraceGenerator.traces()
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .uniqueElements(FlowTrace::traceId);
  }

  @Property(
      tries = ConfiguredTries.MANY,
      generation = GenerationMode.RANDOMIZED,
      edgeCases = EdgeCasesMode.NONE)
  @AddLifecycleHook(ConfiguredTries.class)
  void anyTracesAreReadBackEqual(@ForAll("anyTraces") List<FlowTrace> traces) {
    TraceStore store = kitStore.store();
    try {
      store.storeTraces(traces);
      for (FlowTrace trace : traces) {
        isAnswer(store.getTrace(trace.traceId()), Optional.of(trace));
        isAnswer(store.getEvents(trace.traceId()), trace.events());
      }
      List<FlowTrace> ordered = new ArrayList<>(traces);
      ordered.sort(FlowTrace.NEWEST_FIRST);
      isAnswer(store.queryTraces(TraceQuery.ALL), ordered);
    } finally {
      traces.forEach(trace -> store.deleteTrace(trace.traceId()));
    }
  }
}
