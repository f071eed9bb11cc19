package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.support.call.CallGuard;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.provider.support.read.EventPages;
import io.tracestore.provider.support.read.EventPages.Place;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.EventRange.Position;
import io.tracestore.spi.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventPagesTest {
  private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");

  private final FakeEvents stored = new FakeEvents();

  /** Events in memory, of which each is said to have so many bytes. */
  private static final class FakeEvents implements EventPages.Reader {
    private List<TraceEvent> events = List.of();
    private long bytesOfEach;
    private int failures;
    private final List<Integer> placesAsked = new ArrayList<>();
    private final List<Integer> pages = new ArrayList<>();

    @Override
    public List<Place> places(@Nullable Position after, int limit) {
      placesAsked.add(limit);
      return events.stream()
          .filter(event -> after == null || after.isBefore(event))
          .limit(limit)
          .map(event -> new Place(Position.of(event), bytesOfEach))
          .toList();
    }

    @Override
    public List<TraceEvent> events(List<Place> page) {
      if (failures-- > 0) {
        throw new StoreUnavailableException("away", null);
      }
      pages.add(page.size());
      Position last = page.getLast().position();
      return events.stream()
          .filter(event -> !last.isBefore(event))
          .sorted(TraceEvent.ORDER.reversed())
          .toList();
    }
  }

  @Test
  void aPageEndsWithTheEventThatReachesItsBytes() {
    stored.events = events(10);
    stored.bytesOfEach = EventPages.PAGE_BYTES / 4;
    assertThat(opened(EventRange.ALL)).isEqualTo(events(10));
    assertThat(stored.pages).containsExactly(4, 4, 2);
  }

  @Test
  void placesAreReadUpToABoundAndAgainAfterTheLastOfThem() {
    stored.events = events(EventPages.MAX_PLACES + 5);
    assertThat(opened(EventRange.ALL)).isEqualTo(stored.events);
    assertThat(stored.placesAsked).containsExactly(EventPages.MAX_PLACES, EventPages.MAX_PLACES);
  }

  @Test
  void aRangeIsReadAndNothingBehindIt() {
    stored.events = events(100);
    assertThat(opened(EventRange.after(event(9)).withLimit(3)))
        .isEqualTo(events(100).subList(10, 13));
    assertThat(stored.placesAsked).containsExactly(3);
    assertThat(stored.pages).containsExactly(3);
  }

  @Test
  void anEventThatIsGoneOrHasAnotherTimeIsPassedOver() {
    stored.events = events(4);
    stored.bytesOfEach = EventPages.PAGE_BYTES;
    try (EventCursor cursor = cursor(EventRange.ALL)) {
      assertThat(cursor.next()).isEqualTo(event(0));
      TraceEvent moved = event(2).toBuilder().timestamp(T0.minusNanos(1)).build();
      stored.events = List.of(moved, event(0), event(3));
      assertThat(cursor.next()).isEqualTo(event(3));
      assertThat(cursor.hasNext()).isFalse();
    }
  }

  @Test
  void aPageThatCouldNotBeReadIsReadByTheNextCall() {
    stored.events = events(3);
    stored.failures = 1;
    try (EventCursor cursor = cursor(EventRange.ALL)) {
      assertThatThrownBy(cursor::hasNext).isInstanceOf(StoreUnavailableException.class);
      List<TraceEvent> read = new ArrayList<>();
      cursor.forEachRemaining(read::add);
      assertThat(read).isEqualTo(events(3));
    }
    assertThat(stored.placesAsked).hasSize(1);
  }

  private EventCursor cursor(EventRange range) {
    return ChunkedCursor.ofEvents(
        CallGuard.waiting("test:"), range.limit(), new EventPages(range, stored));
  }

  private List<TraceEvent> opened(EventRange range) {
    List<TraceEvent> read = new ArrayList<>();
    try (EventCursor cursor = cursor(range)) {
      cursor.forEachRemaining(read::add);
    }
    return read;
  }

  private static List<TraceEvent> events(int count) {
    return LongStream.range(0, count).mapToObj(EventPagesTest::event).toList();
  }

  private static TraceEvent event(long number) {
    return TraceEvent.builder(TraceEventType.MESSAGE_SENT, "reader")
        .eventId(new EventId(new UUID(1, number)))
        .timestamp(T0.plusNanos(number))
        .build();
  }
}
