package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.index.IndexedTrace;

/**
 * The part of one trace that is on the heap: the list of its records. Readers take {@link #records}
 * once and read those; a record that is no longer listed may be gone from the map.
 */
final class StoredTrace extends IndexedTrace {
  private static final Ref[] NONE = {};

  /** Oldest first; never changed, but replaced. Empty once the trace is deleted. */
  private volatile Ref[] records;

  /** Whether it cannot be read; it is indexed by start only then. */
  private volatile boolean damaged;

  /**
   * A record.
   *
   * @param number grows with each write to the trace
   * @param bytes how many bytes it has in the map
   * @param level how often it was put together with others
   * @param hasHeader whether it has a header, which takes the place of older ones
   * @param hasEvents whether it has events; no event is in two records
   * @param least the least event id, first half; the others likewise
   */
  record Ref(
      int number,
      int bytes,
      byte level,
      boolean hasHeader,
      boolean hasEvents,
      long least,
      long least2,
      long greatest,
      long greatest2) {
    /** Whether an event of {@code other} may be in this one too. */
    boolean mayShareEvents(Ref other) {
      return hasEvents
          && other.hasEvents
          && isUpTo(least, least2, other.greatest, other.greatest2)
          && isUpTo(other.least, other.least2, greatest, greatest2);
    }

    private static boolean isUpTo(long a, long a2, long b, long b2) {
      int order = Long.compareUnsigned(a, b);
      return order != 0 ? order < 0 : Long.compareUnsigned(a2, b2) <= 0;
    }
  }

  StoredTrace(TraceId id, Ref... records) {
    super(id);
    this.records = records;
  }

  Ref[] records() {
    return records;
  }

  boolean isDamaged() {
    return damaged;
  }

  void markDamaged() {
    damaged = true;
  }

  boolean hasHeader() {
    for (Ref record : records) {
      if (record.hasHeader) {
        return true;
      }
    }
    return false;
  }

  /** Shows other records to readers from now on. */
  void publish(Ref... next) {
    records = next;
  }

  void publishDeleted() {
    records = NONE;
  }

  void begin(FlowTrace header) {
    startWith(header);
  }

  void begin(long start) {
    startAt(start);
  }

  /** The number of the next record. */
  static int nextNumber(Ref... records) {
    return records.length == 0 ? 0 : records[records.length - 1].number + 1;
  }
}
