package io.tracestore.compat.matrix;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.compat.chronicle.ChronicleJvm;
import java.nio.file.Path;
import java.util.List;

/** In a file that several processes map. */
class ChronicleKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "chronicle:"
        + directory.resolve("traces.map")
        + "?maxTraces=20000&averageTraceBytes=12288";
  }

  @Override
  public List<String> jvmArguments() {
    return ChronicleJvm.OPTIONS;
  }
}
