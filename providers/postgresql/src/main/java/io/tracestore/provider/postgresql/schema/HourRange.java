package io.tracestore.provider.postgresql.schema;

import io.tracestore.model.EpochNanos;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/**
 * Whole hours since the epoch, in UTC, as partitions count them.
 *
 * @param from the first
 * @param to the first hour after it
 */
public record HourRange(int from, int to) {
  private static final long NANOS_PER_HOUR = TimeUnit.HOURS.toNanos(1);
  private static final int SECONDS_PER_HOUR = 3600;
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMMddHH");

  public HourRange {
    if (from >= to) {
      throw new IllegalArgumentException("empty range of hours: %d to %d".formatted(from, to));
    }
  }

  public static int hour(LocalDateTime time) {
    return (int) Math.floorDiv(time.toEpochSecond(ZoneOffset.UTC), (long) SECONDS_PER_HOUR);
  }

  public static int hour(Instant instant) {
    return (int) Math.floorDiv(instant.getEpochSecond(), (long) SECONDS_PER_HOUR);
  }

  public static int hourOfNanos(long nanos) {
    return (int) Math.floorDiv(nanos, NANOS_PER_HOUR);
  }

  static LocalDateTime time(int hour) {
    return LocalDateTime.ofEpochSecond((long) hour * SECONDS_PER_HOUR, 0, ZoneOffset.UTC);
  }

  boolean contains(int hour) {
    return from <= hour && hour < to;
  }

  /** The first nanosecond that a trace in this range can start in. */
  public long firstNanos() {
    return nanos(from);
  }

  /** The last nanosecond that a trace in this range can start in. */
  public long lastNanos() {
    long end = nanos(to);
    return end == Long.MAX_VALUE || end == Long.MIN_VALUE ? end : end - 1;
  }

  /** Times beyond the range of 64 bits are cut to its ends. */
  private static long nanos(int hour) {
    Instant instant = Instant.ofEpochSecond((long) hour * SECONDS_PER_HOUR);
    if (instant.isBefore(EpochNanos.MIN)) {
      return Long.MIN_VALUE;
    }
    return instant.isAfter(EpochNanos.MAX) ? Long.MAX_VALUE : EpochNanos.of(instant);
  }

  /** The name of a partition of this range, such as {@code events_2026112500}. */
  String tableName() {
    return "events_" + NAME.format(time(from));
  }
}
