package io.tracestore.bench;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Traces encoded and put into a Chronicle Map, got from it and decoded: one entry for each trace
 * and no index.
 */
final class ChronicleByHand implements Baseline {
  private static final int MAX_TRACES = 500_000;
  private static final int AVERAGE_BYTES = 6_000;

  private final ChronicleMap<byte[], byte[]> map;

  private ChronicleByHand(ChronicleMap<byte[], byte[]> map) {
    this.map = map;
  }

  /** Opens a map in a file beside that of {@code scratch}. */
  static ChronicleByHand open(Scratch scratch) throws IOException {
    Path file = Path.of(scratch.uri().body()).resolveSibling("raw.map");
    Files.createDirectories(file.getParent());
    return new ChronicleByHand(
        ChronicleMapBuilder.of(byte[].class, byte[].class)
            .entries(MAX_TRACES)
            .averageKeySize(16)
            .averageValueSize(AVERAGE_BYTES)
            .putReturnsNull(true)
            .createPersistedTo(file.toFile()));
  }

  @Override
  public Callable<?> writing(List<FlowTrace> traces) {
    return () -> {
      for (FlowTrace trace : traces) {
        map.put(key(trace.traceId()), TraceBinary.encode(trace));
      }
      return traces;
    };
  }

  @Override
  public Callable<@Nullable FlowTrace> reading(TraceId id) {
    return () -> {
      byte[] bytes = map.get(key(id));
      return bytes == null ? null : TraceBinary.decode(bytes);
    };
  }

  @Override
  public void close() {
    map.close();
  }

  private static byte[] key(TraceId id) {
    return Uuids.toBytes(id.value());
  }
}
