package io.tracestore.provider.mem;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A list of postings does what a sorted set does. */
class PostingsTest {
  private static final Comparator<StoredTrace> NEWEST_FIRST = (a, b) -> StoredTrace.compare(b, a);

  /** A trace of one of 700 starts, of which some are shared by several ids. */
  private static StoredTrace trace(int number) {
    TraceId id = new TraceId(new UUID(number * 0x9E3779B97F4A7C15L, 0));
    FlowTrace header =
        FlowTrace.builder("flow").traceId(id).startTime(EpochNanos.toInstant(number % 700)).build();
    return new StoredTrace(id, new Content(header, List.of()));
  }

  private static List<StoredTrace> read(Postings postings, TimeRange range) {
    List<StoredTrace> read = new ArrayList<>();
    Postings.Reader reader = postings.read(range);
    for (StoredTrace next = reader.next(); next != null; next = reader.next()) {
      read.add(next);
    }
    return read;
  }

  @Property(tries = 200)
  void whatIsAddedAndRemovedInAnyOrderIsReadInOrder(
      @ForAll @Size(max = 1_500) List<@IntRange(min = -999, max = 999) Integer> steps) {
    Postings postings = new Postings();
    TreeSet<StoredTrace> expected = new TreeSet<>(NEWEST_FIRST);
    StoredTrace[] traces = new StoredTrace[1_000];
    for (int step : steps) {
      int number = Math.abs(step);
      StoredTrace present = traces[number];
      if (present == null) {
        StoredTrace added = trace(number);
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
    TreeSet<StoredTrace> expected = new TreeSet<>(NEWEST_FIRST);
    TraceId afterId = after % 2 == 0 ? null : trace(after).id();
    for (int number = 0; number < size; number++) {
      StoredTrace trace = trace(number);
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

  @Property(tries = 20)
  void chunksThatEmptyAreMerged(@ForAll @IntRange(min = 2, max = 50) int keepOneOf) {
    Postings postings = new Postings();
    List<StoredTrace> traces = new ArrayList<>();
    for (int number = 0; number < 5_000; number++) {
      StoredTrace trace = trace(number);
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
