package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clocks of processes that write may be wrong. */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseClocksTest {
  private static final long AHEAD = Duration.ofDays(3_650).toNanos();

  @Test
  void aTraceThatAClockAheadWroteIsReplacedAndItsNeighboursStayOnTime() {
    String uri = ClickHouseServers.main().newStoreUri("");
    String records = ClickHouseEndpoint.databaseOf(uri) + ".records";
    FlowTrace ahead = ClickHouseSamples.trace(1, 1);
    TraceEvent changed =
        ahead.events().getFirst().toBuilder().timestamp(ClickHouseSamples.START).build();
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTrace(ahead);
      ClickHouseServers.main()
          .execute(
              "INSERT INTO %1$s SELECT * REPLACE (rev + %2$d AS rev) FROM %1$s"
                  .formatted(records, AHEAD));
      store.storeTraces(List.of(ahead.withEvents(List.of(changed)), ClickHouseSamples.trace(2)));
      assertThat(store.getEvents(ahead.traceId())).containsExactly(changed);
      String newest =
          "SELECT toString(fromUnixTimestamp64Nano(toInt64(max(rev)), 'UTC')) FROM %s WHERE trace_id = unhex('%s')"
              .formatted(records, ClickHouseSamples.traceId(2).value().toString().replace("-", ""));
      Instant written =
          Instant.parse(ClickHouseServers.main().text(newest).strip().replace(' ', 'T') + "Z");
      assertThat(written).isBefore(Instant.now().plus(Duration.ofDays(1)));
    } finally {
      ClickHouseServers.main().drop(uri);
    }
  }
}
