package io.tracestore.provider.mem.heap;

import io.tracestore.provider.mem.EvictionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Selects the next trace to evict. {@link #used} may be called by any thread and never waits; the
 * other methods only by the thread that has the lock.
 */
sealed interface Eviction {
  /** Notes that {@code trace} was written or read. */
  default void used(StoredTrace trace) {}

  /** A trace can go from now on. */
  default void add(StoredTrace trace) {}

  /** A trace cannot go any more. */
  default void remove(StoredTrace trace) {}

  /** The trace to go, or null if there is none. */
  default @Nullable StoredTrace next() {
    return null;
  }

  static Eviction of(EvictionPolicy policy) {
    return switch (policy) {
      case LRU -> new LeastRecentlyUsed();
      case FIFO -> new FirstStored();
      case RANDOM -> new AtRandom();
      case NONE -> new Never();
    };
  }

  /** Eviction by a count of uses, which each trace carries; a reader sets it and is done. */
  final class LeastRecentlyUsed implements Eviction {
    private final AtomicLong uses = new AtomicLong();

    /** By the use at which each trace was queued, which may not be its last. */
    private final TreeMap<Long, StoredTrace> queue = new TreeMap<>();

    @Override
    public void used(StoredTrace trace) {
      trace.lastUsed = uses.incrementAndGet();
    }

    @Override
    public void add(StoredTrace trace) {
      trace.queuedAt = trace.lastUsed;
      queue.put(trace.queuedAt, trace);
    }

    @Override
    public void remove(StoredTrace trace) {
      queue.remove(trace.queuedAt);
    }

    @Override
    public @Nullable StoredTrace next() {
      Map.Entry<Long, StoredTrace> first = queue.firstEntry();
      while (first != null && first.getValue().lastUsed != first.getKey()) {
        StoredTrace usedSince = first.getValue();
        remove(usedSince);
        add(usedSince);
        first = queue.firstEntry();
      }
      return first == null ? null : first.getValue();
    }
  }

  /** Eviction by the time when each trace was stored. */
  final class FirstStored implements Eviction {
    private long stored;
    private final TreeMap<Long, StoredTrace> queue = new TreeMap<>();

    @Override
    public void add(StoredTrace trace) {
      if (trace.queuedAt == 0) {
        trace.queuedAt = ++stored;
      }
      queue.put(trace.queuedAt, trace);
    }

    @Override
    public void remove(StoredTrace trace) {
      queue.remove(trace.queuedAt);
    }

    @Override
    public @Nullable StoredTrace next() {
      Map.Entry<Long, StoredTrace> first = queue.firstEntry();
      return first == null ? null : first.getValue();
    }
  }

  /** Each with the same probability. */
  final class AtRandom implements Eviction {
    private final List<StoredTrace> traces = new ArrayList<>();

    @Override
    public void add(StoredTrace trace) {
      trace.position = traces.size();
      traces.add(trace);
    }

    @Override
    public void remove(StoredTrace trace) {
      StoredTrace last = traces.removeLast();
      if (last != trace) {
        last.position = trace.position;
        traces.set(trace.position, last);
      }
    }

    @Override
    public @Nullable StoredTrace next() {
      return traces.isEmpty()
          ? null
          : traces.get(ThreadLocalRandom.current().nextInt(traces.size()));
    }
  }

  /** Nothing ever goes. */
  final class Never implements Eviction {}
}
