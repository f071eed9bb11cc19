package io.tracestore.provider.postgresql.schema;

import io.tracestore.provider.postgresql.PartitionInterval;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/** Where the intervals of partitions begin and end, in hours since the epoch, UTC. */
record PartitionCalendar(PartitionInterval interval) {
  /** The interval that {@code hour} lies in. */
  HourRange around(int hour) {
    LocalDateTime start = floor(HourRange.time(hour));
    return new HourRange(HourRange.hour(start), HourRange.hour(plus(start, 1)));
  }

  /**
   * The hour in which the interval begins that lies {@code intervals} from the one of {@code hour}.
   */
  int shift(int hour, int intervals) {
    return HourRange.hour(plus(floor(HourRange.time(hour)), intervals));
  }

  private LocalDateTime floor(LocalDateTime time) {
    LocalDateTime day = time.truncatedTo(ChronoUnit.DAYS);
    return switch (interval) {
      case HOURLY -> time.truncatedTo(ChronoUnit.HOURS);
      case DAILY -> day;
      case WEEKLY -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case MONTHLY -> day.withDayOfMonth(1);
    };
  }

  private LocalDateTime plus(LocalDateTime start, int intervals) {
    return switch (interval) {
      case HOURLY -> start.plusHours(intervals);
      case DAILY -> start.plusDays(intervals);
      case WEEKLY -> start.plusWeeks(intervals);
      case MONTHLY -> start.plusMonths(intervals);
    };
  }
}
