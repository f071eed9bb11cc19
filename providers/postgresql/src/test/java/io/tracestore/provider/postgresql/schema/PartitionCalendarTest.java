package io.tracestore.provider.postgresql.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.provider.postgresql.PartitionInterval;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Intervals begin and end at full hours in UTC, also before 1970. */
class PartitionCalendarTest {
  @ParameterizedTest
  @CsvSource({
    "HOURLY,  2026-11-22T21:17:55Z, 2026-11-22T21:00:00Z, 2026-11-22T22:00:00Z",
    "DAILY,   2026-11-22T21:17:55Z, 2026-11-22T00:00:00Z, 2026-11-23T00:00:00Z",
    "WEEKLY,  2026-11-22T21:17:55Z, 2026-11-16T00:00:00Z, 2026-11-23T00:00:00Z",
    "MONTHLY, 2026-11-22T21:17:55Z, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
    "MONTHLY, 2028-02-29T23:59:59Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
    "WEEKLY,  2026-11-23T00:00:00Z, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
    "DAILY,   1969-12-31T23:59:59Z, 1969-12-31T00:00:00Z, 1970-01-01T00:00:00Z",
    "HOURLY,  1677-09-21T00:12:44Z, 1677-09-21T00:00:00Z, 1677-09-21T01:00:00Z",
  })
  void anInstantLiesInTheIntervalAroundIt(
      PartitionInterval interval, Instant instant, Instant from, Instant to) {
    assertThat(new PartitionCalendar(interval).around(HourRange.hour(instant)))
        .isEqualTo(new HourRange(HourRange.hour(from), HourRange.hour(to)));
  }
}
