package io.tracestore.provider.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Walks several indexes as if they were one, in order, each entry once. Reads a part of each at a
 * time, larger parts as it goes on. Not safe for several threads.
 */
final class IndexWalk {
  private static final int SMALLEST_PART = 16;
  private static final int LARGEST_PART = 512;

  private final RedisLink link;
  private final PriorityQueue<Source> ready;
  private final List<Source> empty = new ArrayList<>();

  /** Entries that were taken and not yet returned; none is lost if a later read fails. */
  private final List<Entry> taken = new ArrayList<>();

  private byte @Nullable [] last;

  /**
   * An entry and the index that it was found in.
   *
   * @param index the name of the index
   * @param member the entry
   */
  @SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
  record Entry(byte[] index, byte[] member) {}

  IndexWalk(RedisLink link, List<byte[]> indexes, Range<byte[]> range, int wanted) {
    this.link = link;
    this.ready =
        new PriorityQueue<>(
            Math.max(indexes.size(), 1), (a, b) -> Arrays.compareUnsigned(a.head(), b.head()));
    int part = Math.clamp(2L * wanted / Math.max(indexes.size(), 1), SMALLEST_PART, LARGEST_PART);
    indexes.forEach(index -> empty.add(new Source(index, range, part)));
  }

  /** The next entries, at most {@code count}; none at the end. */
  List<Entry> next(int count) {
    while (taken.size() < count) {
      refill();
      Source source = ready.poll();
      if (source == null) {
        break;
      }
      byte[] member = source.take();
      (source.members.isEmpty() ? empty : ready).add(source);
      if (last == null || !Arrays.equals(last, member)) {
        taken.add(new Entry(source.index, member));
        last = member;
      }
    }
    List<Entry> entries = List.copyOf(taken);
    taken.clear();
    return entries;
  }

  /** Reads on in every index of which nothing is left here, in all at once. */
  private void refill() {
    if (empty.isEmpty()) {
      return;
    }
    List<Source> asked = new ArrayList<>();
    List<CompletableFuture<List<byte[]>>> answers = new ArrayList<>();
    for (Source source : empty) {
      if (!source.exhausted) {
        asked.add(source);
        answers.add(source.read());
      }
    }
    List<List<byte[]>> parts = link.awaitAll(answers);
    empty.clear(); // only now: if reading failed, it is read when asked again
    for (int i = 0; i < asked.size(); i++) {
      if (asked.get(i).accept(parts.get(i))) {
        ready.add(asked.get(i));
      }
    }
  }

  private final class Source {
    private final byte[] index;
    private final Queue<byte[]> members = new ArrayDeque<>();
    private Range<byte[]> rest;
    private int part;
    private boolean exhausted;

    Source(byte[] index, Range<byte[]> range, int part) {
      this.index = index;
      this.rest = range;
      this.part = part;
    }

    CompletableFuture<List<byte[]>> read() {
      Range<byte[]> range = rest;
      Limit limit = Limit.create(0, part);
      return link.send(commands -> commands.zrangebylex(index, range, limit));
    }

    /** Whether there is anything. */
    boolean accept(List<byte[]> found) {
      exhausted = found.size() < part;
      part = Math.min(2 * part, LARGEST_PART);
      members.addAll(found);
      if (!found.isEmpty()) {
        rest = Range.from(Boundary.excluding(found.getLast()), rest.getUpper());
      }
      return !found.isEmpty();
    }

    byte[] head() {
      return members.element();
    }

    byte[] take() {
      return members.remove();
    }
  }
}
