package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The least work that the engine behind a store can do for the same traces, written by hand; for
 * {@code mem:}, a well-known peer. The cost of a store is its time divided by this one's.
 */
public interface Baseline extends AutoCloseable {
  /** The schemes that have one; a new backend's is added here and in {@link #open}. */
  Set<String> SCHEMES =
      Set.of(
          "mem",
          "sqlite",
          "jdbc:sqlite",
          "chronicle",
          "postgresql",
          "postgres",
          "jdbc:postgresql",
          "redis",
          "clickhouse",
          "clickhouses",
          "jdbc:clickhouse");

  /** That of the backend of {@code scratch}, which must be empty. */
  static Baseline open(Scratch scratch) throws Exception {
    return switch (scratch.uri().scheme()) {
      case "mem" -> new ZipkinPeer();
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

  /** Reads the bytes or objects of a trace that was stored; null or an exception if it is gone. */
  @Nullable Object read(TraceId id) throws Exception;

  @Override
  void close() throws SQLException;
}
