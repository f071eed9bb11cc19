package io.tracestore.provider.support.index;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The traces that have one key in common, by start time: a sorted list for one writer at a time and
 * any number of readers, which never wait.
 *
 * <p>Traces are mostly added and removed in the order of their start, so the list is cut into
 * chunks: adding after the last trace and removing the first are done in place; anywhere else one
 * chunk is copied. Readers find every trace that is in the list for the whole of their call.
 */
final class Postings {
  /** Copying one chunk must stay cheap, and the array of chunks small. */
  static final int CHUNK = 128;

  private static final AtomicReferenceArray<Chunk> NONE = new AtomicReferenceArray<>(0);

  /**
   * Oldest first, none empty. An element changes in place only where the range of its chunk stays;
   * a reader that still has an older array reads it as it was when it was given up.
   */
  private volatile AtomicReferenceArray<Chunk> chunks = NONE;

  private volatile int size;

  /**
   * A sorted run from {@link #from} to {@link #end}. What was taken out in front is null: to
   * readers a trace older than all others of the chunk, which says nothing on the chunks before.
   */
  private static final class Chunk {
    final @Nullable IndexedTrace[] items;
    volatile int end;

    /** For the writer. */
    int from;

    Chunk(@Nullable IndexedTrace[] items, int end) {
      this.items = items;
      this.end = end;
    }

    static Chunk of(IndexedTrace trace, int capacity) {
      @Nullable IndexedTrace[] items = new IndexedTrace[capacity];
      items[0] = trace;
      return new Chunk(items, 1);
    }

    int live() {
      return end - from;
    }

    /** The newest trace, which is never taken out in place. */
    IndexedTrace last() {
      while (true) {
        IndexedTrace last = items[end - 1];
        if (last != null) {
          return last;
        }
        // The last trace was removed after another had been added, so the end has moved.
        Thread.onSpinWait();
      }
    }

    Chunk copyOf(int first, int last) {
      return new Chunk(Arrays.copyOfRange(items, first, last), last - first);
    }

    /**
     * A copy of the items from {@code first} to {@code last} with {@code trace} at {@code place}.
     */
    Chunk copyWith(IndexedTrace trace, int place, int first, int last) {
      int live = last - first;
      @Nullable IndexedTrace[] copy = new IndexedTrace[Math.min(CHUNK, live + 1 + live / 2)];
      System.arraycopy(items, first, copy, 0, place - first);
      copy[place - first] = trace;
      System.arraycopy(items, place, copy, place - first + 1, last - place);
      return new Chunk(copy, live + 1);
    }

    Chunk copyWithout(int place) {
      @Nullable IndexedTrace[] copy = new IndexedTrace[live() - 1];
      System.arraycopy(items, from, copy, 0, place - from);
      System.arraycopy(items, place + 1, copy, place - from, end - place - 1);
      return new Chunk(copy, copy.length);
    }

    Chunk copyWith(Chunk next) {
      @Nullable IndexedTrace[] copy = Arrays.copyOfRange(items, from, end + next.live());
      System.arraycopy(next.items, next.from, copy, live(), next.live());
      return new Chunk(copy, copy.length);
    }

    boolean beginsWith(IndexedTrace trace) {
      return Same.objects(items[from], trace);
    }

    /** Whether the first item is at or before {@code trace}. */
    boolean beginsUpTo(IndexedTrace trace) {
      IndexedTrace first = items[from];
      return first == null || IndexedTrace.compare(first, trace) <= 0;
    }

    private static boolean isBefore(@Nullable IndexedTrace item, IndexedTrace trace) {
      return item == null || IndexedTrace.compare(item, trace) < 0;
    }

    /** The number of items that pass an ordered test; removed items pass it. */
    int countWhile(Predicate<@Nullable IndexedTrace> test) {
      int low = 0;
      int high = end;
      if (test.test(items[high - 1])) {
        return high;
      }
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (test.test(items[middle])) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** The index at which {@code trace} is or belongs. For the writer, which calls it often. */
    int placeOf(IndexedTrace trace) {
      int low = from;
      int high = end;
      if (isBefore(items[high - 1], trace)) {
        return high;
      }
      if (!isBefore(items[low], trace)) {
        return low;
      }
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (isBefore(items[middle], trace)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  int size() {
    return size;
  }

  /** How many chunks the list is cut into. */
  int chunks() {
    return chunks.length();
  }

  /** Adds a trace; whether it was not in the list. Only one thread may write at a time. */
  boolean add(IndexedTrace trace) {
    AtomicReferenceArray<Chunk> old = chunks;
    if (old.length() == 0) {
      chunks = new AtomicReferenceArray<>(new Chunk[] {Chunk.of(trace, 1)});
    } else if (!addTo(old, chunkOf(old, trace), trace)) {
      return false;
    }
    size = size() + 1;
    return true;
  }

  private boolean addTo(AtomicReferenceArray<Chunk> old, int at, IndexedTrace trace) {
    Chunk chunk = old.getPlain(at);
    int from = chunk.from;
    int end = chunk.end;
    int place = chunk.placeOf(trace);
    if (place < end && Same.objects(chunk.items[place], trace)) {
      return false;
    }
    if (place == end && end < chunk.items.length) {
      chunk.items[end] = trace;
      chunk.end = end + 1; // readers see the item from here on
    } else if (chunk.live() < CHUNK) {
      old.set(at, chunk.copyWith(trace, place, from, end));
    } else if (place == end && at == old.length() - 1) {
      chunks = replaced(old, at + 1, 0, Chunk.of(trace, CHUNK)); // more will follow
    } else {
      int half = CHUNK / 2; // from is 0: the chunk is full
      chunks =
          place <= half
              ? replaced(old, at, 1, chunk.copyWith(trace, place, 0, half), chunk.copyOf(half, end))
              : replaced(
                  old, at, 1, chunk.copyOf(0, half), chunk.copyWith(trace, place, half, end));
    }
    return true;
  }

  /** Takes a trace out; whether it was in the list. Only one thread may write at a time. */
  boolean remove(IndexedTrace trace) {
    AtomicReferenceArray<Chunk> old = chunks;
    if (old.length() == 0) {
      return false;
    }
    boolean oldest = old.getPlain(0).beginsWith(trace); // as a rule; then no other trace is read
    int at = oldest ? 0 : chunkOf(old, trace);
    Chunk chunk = old.getPlain(at);
    int place = oldest ? chunk.from : chunk.placeOf(trace);
    if (place == chunk.end || !Same.objects(chunk.items[place], trace)) {
      return false;
    }
    size = size() - 1;
    if (chunk.live() == 1) {
      chunks = replaced(old, at, 1);
      return true;
    }
    Chunk rest = chunk;
    if (place == chunk.from) {
      chunk.items[place] = null;
      chunk.from = place + 1;
    } else {
      rest = chunk.copyWithout(place);
      old.set(at, rest);
    }
    // So two neighbours always hold more than this together.
    if (rest.live() <= CHUNK / 4 && !merge(old, at)) {
      merge(old, at - 1);
    }
    return true;
  }

  /** Merges the chunk with the one after it if both are small; returns whether it did. */
  private boolean merge(AtomicReferenceArray<Chunk> old, int at) {
    if (at < 0 || at + 1 == old.length()) {
      return false;
    }
    Chunk left = old.getPlain(at);
    Chunk right = old.getPlain(at + 1);
    boolean small = left.live() + right.live() <= CHUNK / 2;
    if (small) {
      chunks = replaced(old, at, 2, left.copyWith(right));
    }
    return small;
  }

  private static AtomicReferenceArray<Chunk> replaced(
      AtomicReferenceArray<Chunk> old, int at, int removed, Chunk... added) {
    Chunk[] copy = new Chunk[old.length() - removed + added.length];
    for (int i = 0; i < at; i++) {
      copy[i] = old.getPlain(i);
    }
    System.arraycopy(added, 0, copy, at, added.length);
    for (int i = at + removed; i < old.length(); i++) {
      copy[i - removed + added.length] = old.getPlain(i);
    }
    return copy.length == 0 ? NONE : new AtomicReferenceArray<>(copy);
  }

  /** The last chunk that begins at or before {@code trace}, or the first. For the writer. */
  private static int chunkOf(AtomicReferenceArray<Chunk> chunks, IndexedTrace trace) {
    int low = 0;
    int high = chunks.length() - 1;
    if (chunks.getPlain(high).beginsUpTo(trace)) {
      return high; // where the newest belongs
    }
    if (high == 0 || !chunks.getPlain(1).beginsUpTo(trace)) {
      return 0; // where the oldest is
    }
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (chunks.getPlain(middle).beginsUpTo(trace)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** How many lie in {@code range}; takes a look at each chunk, not at each trace. */
  long count(TimeRange range) {
    AtomicReferenceArray<Chunk> all = chunks;
    long count = 0;
    for (int i = 0; i < all.length(); i++) {
      Chunk chunk = all.get(i);
      int upTo = chunk.countWhile(item -> item == null || range.isUpTo(item));
      int before = chunk.countWhile(item -> item == null || item.start() < range.from());
      count += Math.max(0, upTo - before);
    }
    return count;
  }

  /** Reads the traces in {@code range}, newest first. */
  Reader read(TimeRange range) {
    return new Reader(chunks, range);
  }

  /**
   * A walk through the list, each trace after the one before, for one thread. The chunks may change
   * in place under it, so it checks each trace against the range, and against the one before: what
   * came since can lie anywhere.
   */
  static final class Reader {
    private final AtomicReferenceArray<Chunk> chunks;
    private final TimeRange range;
    private int nextChunk;
    private @Nullable IndexedTrace[] items = new IndexedTrace[0];
    private int remaining;
    private @Nullable IndexedTrace last;

    private Reader(AtomicReferenceArray<Chunk> chunks, TimeRange range) {
      this.chunks = chunks;
      this.range = range;
      this.nextChunk = firstChunkBeyond(chunks, range);
      if (nextChunk >= 0) {
        Chunk first = chunks.get(nextChunk--);
        items = first.items;
        remaining = first.countWhile(item -> item == null || range.isUpTo(item));
      }
    }

    /** The first chunk that reaches beyond the upper end of the range, or the last chunk. */
    private static int firstChunkBeyond(AtomicReferenceArray<Chunk> chunks, TimeRange range) {
      int low = 0;
      int high = chunks.length() - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (range.isUpTo(chunks.get(middle).last())) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return high;
    }

    /** The next trace, or null if there is none. */
    @Nullable IndexedTrace next() {
      while (true) {
        while (remaining > 0) {
          IndexedTrace trace = items[--remaining];
          if (trace != null && range.isUpTo(trace) && isBehindLast(trace)) {
            if (trace.start() < range.from()) {
              remaining = 0;
              nextChunk = -1;
              return null;
            }
            last = trace;
            return trace;
          }
        }
        if (nextChunk < 0) {
          return null;
        }
        Chunk next = chunks.get(nextChunk--);
        items = next.items;
        remaining = next.end;
      }
    }

    private boolean isBehindLast(IndexedTrace trace) {
      return last == null || IndexedTrace.compare(trace, last) < 0;
    }
  }
}
