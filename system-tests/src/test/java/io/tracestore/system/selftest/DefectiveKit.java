package io.tracestore.system.selftest;

import io.tracestore.TraceStores;
import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kit on a store with a defect. Not run by itself: {@link KitFindsDefectsTest} runs it. */
class DefectiveKit extends TraceStoreKit {
  static final String SECRET = "s3cret";

  private static @Nullable Defect defect;

  /** The next run has that defect. */
  static void use(Defect next) {
    TraceStores.register(new DefectiveProvider());
    defect = next;
  }

  @Override
  public BackendTraits traits() {
    return BackendTraits.MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "defective:" + defect;
  }

  @Override
  public List<String> secrets() {
    return List.of(SECRET);
  }
}
