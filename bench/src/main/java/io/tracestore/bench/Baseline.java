package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The least work that the engine behind a store can do for the same traces, written by hand; for
 * {@code mem:}, a well-known peer. The cost of a store is its time divided by this one's.
 */
public interface Baseline extends AutoCloseable {
  /**
   * The name of a backend's baseline as reports show it; empty if it has none. A new backend's is
   * added here and in {@link #open}.
   *
   * @param scheme of the store
   * @param reads whether traces are read, not written
   */
  static Optional<String> peer(String scheme, boolean reads) {
    return switch (scheme) {
      case "mem" -> Optional.of("Zipkin's InMemoryStorage");
      case "sqlite", "jdbc:sqlite" ->
          Optional.of(reads ? "select and decode by hand" : "prepared inserts by hand");
      case "chronicle" ->
          Optional.of(reads ? "a map's get and decode by hand" : "encode and a map's put by hand");
      case "postgresql", "postgres", "jdbc:postgresql" ->
          Optional.of(reads ? "two selects by hand" : "COPY BINARY by hand");
      case "redis" -> Optional.of(reads ? "the same values pipelined" : "the same keys pipelined");
      case "clickhouse", "clickhouses", "jdbc:clickhouse" ->
          Optional.of(reads ? "one select by hand" : "RowBinary by hand");
      default -> Optional.empty();
    };
  }

  /** That of the backend of {@code scratch}, which must be empty. */
  static Baseline open(Scratch scratch) throws Exception {
    return switch (scratch.uri().scheme()) {
      case "mem" -> ZipkinPeer.of(FilledStore.capacity(scratch.uri()));
      case "sqlite", "jdbc:sqlite" -> SqliteByHand.open(scratch);
      case "postgresql", "postgres", "jdbc:postgresql" -> PostgresByHand.open(scratch);
      case "redis" -> RedisByHand.open(scratch);
      case "clickhouse", "clickhouses", "jdbc:clickhouse" -> ClickHouseByHand.open(scratch);
      case "chronicle" -> ChronicleByHand.open(scratch);
      default -> throw new IllegalArgumentException("no baseline for " + scratch.uri());
    };
  }

  /**
   * Returns a call that stores {@code traces}. Everything is prepared: only the call is measured.
   */
  Callable<?> writing(List<FlowTrace> traces);

  /**
   * Returns a call that reads the bytes or objects of a trace that was stored. It returns null, or
   * throws, if the trace is gone.
   */
  Callable<? extends @Nullable Object> reading(TraceId id);

  /**
   * Starts over empty if a bounded baseline would not hold {@code traces} traces.
   *
   * @return whether it did
   */
  default boolean makeRoom(long traces) {
    return false;
  }

  @Override
  void close() throws SQLException;
}
