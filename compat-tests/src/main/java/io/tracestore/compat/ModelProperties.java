package io.tracestore.compat;

import static org.assertj.core.api.Assertions.fail;

import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.jspecify.annotations.Nullable;

/**
 * All promises at once: after any sequence of operations, a store answers as the reference does.
 */
abstract class ModelProperties {
  abstract StoreFixture fixture();

  @Provide
  Arbitrary<List<StoreOperation>> operations() {
    return StoreOperations.sequences(fixture().traits().promise(Capability.PERSISTENT));
  }

  // jqwik's own shrinking would try many values where leaving operations out is what helps.
  @Property(
      tries = ConfiguredTries.MANY,
      generation = GenerationMode.RANDOMIZED,
      edgeCases = EdgeCasesMode.NONE,
      shrinking = ShrinkingMode.OFF)
  @AddLifecycleHook(ConfiguredTries.class)
  void aStoreAnswersAsTheReferenceDoes(@ForAll("operations") List<StoreOperation> operations) {
    String first = difference(operations);
    if (first != null) {
      List<StoreOperation> fewest = fewestThatDiffer(operations);
      String last = difference(fewest);
      StringBuilder report = new StringBuilder("the store answers otherwise than the reference:");
      report.append(last == null ? first + "\nonly once, in the course of" : last + "\nafter");
      fewest.forEach(operation -> report.append("\n  ").append(operation));
      fail(report.toString());
    }
  }

  /** Leaves out single operations as long as a difference remains. */
  private List<StoreOperation> fewestThatDiffer(List<StoreOperation> operations) {
    List<StoreOperation> fewest = operations;
    int at = fewest.size() - 1;
    while (at >= 0) {
      List<StoreOperation> fewer = new ArrayList<>(fewest);
      fewer.remove(at);
      if (difference(fewer) != null) {
        fewest = fewer;
      }
      at = Math.min(at, fewest.size()) - 1;
    }
    return fewest;
  }

  /** The first difference between the answers, or null if there is none. */
  private @Nullable String difference(List<StoreOperation> operations) {
    try (KitStore kitStore = KitStore.open(fixture())) {
      ReferenceStore reference = new ReferenceStore();
      for (StoreOperation operation : operations) {
        if (operation instanceof StoreOperation.Reopen) {
          kitStore.reopen();
        }
        String difference = difference(operation, kitStore, reference);
        if (difference != null) {
          return difference;
        }
      }
      return difference(new StoreOperation.Query(TraceQuery.ALL), kitStore, reference);
    }
  }

  private static @Nullable String difference(
      StoreOperation operation, KitStore kitStore, ReferenceStore reference) {
    Object expected = operation.answerOf(reference);
    Object actual;
    try {
      actual = operation.answerOf(kitStore.store());
    } catch (RuntimeException e) {
      actual = e;
    }
    return expected.equals(actual)
        ? null
        : "\nanswer to %s\nexpected: %s\n but was: %s".formatted(operation, expected, actual);
  }
}
