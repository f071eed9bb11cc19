package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** All promises at once: whatever is done to it, a store answers as the reference does. */
abstract class ModelProperties {
  abstract StoreFixture fixture();

  @Provide
  Arbitrary<List<StoreOperation>> operations() {
    return StoreOperations.sequences(fixture().traits().promise(Capability.PERSISTENT));
  }

  @Property(
      tries = ConfiguredTries.MANY,
      generation = GenerationMode.RANDOMIZED,
      edgeCases = EdgeCasesMode.NONE)
  @AddLifecycleHook(ConfiguredTries.class)
  void aStoreAnswersAsTheReferenceDoes(@ForAll("operations") List<StoreOperation> operations) {
    try (KitStore kitStore = KitStore.open(fixture())) {
      ReferenceStore reference = new ReferenceStore();
      for (int i = 0; i < operations.size(); i++) {
        StoreOperation operation = operations.get(i);
        if (operation instanceof StoreOperation.Reopen) {
          kitStore.reopen();
        }
        assertThat(operation.answerOf(kitStore.store()))
            .as("operation %s: %s", i, operation)
            .isEqualTo(operation.answerOf(reference));
      }
      StoreOperation everything = new StoreOperation.Query(TraceQuery.ALL);
      assertThat(everything.answerOf(kitStore.store())).isEqualTo(everything.answerOf(reference));
    }
  }
}
