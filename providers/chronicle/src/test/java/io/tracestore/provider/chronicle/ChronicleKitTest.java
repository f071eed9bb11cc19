package io.tracestore.provider.chronicle;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kit in a file that one process has open. */
class ChronicleKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.EXCLUSIVE_FILES;
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

  @Override
  public List<String> failingUris(Path directory) throws IOException {
    Path noMap = Files.writeString(directory.resolve("no.map"), "not a map at all");
    Path empty = Files.createFile(directory.resolve("empty.map"));
    return List.of(
        "chronicle:" + noMap,
        "chronicle:" + empty,
        "chronicle:" + directory.resolve("none.map") + "?create=false",
        "chronicle:" + directory.resolve("large.map") + "?maxTraces=10000000000");
  }
}
