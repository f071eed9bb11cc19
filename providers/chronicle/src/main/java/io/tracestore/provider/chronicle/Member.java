package io.tracestore.provider.chronicle;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/**
 * A trace's place in an index: 24 bytes whose order is newest first, then by id.
 *
 * @param time the start time, so that later is less as an unsigned number; 0 for none
 * @param high the first half of the id
 * @param low the second half of the id
 */
record Member(long time, long high, long low) implements Comparable<Member> {
  static final int SIZE = 3 * Long.BYTES;

  /** Before every other. */
  static final Member FIRST = new Member(0, 0, 0);

  /** Behind every other. */
  static final Member LAST = new Member(-1, -1, -1);

  static Member of(FlowTrace trace) {
    return of(trace.startTime(), trace.traceId());
  }

  static Member of(Instant start, TraceId id) {
    return of(inverted(start), id);
  }

  /** The place of a trace whose start is not known. */
  static Member timeless(TraceId id) {
    return of(0, id);
  }

  private static Member of(long time, TraceId id) {
    UUID uuid = id.value();
    return new Member(time, uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /** The first place of what started at {@code start}. */
  static Member firstAt(Instant start) {
    return new Member(inverted(start), 0, 0);
  }

  /** The last place of what started at {@code start}. */
  static Member lastAt(Instant start) {
    return new Member(inverted(start), -1, -1);
  }

  private static long inverted(Instant start) {
    return ~(EpochNanos.of(start) ^ Long.MIN_VALUE);
  }

  /** The place right behind this one; the last one is its own. */
  Member next() {
    if (low != -1) {
      return new Member(time, high, low + 1);
    }
    if (high != -1) {
      return new Member(time, high + 1, 0);
    }
    return time != -1 ? new Member(time + 1, 0, 0) : this;
  }

  static Member read(ByteBuffer in) {
    return new Member(in.getLong(), in.getLong(), in.getLong());
  }

  void write(ByteBuffer out) {
    out.putLong(time).putLong(high).putLong(low);
  }

  TraceId traceId() {
    return new TraceId(new UUID(high, low));
  }

  @Override
  public int compareTo(Member other) {
    int byTime = Long.compareUnsigned(time, other.time);
    if (byTime != 0) {
      return byTime;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }
}
