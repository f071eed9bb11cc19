package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A user whose statements together may use little memory loses nothing that was acknowledged. */
@ExtendWith(ClickHouseNeeds.OwnServer.class)
class ClickHouseUserLimitsTest {
  private static final String USER =
      "small:small-passw0rd:max_memory_usage_for_user=40000000,memory_usage_overcommit_max_wait_microseconds=0";

  @Test
  void anInsertBeyondTheMemoryOfTheUserMayBeTriedAgainAndLeavesNothing() {
    try (ClickHouseProcess server = ClickHouseServers.ownServer(null, USER);
        TraceStore store = open(server)) {
      store.storeTraces(ClickHouseSamples.traces(0, 10));
      FlowTrace huge = ClickHouseSamples.large(10, 40_000_000);
      StoreUnavailableException failure =
          catchThrowableOfType(StoreUnavailableException.class, () -> store.storeTrace(huge));
      assertThat(failure).hasMessageContaining("the server needs it for others now");
      assertThat(failure.isRetryable()).isTrue();
      store.storeTrace(ClickHouseSamples.trace(11));
      assertThat(store.getEvents(huge.traceId())).isEmpty();
      assertThat(store.queryTraces(TraceQuery.ALL).reversed())
          .startsWith(ClickHouseSamples.traces(0, 10).toArray(FlowTrace[]::new))
          .endsWith(ClickHouseSamples.trace(11))
          .hasSize(11);
    }
  }

  private static TraceStore open(ClickHouseProcess server) {
    return TraceStores.open(
        ClickHouseServers.endpointOf(server).as("small", "small-passw0rd").uri("tracing", ""),
        Map.of("connectionTimeoutMs", "1000"));
  }
}
