package io.tracestore.provider.support.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.TraceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A list of postings does what a sorted set does. */
class PostingsTest {
  private static final Comparator<IndexedTrace> NEWEST_FIRST = (a, b) -> IndexedTrace.compare(b, a);

  /** A trace of one of 700 starts, of which some are shared by several ids. */
  private static IndexedTrace trace(int number) {
    return new Trace(number);
  }

  private static final class Trace extends IndexedTrace {
    Trace(int number) {
      super(new TraceId(new UUID(number * 0x9E3779B97F4A7C15L, 0)));
      startAt(number % 700);
    }
  }

  private static List<IndexedTrace> read(Postings postings, TimeRange range) {
    List<IndexedTrace> read = new ArrayList<>();
    Postings.Reader reader = postings.read(range);
    for (IndexedTrace next = reader.next(); next != null; next = reader.next()) {
      read.add(next);
    }
    return read;
  }

  @Property(tries = 200)
  void tracesAddedAndRemovedInAnyOrderAreReadInOrder(
      @ForAll @Size(max = 1_500) List<@IntRange(min = -999, max = 999) Integer> steps) {
    Postings postings = new Postings();
    TreeSet<IndexedTrace> expected = new TreeSet<>(NEWEST_FIRST);
    IndexedTrace[] traces = new IndexedTrace[1_000];
    for (int step : steps) {
      int number = Math.abs(step);
      IndexedTrace present = traces[number];
      if (present == null) {
        IndexedTrace added = trace(number);
        traces[number] = added;
        postings.add(added);
        expected.add(added);
      } else if (step < 0) {
        traces[number] = null;
        postings.remove(present);
        expected.remove(present);
      }
    }
    assertThat(read(postings, TimeRange.ALL)).containsExactlyElementsOf(expected);
    assertThat(postings.size()).isEqualTo(expected.size());
  }

  @Property(tries = 200)
  void aRangeHoldsExactlyWhatLiesInIt(
      @ForAll @IntRange(max = 1_000) int size,
      @ForAll @IntRange(min = -1, max = 701) int from,
      @ForAll @IntRange(min = -1, max = 701) int to,
      @ForAll @IntRange(max = 999) int after) {
    Postings postings = new Postings();
    TreeSet<IndexedTrace> expected = new TreeSet<>(NEWEST_FIRST);
    TraceId afterId = after % 2 == 0 ? null : trace(after).id();
    for (int number = 0; number < size; number++) {
      IndexedTrace trace = trace(number);
      postings.add(trace);
      boolean behind =
          trace.start() < to
              || (trace.start() == to && (afterId == null || trace.id().compareTo(afterId) > 0));
      if (trace.start() >= from && behind) {
        expected.add(trace);
      }
    }
    TimeRange range = new TimeRange(from, to, afterId);
    assertThat(read(postings, range)).containsExactlyElementsOf(expected);
    assertThat(postings.count(range)).isEqualTo(expected.size());
  }

  /** A history by blocks, so that whole chunks fill and empty, and then a range of any kind. */
  @Property(tries = 500)
  void anyRangeAfterAnyHistoryHoldsExactlyWhatLiesInIt(
      @ForAll @IntRange(max = 1_500) int size,
      @ForAll @Size(max = 12) List<@From("removals") Removal> history,
      @ForAll @Size(max = 6) List<@From("ranges") TimeRange> ranges) {
    Postings postings = new Postings();
    TreeSet<IndexedTrace> expected = new TreeSet<>(NEWEST_FIRST);
    List<IndexedTrace> traces = IntStream.range(0, size).mapToObj(PostingsTest::trace).toList();
    traces.forEach(postings::add);
    expected.addAll(traces);
    for (Removal step : history) {
      // By their places in the order, since a chunk is a run of it.
      List<IndexedTrace> order = new ArrayList<>(expected.reversed());
      for (int i = step.from; i < Math.min(order.size(), step.to); i += step.every) {
        postings.remove(order.get(i));
        expected.remove(order.get(i));
      }
      for (int number = step.from; step.addAgain && number < Math.min(size, step.to); number++) {
        if (expected.add(traces.get(number))) {
          postings.add(traces.get(number));
        }
      }
      for (TimeRange range : ranges) {
        List<IndexedTrace> inRange =
            expected.stream()
                .filter(trace -> trace.start() >= range.from() && range.isUpTo(trace))
                .toList();
        assertThat(read(postings, range)).containsExactlyElementsOf(inRange);
        assertThat(postings.count(range)).isEqualTo(inRange.size());
      }
    }
    assertThat(postings.size()).isEqualTo(expected.size());
  }

  /** Takes out one of {@code every} from a place to another, and puts some back. */
  record Removal(int from, int to, int every, boolean addAgain) {}

  @Provide
  Arbitrary<Removal> removals() {
    Arbitrary<Integer> places =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 12).map(chunk -> chunk * Postings.CHUNK),
            Arbitraries.integers().between(0, 1_500));
    return Combinators.combine(
            places,
            Arbitraries.of(1, 2, 127, 128, 129, 400, 1_500),
            Arbitraries.of(1, 1, 2, 128),
            Arbitraries.of(false, false, true))
        .as((from, length, every, again) -> new Removal(from, from + length, every, again));
  }

  @Provide
  Arbitrary<TimeRange> ranges() {
    Arbitrary<Long> bounds = Arbitraries.longs().between(-1, 701);
    Arbitrary<TraceId> ids = Arbitraries.integers().between(0, 999).map(n -> trace(n).id());
    return Arbitraries.oneOf(
        Arbitraries.just(TimeRange.ALL),
        bounds.map(to -> new TimeRange(Long.MIN_VALUE, to, null)),
        Combinators.combine(bounds, bounds, ids.injectNull(0.3)).as(TimeRange::new));
  }

  /** Readers beside a writer that adds and takes out, in and out of the order of starts. */
  @Test
  void readersBesideAWriterGetARangeInOrderAndAllThatStays() throws InterruptedException {
    Postings postings = new Postings();
    List<IndexedTrace> staying =
        IntStream.range(0, 700).filter(n -> n % 10 == 0).mapToObj(PostingsTest::trace).toList();
    List<IndexedTrace> changing =
        IntStream.range(0, 700).filter(n -> n % 10 != 0).mapToObj(PostingsTest::trace).toList();
    staying.forEach(postings::add);
    TimeRange range = new TimeRange(95, 605, null);
    List<IndexedTrace> expected =
        staying.stream()
            .filter(trace -> trace.start() >= 95 && trace.start() <= 605)
            .sorted(NEWEST_FIRST)
            .toList();
    AtomicBoolean ended = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              Random random = new Random(7);
              for (int round = 0; round < 200; round++) {
                List<IndexedTrace> added = new ArrayList<>(changing);
                if (round % 2 == 0) {
                  Collections.shuffle(added, random);
                }
                added.forEach(postings::add);
                List<IndexedTrace> removed = new ArrayList<>(changing);
                if (round % 3 == 0) {
                  Collections.shuffle(removed, random);
                }
                removed.forEach(postings::remove);
              }
              ended.set(true);
            });
    while (!ended.get()) {
      List<IndexedTrace> read = read(postings, range);
      assertThat(read).isSortedAccordingTo(NEWEST_FIRST).doesNotHaveDuplicates();
      assertThat(read).allMatch(trace -> trace.start() >= 95 && trace.start() <= 605);
      assertThat(read).containsAll(expected);
    }
    writer.join();
    assertThat(read(postings, range)).isEqualTo(expected);
  }

  @Test
  void a_trace_that_is_added_twice_is_in_the_list_once() {
    Postings postings = new Postings();
    List<IndexedTrace> traces = IntStream.range(0, 300).mapToObj(PostingsTest::trace).toList();
    assertThat(traces).allMatch(postings::add);
    assertThat(traces).noneMatch(postings::add);
    assertThat(postings.size()).isEqualTo(300);
    assertThat(traces).allMatch(postings::remove);
    assertThat(traces).noneMatch(postings::remove);
    assertThat(postings.size()).isZero();
  }

  @Property(tries = 20)
  void chunksThatEmptyAreMerged(@ForAll @IntRange(min = 2, max = 50) int keepOneOf) {
    Postings postings = new Postings();
    List<IndexedTrace> traces = new ArrayList<>();
    for (int number = 0; number < 5_000; number++) {
      IndexedTrace trace = trace(number);
      traces.add(trace);
      postings.add(trace);
    }
    for (int number = 0; number < 5_000; number++) {
      if (number % keepOneOf != 0) {
        postings.remove(traces.get(number));
      }
    }
    // Two neighbours hold more than a quarter of a full chunk together.
    int most = 2 + 8 * postings.size() / Postings.CHUNK;
    assertThat(postings.chunks()).isBetween(1, most);
  }
}
