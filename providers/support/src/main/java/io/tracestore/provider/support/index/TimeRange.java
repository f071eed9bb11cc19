package io.tracestore.provider.support.index;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of the order by start time.
 *
 * @param from the earliest start
 * @param to the latest start
 * @param afterId if not null, of the traces that start exactly at {@code to} only those with a
 *     greater id
 */
public record TimeRange(long from, long to, @Nullable TraceId afterId) {
  /** Every start. */
  public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE, null);

  /** The range of the matches of {@code query} after its position. */
  public static TimeRange pageOf(TraceQuery query) {
    TimeRange filter = filterOf(query);
    TraceQuery.Position after = query.after();
    if (after == null) {
      return filter;
    }
    long to = EpochNanos.of(after.startTime());
    return to > filter.to ? filter : new TimeRange(filter.from, to, after.traceId());
  }

  /** The range of all matches of {@code query}; its position is ignored. */
  public static TimeRange filterOf(TraceQuery query) {
    Instant from = query.startedFrom();
    Instant to = query.startedTo();
    return from == null && to == null
        ? ALL
        : new TimeRange(
            from == null ? Long.MIN_VALUE : EpochNanos.of(from),
            to == null ? Long.MAX_VALUE : EpochNanos.of(to),
            null);
  }

  /** Whether {@code trace} lies before the upper end. */
  boolean isUpTo(IndexedTrace trace) {
    return trace.start() < to
        || (trace.start() == to && (afterId == null || trace.id().compareTo(afterId) > 0));
  }
}
