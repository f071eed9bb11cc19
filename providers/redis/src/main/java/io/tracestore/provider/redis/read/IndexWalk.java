package io.tracestore.provider.redis.read;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.tracestore.provider.redis.connect.RedisLink;
import io.tracestore.provider.support.index.MergedWalk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private final List<Source> sources;
  private final MergedWalk<Entry> walk;

  /** Entries that were taken and not yet returned; none is lost if a later read fails. */
  private final List<Entry> taken = new ArrayList<>();

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
    int part = Math.clamp(2L * wanted / Math.max(indexes.size(), 1), SMALLEST_PART, LARGEST_PART);
    this.sources = indexes.stream().map(index -> new Source(index, range, part)).toList();
    this.walk = new MergedWalk<>((a, b) -> Arrays.compareUnsigned(a.member, b.member), sources);
  }

  /** The next entries, at most {@code count}; none at the end. */
  List<Entry> next(int count) {
    while (taken.size() < count) {
      Entry entry = walk.next();
      if (entry == null) {
        break;
      }
      taken.add(entry);
    }
    List<Entry> entries = List.copyOf(taken);
    taken.clear();
    return entries;
  }

  /** Reads on in every index of which nothing is left here, in all at once. */
  private void refill() {
    List<Source> asked = sources.stream().filter(Source::isEmpty).toList();
    List<List<byte[]>> parts = link.awaitAll(asked.stream().map(Source::read).toList());
    for (int i = 0; i < asked.size(); i++) {
      asked.get(i).accept(parts.get(i));
    }
  }

  private final class Source implements MergedWalk.Source<Entry> {
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

    boolean isEmpty() {
      return members.isEmpty() && !exhausted;
    }

    CompletableFuture<List<byte[]>> read() {
      Range<byte[]> range = rest;
      Limit limit = Limit.create(0, part);
      return link.send(commands -> commands.zrangebylex(index, range, limit));
    }

    void accept(List<byte[]> found) {
      exhausted = found.size() < part;
      part = Math.min(2 * part, LARGEST_PART);
      members.addAll(found);
      if (!found.isEmpty()) {
        rest = Range.from(Boundary.excluding(found.getLast()), rest.getUpper());
      }
    }

    @Override
    public @Nullable Entry next() {
      if (isEmpty()) {
        refill();
      }
      byte[] member = members.poll();
      return member == null ? null : new Entry(index, member);
    }
  }
}
