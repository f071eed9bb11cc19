package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.redis.RedisCluster;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.RedisSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that moves hash slots while a store is used. */
class RedisReshardingTest {
  private static final int PARTITIONS = 4;
  private static final long MIGRATE_TIMEOUT_MS = 5_000;

  @TempDir private Path directory;

  @Test
  void nothingIsLostWhileSlotsMove() throws InterruptedException {
    try (RedisCluster cluster = RedisCluster.start(RedisServer.installedOrSkip(), directory);
        TraceStore store = TraceStores.open(cluster.uri() + "?ttl=none&partitions=" + PARTITIONS)) {
      store.storeTraces(traces(0, 200));
      List<FlowTrace> written = new ArrayList<>(traces(0, 200));
      AtomicBoolean moved = new AtomicBoolean();
      List<Throwable> failures = new ArrayList<>();
      Thread writer =
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
              .start(() -> {
                for (int n = 200; !moved.get() || n < 400; n++) {
                  FlowTrace trace = RedisSamples.trace(n);
                  store.storeTrace(trace);
                  written.add(trace);
                  store.getTrace(trace.traceId());
                }
              });
      for (int partition = 0; partition < PARTITIONS; partition++) {
        move(cluster, SlotHash.getSlot("{" + partition + "}"));
      }
      moved.set(true);
      writer.join();
      assertThat(failures).isEmpty();
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(written.size());
      assertThat(store.queryTraces(TraceQuery.builder().limit(written.size()).build()))
          .isEqualTo(written.reversed());
    }
  }

  private static List<FlowTrace> traces(int from, int to) {
    List<FlowTrace> traces = new ArrayList<>();
    for (int n = from; n < to; n++) {
      traces.add(RedisSamples.trace(n));
    }
    return traces;
  }

  /** Moves a slot to the next node as an administrator's tool does, a few keys at a time. */
  private static void move(RedisCluster cluster, int slot) {
    int from = RedisCluster.ownerOf(slot);
    int to = (from + 1) % RedisCluster.NODES;
    try (RedisSession source = cluster.session(from);
        RedisSession target = cluster.session(to)) {
      String sourceId = source.commands().clusterMyId();
      String targetId = target.commands().clusterMyId();
      target.commands().clusterSetSlotImporting(slot, sourceId);
      source.commands().clusterSetSlotMigrating(slot, targetId);
      moveKeys(source.commands(), cluster.server(to), slot);
      target.commands().clusterSetSlotNode(slot, targetId);
      source.commands().clusterSetSlotNode(slot, targetId);
      try (RedisSession third = cluster.session((from + 2) % RedisCluster.NODES)) {
        third.commands().clusterSetSlotNode(slot, targetId);
      }
    }
  }

  private static void moveKeys(RedisCommands<String, String> source, RedisServer target, int slot) {
    List<String> keys = source.clusterGetKeysInSlot(slot, 10);
    while (!keys.isEmpty()) {
      source.migrate(
          "127.0.0.1", target.port(), 0, MIGRATE_TIMEOUT_MS, MigrateArgs.Builder.keys(keys));
      keys = source.clusterGetKeysInSlot(slot, 10);
    }
  }
}
