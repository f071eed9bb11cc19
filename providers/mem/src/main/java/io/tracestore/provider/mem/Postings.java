package io.tracestore.provider.mem;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The traces that have one key in common, by start time: a sorted list for one writer at a time and
 * any number of readers, which never wait.
 *
 * <p>Traces mostly come in the order in which they started and go in it too, so the list is cut into
 * chunks: adding behind the last is done in place, anywhere else one chunk is copied. Readers find
 * every trace that is in the list from the begin of their call to its end.
 */
final class Postings {
  /** Copying one chunk must stay cheap, and the array of chunks small. */
  static final int CHUNK = 128;

  private static final AtomicReferenceArray<Chunk> NONE = new AtomicReferenceArray<>(0);

  /**
   * Oldest first, none empty. An element changes in place only where the range of its chunk stays; a
   * reader that still has an older array reads it as it was when it was given up.
   */
  private volatile AtomicReferenceArray<Chunk> chunks = NONE;

  private volatile int size;

  private static final VarHandle SIZE = counter(Postings.class, "size");
  private static final VarHandle COUNT = counter(Chunk.class, "count");

  /** A plain volatile write waits for the memory; here readers need the order alone. */
  private static VarHandle counter(Class<?> owner, String field) {
    try {
      return MethodHandles.lookup().findVarHandle(owner, field, int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A sorted run. What is below {@link #count} never changes. */
  private static final class Chunk {
    final StoredTrace[] items;
    volatile int count;

    Chunk(StoredTrace[] items, int count) {
      this.items = items;
      this.count = count;
    }

    StoredTrace first() {
      return items[0];
    }

    StoredTrace last() {
      return items[count - 1];
    }

    Chunk copyOf(int from, int to) {
      return new Chunk(Arrays.copyOfRange(items, from, to), to - from);
    }
  }

  int size() {
    return size;
  }

  /** How many chunks the list is cut into. */
  int chunks() {
    return chunks.length();
  }

  /** Adds a trace that is not in the list. Only one thread may write at a time. */
  void add(StoredTrace trace) {
    AtomicReferenceArray<Chunk> old = chunks;
    if (old.length() == 0) {
      chunks = new AtomicReferenceArray<>(new Chunk[] {new Chunk(new StoredTrace[] {trace}, 1)});
    } else {
      int at = chunkOf(old, trace);
      addTo(old, at, trace);
    }
    SIZE.setRelease(this, size + 1);
  }

  private void addTo(AtomicReferenceArray<Chunk> old, int at, StoredTrace trace) {
    Chunk chunk = old.getPlain(at);
    int count = chunk.count;
    int place = insertionPoint(chunk, count, trace);
    if (place == count && count < chunk.items.length) {
      chunk.items[count] = trace;
      COUNT.setRelease(chunk, count + 1); // readers see the element from here on
    } else if (count < CHUNK) {
      old.set(at, inserted(chunk, 0, count, place, trace));
    } else if (place == CHUNK && at == old.length() - 1) {
      chunks = replaced(old, at, 1, chunk, new Chunk(firstOf(trace), 1));
    } else {
      int half = CHUNK / 2;
      if (place <= half) {
        chunks =
            replaced(old, at, 1, inserted(chunk, 0, half, place, trace), chunk.copyOf(half, count));
      } else {
        chunks =
            replaced(
                old,
                at,
                1,
                chunk.copyOf(0, half),
                inserted(chunk, half, count, place - half, trace));
      }
    }
  }

  /** A last chunk is followed by more: traces come by time. */
  private static StoredTrace[] firstOf(StoredTrace trace) {
    StoredTrace[] items = new StoredTrace[CHUNK];
    items[0] = trace;
    return items;
  }

  /** A copy of the items from {@code from} to {@code to} with {@code trace} at {@code place}. */
  private static Chunk inserted(Chunk chunk, int from, int to, int place, StoredTrace trace) {
    int count = to - from;
    StoredTrace[] items = new StoredTrace[Math.min(CHUNK, count + 1 + count / 2)];
    System.arraycopy(chunk.items, from, items, 0, place);
    items[place] = trace;
    System.arraycopy(chunk.items, from + place, items, place + 1, count - place);
    return new Chunk(items, count + 1);
  }

  /** Takes a trace out, if it is in. Only one thread may write at a time. */
  void remove(StoredTrace trace) {
    AtomicReferenceArray<Chunk> old = chunks;
    if (old.length() == 0) {
      return;
    }
    int at = chunkOf(old, trace);
    Chunk chunk = old.getPlain(at);
    int count = chunk.count;
    int place = insertionPoint(chunk, count, trace);
    if (place == count || chunk.items[place] != trace) {
      return;
    }
    if (count == 1) {
      chunks = replaced(old, at, 1);
    } else {
      StoredTrace[] items = new StoredTrace[count - 1];
      System.arraycopy(chunk.items, 0, items, 0, place);
      System.arraycopy(chunk.items, place + 1, items, place, count - 1 - place);
      shrink(old, at, new Chunk(items, count - 1));
    }
    SIZE.setRelease(this, size - 1);
  }

  /** Puts a chunk that lost an item back, as one with the next if both are small. */
  private void shrink(AtomicReferenceArray<Chunk> old, int at, Chunk chunk) {
    int first = at + 1 < old.length() ? at : at - 1;
    if (first >= 0) {
      Chunk left = first == at ? chunk : old.getPlain(first);
      Chunk right = first == at ? old.getPlain(first + 1) : chunk;
      if (left.count + right.count <= CHUNK / 2) {
        StoredTrace[] items = Arrays.copyOf(left.items, left.count + right.count);
        System.arraycopy(right.items, 0, items, left.count, right.count);
        chunks = replaced(old, first, 2, new Chunk(items, items.length));
        return;
      }
    }
    old.set(at, chunk);
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
  private static int chunkOf(AtomicReferenceArray<Chunk> chunks, StoredTrace trace) {
    int low = 0;
    int high = chunks.length() - 1;
    if (StoredTrace.compare(chunks.getPlain(high).first(), trace) <= 0) {
      return high; // where the newest belongs
    }
    if (high == 0 || StoredTrace.compare(chunks.getPlain(1).first(), trace) > 0) {
      return 0; // where the oldest is
    }
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (StoredTrace.compare(chunks.getPlain(middle).first(), trace) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static int insertionPoint(Chunk chunk, int count, StoredTrace trace) {
    if (StoredTrace.compare(chunk.last(), trace) < 0) {
      return count;
    }
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (StoredTrace.compare(chunk.items[middle], trace) < 0) {
        low = middle + 1;
      } else {
        high = middle;
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
      int upTo = countUpTo(chunk, range);
      count += upTo - countBefore(chunk, upTo, range);
    }
    return count;
  }

  private static int countUpTo(Chunk chunk, TimeRange range) {
    int low = 0;
    int high = chunk.count;
    if (range.isUpTo(chunk.items[high - 1])) {
      return high;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (range.isUpTo(chunk.items[middle])) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int countBefore(Chunk chunk, int upTo, TimeRange range) {
    int low = 0;
    int high = upTo;
    if (high == 0 || chunk.first().start() >= range.from()) {
      return 0;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (chunk.items[middle].start() < range.from()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Reads the traces in {@code range}, newest first. */
  Reader read(TimeRange range) {
    return new Reader(chunks, range);
  }

  /** A walk through the list; for one thread. */
  static final class Reader {
    private final AtomicReferenceArray<Chunk> chunks;
    private final long from;
    private @Nullable Chunk chunk;
    private int nextChunk;
    private int remaining;

    private Reader(AtomicReferenceArray<Chunk> chunks, TimeRange range) {
      this.chunks = chunks;
      this.from = range.from();
      int low = 0;
      int high = chunks.length();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (range.isUpTo(chunks.get(middle).first())) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      this.nextChunk = low - 1;
      if (nextChunk >= 0) {
        Chunk last = chunks.get(nextChunk--);
        chunk = last;
        remaining = countUpTo(last, range);
      }
    }

    /** The next trace, or null if there is none. */
    @Nullable StoredTrace next() {
      if (remaining == 0 && !advance()) {
        return null;
      }
      Chunk current = chunk;
      if (current == null) {
        return null;
      }
      StoredTrace trace = current.items[--remaining];
      return trace.start() < from ? null : trace;
    }

    private boolean advance() {
      if (nextChunk < 0) {
        return false;
      }
      Chunk next = chunks.get(nextChunk--);
      chunk = next;
      remaining = next.count;
      return true;
    }
  }
}
