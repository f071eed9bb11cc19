package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A purge of very many early events, which the server itself makes. */
class ClickHouseRemovalTest extends ClickHouseTests {
  private void addEarlyEvents(int traces) {
    server.execute(
        """
        INSERT INTO %s.records (section, trace_id, rev, day, ids, ts, event_type, actor_id) \
        SELECT 'trace', toFixedString(sipHash128(number), 16), 1, -2147483648, \
        [toFixedString(sipHash128(number, 1), 16)], \
        fromUnixTimestamp64Nano(toInt64(%d), 'UTC'), 'ActorStarted', 'a' FROM numbers(%d)\
        """
            .formatted(
                database, ClickHouseSamples.START.getEpochSecond() * 1_000_000_000L, traces));
  }

  private long rows() {
    return Long.parseLong(server.text("SELECT count() FROM " + database + ".records"));
  }

  @Test
  void seventeenThousandOldEarlyEventsArePurged() {
    try (TraceStore store = TraceStores.open(uri)) {
      addEarlyEvents(17_000);
      assertThat(store.purgeBefore(ClickHouseSamples.START.plusSeconds(1))).isZero();
      assertThat(rows()).isZero();
    }
  }

  @Test
  void earlyEventsOfSeventeenThousandTracesArePurgedWithThese() {
    try (TraceStore store = TraceStores.open(uri)) {
      addEarlyEvents(17_000);
      long nanos = ClickHouseSamples.START.getEpochSecond() * 1_000_000_000L;
      server.execute(
          """
          INSERT INTO %s.records (section, age, trace_id, rev, day, started) \
          SELECT 'time', %d, toFixedString(sipHash128(number), 16), 1, %d, \
          fromUnixTimestamp64Nano(toInt64(%d), 'UTC') FROM numbers(17000)\
          """
              .formatted(database, ~nanos, nanos / 86_400_000_000_000L, nanos));
      assertThat(store.purgeBefore(ClickHouseSamples.START.plus(Duration.ofDays(2))))
          .isEqualTo(17_000);
      assertThat(rows()).isZero();
      assertThat(store.count(TraceQuery.ALL)).isZero();
    }
  }

  @Test
  void anEventWithoutHeaderThatACrashLeftIsPurgedWithItsDay() {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTrace(ClickHouseSamples.trace(1));
      server.execute("DELETE FROM %s.records WHERE empty(ids)".formatted(database));
      assertThat(rows()).isPositive();
      store.purgeBefore(ClickHouseSamples.START.plusSeconds(100));
      assertThat(rows()).isZero();
    }
  }
}
