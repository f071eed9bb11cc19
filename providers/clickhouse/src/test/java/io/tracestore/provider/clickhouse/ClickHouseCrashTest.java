package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store keeps its promises when its server is killed, and with users that may not write. */
@ExtendWith(ClickHouseNeeds.OwnServer.class)
class ClickHouseCrashTest {
  private static final int WRITERS = 4;

  @TempDir private Path data;

  @Test
  void nothingAcknowledgedIsLostWhenTheServerIsKilledAndStartedAgain() throws Exception {
    try (ClickHouseProcess server = ClickHouseServers.ownServer(data);
        TraceStore store =
            TraceStores.open(
                ClickHouseServers.endpointOf(server).uri("tracing", "connectionTimeoutMs=60000"))) {
      ConcurrentLinkedQueue<FlowTrace> acknowledged = new ConcurrentLinkedQueue<>();
      ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
      CountDownLatch underWay = new CountDownLatch(40);
      CountDownLatch restarted = new CountDownLatch(1);
      List<Thread> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long first = writer * 1_000_000L;
        writers.add(
            Thread.ofVirtual()
                .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                .start(() -> writeUntil(restarted, store, first, acknowledged, underWay)));
      }
      underWay.await();
      server.kill();
      server.start();
      restarted.countDown();
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(failures).isEmpty();
      assertThat(acknowledged)
          .allSatisfy(trace -> assertThat(store.getTrace(trace.traceId())).contains(trace));
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(acknowledged.size());
    }
  }

  /** Each writer stores on for a while after the server is back. */
  private static void writeUntil(
      CountDownLatch restarted,
      TraceStore store,
      long first,
      ConcurrentLinkedQueue<FlowTrace> acknowledged,
      CountDownLatch underWay) {
    int after = 0;
    for (long number = first; after < 5; number++) {
      FlowTrace trace = ClickHouseSamples.trace(number);
      store.storeTrace(trace);
      acknowledged.add(trace);
      underWay.countDown();
      after += restarted.getCount() == 0 ? 1 : 0;
    }
  }

  @Test
  void theErrorOfAReadOnlyUserNamesTheMissingRight() throws IOException {
    try (ClickHouseProcess server =
        ClickHouseServers.ownServer(data, "reader:read3r-passw0rd:readonly=1")) {
      String reader =
          ClickHouseServers.endpointOf(server).as("reader", "read3r-passw0rd").uri("tracing", "");
      assertThatThrownBy(() -> TraceStores.open(reader))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("read-only")
          .hasMessageNotContaining("read3r-passw0rd");
    }
  }
}
