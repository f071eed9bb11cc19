package io.tracestore.compat;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of one concern start from: a new, empty store for each. */
abstract class StorePromises {
  private KitStore kitStore;

  abstract StoreFixture fixture();

  @BeforeEach
  void openStore() {
    kitStore = KitStore.open(fixture());
  }

  @AfterEach
  void removeStore() {
    kitStore.close();
  }

  final TraceStore store() {
    return kitStore.store();
  }

  final KitStore kitStore() {
    return kitStore;
  }

  /** Skips the test, with the reason shown, unless this sort of backend promises it. */
  final void onlyIf(Capability capability) {
    BackendTraits traits = fixture().traits();
    assumeTrue(
        traits.promise(capability), () -> "%s does not promise %s".formatted(traits, capability));
  }
}
