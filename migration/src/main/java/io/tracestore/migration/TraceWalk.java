package io.tracestore.migration;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.TraceWeight;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The traces of a store that match a query, newest first, past what cannot be read: that comes with
 * its id and the reason, in its place. What may succeed later is tried again. A trace with more
 * events than should be held at once comes with their number; {@link StoredEvents} reads them.
 *
 * <p>A store reads many traces at once and fails as a whole if one is damaged. Behind such a
 * failure they are read one by one. A trace whose header cannot be read has no id to ask for; its
 * place is found by asking for ever smaller ranges, which a store answers from its index.
 *
 * <p>Not safe for several threads.
 */
final class TraceWalk implements AutoCloseable {
  /**
   * The number of traces that are read one by one after a failure, until a normal read is tried
   * again.
   */
  private static final int CAREFUL_STEPS = 512;

  /** The weight of the events that a trace is read with. */
  private static final long MAX_EVENT_BYTES = 8 << 20;

  private static final BigInteger MAX_ID = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

  private final TraceStore store;
  private final TraceQuery query;
  private @Nullable TraceCursor cursor;
  private @Nullable Position after;
  private int carefulSteps;
  private long toSkip;
  private long remaining;

  /** A trace of the walk. */
  sealed interface Step {
    /** Its place in the order. */
    Position position();
  }

  /**
   * A trace, with its events if the query asks for them.
   *
   * @param unread how many events it has, if they are too many to hold and {@code trace} is without
   *     them; 0 if it is whole
   */
  record Found(FlowTrace trace, long unread) implements Step {
    Found(FlowTrace trace) {
      this(trace, 0);
    }

    @Override
    public Position position() {
      return Position.of(trace);
    }
  }

  /**
   * A trace that cannot be read.
   *
   * @param reason in one line
   */
  record Unreadable(Position position, String reason) implements Step {
    NotMoved asNotMoved() {
      return new NotMoved(position.traceId(), reason);
    }
  }

  /**
   * @param query all traces that match, if it sets no limit
   */
  TraceWalk(TraceStore store, TraceQuery query) {
    this.store = store;
    this.query = query.toBuilder().limit(null).offset(0).maxEventBytes(MAX_EVENT_BYTES).build();
    this.toSkip = query.offset();
    this.remaining = query.limit() == null ? Long.MAX_VALUE : query.limit();
    this.after = query.after();
  }

  /**
   * The next trace; null at the end.
   *
   * @throws TraceStoreException if the store cannot go on
   */
  @Nullable Step next() {
    while (toSkip > 0) {
      toSkip--;
      if (readOn() == null) {
        return null;
      }
    }
    return remaining-- > 0 ? readOn() : null;
  }

  private @Nullable Step readOn() {
    Step step = Backoff.<@Nullable Step>retrying(this::read);
    if (step != null) {
      after = step.position();
    }
    return step;
  }

  private @Nullable Step read() {
    try {
      return carefulSteps > 0 ? nextAlone() : nextOfCursor();
    } catch (TraceStoreException e) {
      close(); // the next attempt begins after the last trace
      throw e;
    }
  }

  private @Nullable Step nextOfCursor() {
    try {
      if (cursor == null) {
        cursor = store.openCursor(query.toBuilder().after(after).build());
      }
      return cursor.hasNext() ? found(cursor.next()) : null;
    } catch (CorruptDataException e) {
      close();
      carefulSteps = CAREFUL_STEPS;
      return nextAlone();
    }
  }

  private Step found(FlowTrace trace) {
    return query.withEvents() && trace.events().isEmpty() ? withEvents(trace) : new Found(trace);
  }

  /** Reads one header, and then its events. */
  private @Nullable Step nextAlone() {
    Step header = nextHeader();
    carefulSteps--;
    return header instanceof Found found ? found(found.trace()) : header;
  }

  private Step withEvents(FlowTrace header) {
    try {
      return withEvents(store, header);
    } catch (CorruptDataException e) {
      return new Unreadable(Position.of(header), reason(e));
    }
  }

  /**
   * A trace with its events, or with their number if they are too many to hold.
   *
   * @throws TraceStoreException if they cannot be read
   */
  static Found withEvents(TraceStore store, FlowTrace header) {
    List<TraceEvent> events = new ArrayList<>();
    long count = 0;
    long bytes = 0;
    try (EventCursor cursor = store.openEvents(header.traceId(), EventRange.ALL)) {
      while (cursor.hasNext()) {
        TraceEvent event = cursor.next();
        count++;
        bytes += TraceWeight.of(event);
        if (bytes <= MAX_EVENT_BYTES) {
          events.add(event);
        } else {
          events.clear();
        }
      }
    }
    return bytes <= MAX_EVENT_BYTES
        ? new Found(header.withEvents(events))
        : new Found(header, count);
  }

  private @Nullable Step nextHeader() {
    try {
      List<FlowTrace> one = first(query, after);
      return one.isEmpty() ? null : new Found(one.getFirst());
    } catch (CorruptDataException e) {
      return new Unreadable(find(e), reason(e));
    }
  }

  private List<FlowTrace> first(TraceQuery within, @Nullable Position behind) {
    return store.queryTraces(within.toBuilder().after(behind).limit(1).withEvents(false).build());
  }

  private static String reason(CorruptDataException e) {
    return "cannot be read: " + e.getMessage();
  }

  /**
   * The place of the first trace after {@link #after} whose header cannot be read. Of several such
   * traces that started in one nanosecond it may be a later one.
   *
   * @throws CorruptDataException {@code failure}, if the store fails for every range
   */
  private Position find(CorruptDataException failure) {
    Instant from = query.startedFrom() == null ? EpochNanos.MIN : query.startedFrom();
    Instant to = query.startedTo() == null ? EpochNanos.MAX : query.startedTo();
    if (after != null && after.startTime().isBefore(to)) {
      to = after.startTime();
    }
    Instant start =
        instant(
            lastThat(
                nanos(from),
                nanos(to),
                time -> fails(query.toBuilder().startedFrom(instant(time)).build(), after)));
    TraceQuery then = query.toBuilder().startedBetween(start, start).build();
    Position behind = after != null && after.startTime().equals(start) ? after : null;
    if (!fails(then, behind) || fails(then, new Position(start, id(MAX_ID)))) {
      throw failure;
    }
    BigInteger lastBefore =
        lastThat(
            behind == null ? BigInteger.ONE.negate() : number(behind.traceId()),
            MAX_ID,
            id -> fails(then, id.signum() < 0 ? behind : new Position(start, id(id))));
    return new Position(start, id(lastBefore.add(BigInteger.ONE)));
  }

  private boolean fails(TraceQuery within, @Nullable Position behind) {
    try {
      first(within, behind);
      return false;
    } catch (CorruptDataException e) {
      return true;
    }
  }

  /** The last number from {@code first}, of which the condition is true, on of which it is. */
  private static BigInteger lastThat(
      BigInteger first, BigInteger last, Predicate<BigInteger> condition) {
    BigInteger low = first;
    BigInteger high = last;
    while (low.compareTo(high) < 0) {
      BigInteger middle = low.add(high).add(BigInteger.ONE).shiftRight(1);
      if (condition.test(middle)) {
        low = middle;
      } else {
        high = middle.subtract(BigInteger.ONE);
      }
    }
    return low;
  }

  private static BigInteger nanos(Instant instant) {
    if (instant.isBefore(EpochNanos.MIN)) {
      return BigInteger.valueOf(Long.MIN_VALUE);
    }
    return BigInteger.valueOf(
        instant.isAfter(EpochNanos.MAX) ? Long.MAX_VALUE : EpochNanos.of(instant));
  }

  private static Instant instant(BigInteger nanos) {
    return EpochNanos.toInstant(nanos.longValueExact());
  }

  private static BigInteger number(TraceId id) {
    return new BigInteger(id.value().toString().replace("-", ""), 16);
  }

  private static TraceId id(BigInteger number) {
    return new TraceId(new UUID(number.shiftRight(64).longValue(), number.longValue()));
  }

  /** Whether {@code one} comes after {@code other}. */
  static boolean isBehind(Position one, Position other) {
    return compare(one, other) > 0;
  }

  /** Compares as {@link FlowTrace#NEWEST_FIRST} does. */
  static int compare(Position one, Position other) {
    int byTime = other.startTime().compareTo(one.startTime());
    return byTime != 0 ? byTime : one.traceId().compareTo(other.traceId());
  }

  @Override
  public void close() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }
}
