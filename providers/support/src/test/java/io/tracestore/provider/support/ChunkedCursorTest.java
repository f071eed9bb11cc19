package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.call.CallGuard;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cursor reads page after page, each only when it is needed. */
class ChunkedCursorTest {
  private static final Instant NOON = Instant.parse("2024-05-01T12:00:00Z");

  private final FakeStore store = new FakeStore();
  private final List<TraceQuery> pages = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 512, 600})
  void it_gives_every_trace_once_and_in_order(int count) {
    List<FlowTrace> expected = storeTraces(count);

    assertThat(cursor(TraceQuery.ALL)).toIterable().containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 256, 300, 600, 1000})
  void it_gives_no_more_than_the_limit(int limit) {
    List<FlowTrace> all = storeTraces(600);

    assertThat(cursor(TraceQuery.builder().limit(limit).build()))
        .toIterable()
        .containsExactlyElementsOf(all.subList(0, Math.min(limit, 600)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 300, 599, 600, 700})
  void it_passes_over_the_offset_once(int offset) {
    List<FlowTrace> all = storeTraces(600);

    assertThat(cursor(TraceQuery.builder().offset(offset).build()))
        .toIterable()
        .containsExactlyElementsOf(all.subList(Math.min(offset, 600), 600));
  }

  @Test
  void it_begins_after_a_given_place() {
    List<FlowTrace> all = storeTraces(300);

    assertThat(cursor(TraceQuery.ALL.after(all.get(9))))
        .toIterable()
        .containsExactlyElementsOf(all.subList(10, 300));
  }

  @Test
  void traces_of_one_start_time_are_given_once_each() {
    IntStream.range(0, 600)
        .forEach(i -> store.storeTrace(FlowTrace.builder("etl").startTime(NOON).build()));

    assertThat(cursor(TraceQuery.ALL)).toIterable().hasSize(600).doesNotHaveDuplicates();
  }

  @Test
  void headers_come_without_events() {
    List<FlowTrace> all = storeTraces(3);

    assertThat(cursor(TraceQuery.builder().withEvents(false).build()))
        .toIterable()
        .containsExactlyElementsOf(all.stream().map(trace -> trace.withEvents(List.of())).toList());
  }

  @Test
  void nothing_is_read_before_it_is_asked_for() {
    storeTraces(3);
    cursor(TraceQuery.ALL);

    assertThat(pages).isEmpty();
  }

  @Test
  void one_page_of_headers_is_read_at_a_time_and_pages_grow() {
    List<FlowTrace> all = storeTraces(600);
    TraceCursor cursor = cursor(TraceQuery.ALL);
    for (int i = 0; i < 16; i++) {
      cursor.next();
    }

    assertThat(pages).containsExactly(TraceQuery.builder().withEvents(false).limit(16).build());
    cursor.next();
    assertThat(pages)
        .hasSize(2)
        .last()
        .isEqualTo(pages.getFirst().after(all.get(15)).toBuilder().limit(64).build());
    cursor.forEachRemaining(trace -> {});
    assertThat(pages).extracting(TraceQuery::limit).containsExactly(16, 64, 256, 256, 256);
  }

  @Test
  void a_page_that_is_not_full_is_the_last() {
    storeTraces(17);

    assertThat(cursor(TraceQuery.ALL)).toIterable().hasSize(17);
    assertThat(pages).hasSize(2);
  }

  @Test
  void a_trace_deleted_after_its_header_was_read_is_passed_over_and_does_not_count() {
    List<FlowTrace> all = storeTraces(5);
    TraceCursor cursor = cursor(TraceQuery.builder().limit(3).build());
    FlowTrace first = cursor.next();
    store.deleteTrace(all.get(1).traceId());
    List<FlowTrace> rest = new ArrayList<>();
    cursor.forEachRemaining(rest::add);

    assertThat(first).isEqualTo(all.getFirst());
    assertThat(rest).containsExactly(all.get(2), all.get(3));
  }

  @Test
  void a_trace_that_does_not_match_any_more_is_passed_over_and_does_not_count() {
    List<FlowTrace> all = storeTraces(5);
    TraceCursor cursor =
        cursor(TraceQuery.builder().status(ExecutionStatus.Kind.PENDING).limit(3).build());
    FlowTrace first = cursor.next();
    store.storeTrace(all.get(1).toBuilder().status(ExecutionStatus.completed()).build());
    List<FlowTrace> rest = new ArrayList<>();
    cursor.forEachRemaining(rest::add);

    assertThat(first).isEqualTo(all.getFirst());
    assertThat(rest).containsExactly(all.get(2), all.get(3));
  }

  @Test
  void a_trace_deleted_and_stored_again_at_another_place_is_given_at_most_once() {
    List<FlowTrace> all = storeTraces(300);
    TraceCursor cursor = cursor(TraceQuery.ALL);
    FlowTrace first = cursor.next();
    FlowTrace moved = all.get(1).toBuilder().startTime(NOON.minusSeconds(299)).build();
    store.deleteTrace(moved.traceId());
    store.storeTrace(moved);
    List<FlowTrace> rest = new ArrayList<>();
    cursor.forEachRemaining(rest::add);

    assertThat(first).isEqualTo(all.getFirst());
    assertThat(rest).hasSize(299).contains(moved).doesNotHaveDuplicates();
    assertThat(rest).isSortedAccordingTo(FlowTrace.NEWEST_FIRST);
  }

  @Test
  void traces_stored_during_the_read_repeat_none() {
    List<FlowTrace> all = storeTraces(600);
    TraceCursor cursor = cursor(TraceQuery.ALL);
    List<FlowTrace> given = new ArrayList<>(List.of(cursor.next()));
    IntStream.range(0, 300)
        .forEach(
            i -> store.storeTrace(trace(NOON.plusSeconds(1 + i)))); // newer than all, so before
    cursor.forEachRemaining(given::add);

    assertThat(given).isEqualTo(all);
  }

  @Test
  void a_trace_that_could_not_be_read_is_read_when_asked_again() {
    List<FlowTrace> all = storeTraces(3);
    AtomicInteger reads = new AtomicInteger();
    TraceCursor cursor =
        cursor(
            TraceQuery.ALL,
            page -> store.doQueryTraces(page, page.limitOrDefault()),
            id -> {
              if (reads.getAndIncrement() % 2 == 0) {
                throw new StoreUnavailableException("away", null);
              }
              return store.doGetTrace(id);
            });
    List<FlowTrace> given = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(cursor::hasNext).isInstanceOf(StoreUnavailableException.class);
      given.add(cursor.next());
    }

    assertThat(given).isEqualTo(all);
  }

  @Test
  void after_the_last_there_is_none() {
    storeTraces(1);
    TraceCursor cursor = cursor(TraceQuery.ALL);
    cursor.next();

    assertThat(cursor.hasNext()).isFalse();
    assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void after_its_close_there_is_none() {
    storeTraces(3);
    TraceCursor cursor = cursor(TraceQuery.ALL);
    assertThat(cursor.hasNext()).isTrue();
    cursor.close();
    cursor.close();

    assertThat(cursor.hasNext()).isFalse();
    assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
  }

  private TraceCursor cursor(TraceQuery query) {
    return cursor(
        query,
        page -> {
          pages.add(page);
          return store.doQueryTraces(page, page.limitOrDefault());
        },
        store::doGetTrace);
  }

  private static TraceCursor cursor(
      TraceQuery query,
      Function<TraceQuery, List<FlowTrace>> headersOf,
      Function<TraceId, Optional<FlowTrace>> traceOf) {
    return ChunkedCursor.ofTraces(
        CallGuard.waiting("test:"),
        query.limit(),
        ChunkedCursor.Source.ofTraces(query, headersOf, traceOf));
  }

  /** Stores {@code count} traces and returns them in the order of queries. */
  private List<FlowTrace> storeTraces(int count) {
    List<FlowTrace> traces =
        IntStream.range(0, count).mapToObj(i -> trace(NOON.minusSeconds(i))).toList();
    traces.forEach(store::storeTrace);
    return traces;
  }

  private static FlowTrace trace(Instant start) {
    return FlowTrace.builder("etl")
        .startTime(start)
        .event(TraceEvent.builder(TraceEventType.ACTOR_CREATED, "a").timestamp(start).build())
        .build();
  }
}
