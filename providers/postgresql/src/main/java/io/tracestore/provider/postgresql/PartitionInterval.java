package io.tracestore.provider.postgresql;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/**
 * The span of time that one partition of the events covers, by the start of their traces, in UTC.
 */
public enum PartitionInterval {
  /** From a full hour to the next. */
  HOURLY {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.HOURS);
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int intervals) {
      return start.plusHours(intervals);
    }
  },
  /** From midnight to midnight. */
  DAILY {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.DAYS);
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int intervals) {
      return start.plusDays(intervals);
    }
  },
  /** From Monday to Monday. */
  WEEKLY {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.DAYS)
          .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int intervals) {
      return start.plusWeeks(intervals);
    }
  },
  /** From the first of a month to the first of the next. */
  MONTHLY {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int intervals) {
      return start.plusMonths(intervals);
    }
  };

  /** The start of the interval that {@code time} lies in. */
  abstract LocalDateTime floor(LocalDateTime time);

  /** The start of the interval that comes {@code intervals} after the one that starts then. */
  abstract LocalDateTime plus(LocalDateTime start, int intervals);

  /** The interval that {@code hour}, counted from the epoch, lies in. */
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
}
