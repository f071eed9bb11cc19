package io.tracestore.provider.support.index;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStoreException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The traces of a store whose engine has no index of its own: by id, by start and by term. Writers
 * take turns in {@link #write}; readers never wait.
 *
 * @param <T> the provider's traces
 */
public final class IndexedTraces<T extends IndexedTrace> {
  /** How many traces are purged before other writers get a turn. */
  private static final int PURGE_STEP = 64;

  private final ConcurrentMap<TraceId, T> byId = new ConcurrentHashMap<>();
  private final Set<TraceId> early = ConcurrentHashMap.newKeySet();
  private final TraceIndex<T> index;
  private final ReentrantLock lock = new ReentrantLock();

  private final String store;

  /**
   * No traces.
   *
   * @param store the name of the store, for errors
   * @param attributes the attributes by which every trace is added
   */
  public IndexedTraces(String store, DataTerms attributes) {
    this.index = new TraceIndex<>(attributes);
    this.store = store;
  }

  /**
   * Runs {@code write} when no other thread writes.
   *
   * @throws TraceStoreException if the thread is interrupted while it waits
   */
  public <R> R write(Supplier<R> write) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to write to " + store, e);
    }
    try {
      return write.get();
    } finally {
      lock.unlock();
    }
  }

  /** The trace of an id; null if there is none. */
  public @Nullable T get(TraceId id) {
    return byId.get(id);
  }

  /** Every trace, those without a header too, in no order. */
  public Collection<T> all() {
    return byId.values();
  }

  /** How many traces there are, those without a header too. */
  public int size() {
    return byId.size();
  }

  /** The traces that have a header. */
  public TraceIndex<T> index() {
    return index;
  }

  /** Visits the traces of which only events are stored. */
  public void forEachEarly(Consumer<TraceId> visitor) {
    early.forEach(visitor);
  }

  /**
   * Adds a trace, or the terms of one that gets its first header; for the thread that writes. Such
   * a trace is always among the early ones, in the index, or for a moment in both.
   *
   * @param terms null as long as there is no header
   */
  public void add(T trace, @Nullable IndexTerms terms) {
    byId.put(trace.id(), trace);
    if (terms == null) {
      early.add(trace.id());
    } else {
      // In this order, so that a reader of the early ones, and then of the index, finds it.
      index.add(trace, terms);
      early.remove(trace.id());
    }
  }

  /**
   * Removes a trace; for the thread that writes.
   *
   * @param terms those that it has in the index; null if they are not known
   */
  public void remove(T trace, @Nullable IndexTerms terms) {
    byId.remove(trace.id());
    if (early.remove(trace.id())) {
      return;
    }
    if (terms != null) {
      index.remove(trace, terms);
    } else {
      index.removeFromAll(trace);
    }
  }

  /**
   * Removes the traces with a header that started before {@code cutoff}, newest first, and shows
   * those without a header. Other writers get their turn in between.
   *
   * @param remove removes a trace
   * @param purgeEarly removes the events before {@code cutoff} of a trace without a header
   * @return how many traces {@code remove} took
   */
  public long purge(Instant cutoff, Consumer<T> remove, Consumer<T> purgeEarly) {
    long removed = 0;
    if (cutoff.isAfter(EpochNanos.MIN)) {
      TimeRange range = new TimeRange(Long.MIN_VALUE, EpochNanos.lastBefore(cutoff), null);
      int step;
      do {
        step =
            write(() -> {
              List<T> traces = index.newest(range, PURGE_STEP);
              traces.forEach(remove);
              return traces.size();
            });
        removed += step;
      } while (step == PURGE_STEP);
    }
    for (TraceId id : early) {
      write(() -> {
        T trace = byId.get(id);
        if (trace != null && early.contains(id)) {
          purgeEarly.accept(trace);
        }
        return true;
      });
    }
    return removed;
  }
}
