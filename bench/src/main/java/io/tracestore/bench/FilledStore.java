package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A store with traces in it, in a scratch place of its own.
 *
 * <p>A place that is only read, and a large one, is filled once and kept for the processes that
 * follow where a runner has said where places are, and removes them in the end.
 */
final class FilledStore implements AutoCloseable {
  private static final int BATCH = 1_000;

  /** From here on, what a measurement writes makes a store hardly larger. */
  private static final int LARGE = 1_000_000;

  private static final int CHECKED = 100;

  private final Workload workload = Workload.load();
  private final Scratch scratch;
  private final boolean kept;
  private final long preloaded;
  private TraceStore store;

  /** The number of the next trace. */
  private long next;

  /** The number of the first trace of this store. */
  private long first;

  private FilledStore(Scratch scratch, boolean kept, int events) {
    this.scratch = scratch;
    this.kept = kept;
    this.preloaded = workload.tracesOf(events);
    this.store = scratch.open();
    fill();
    if (store.capabilities().contains(Capability.PERSISTENT)) {
      // The first read is a cold one.
      store.close();
      store = scratch.open();
    }
    next = held();
  }

  /**
   * Opens and fills it.
   *
   * @param written whether it is written to
   * @param shared whether other processes may find it, and this one has not opened it yet
   */
  static FilledStore open(Subject subject, boolean written, boolean shared) {
    boolean runner = !System.getProperty(Scratch.FOLDER_PROPERTY, "").isEmpty();
    boolean kept = runner && shared && (!written || subject.events() >= LARGE);
    String given = Targets.uri(subject.store());
    String name =
        kept
            ? Scratch.keptName(given, subject.events())
            : Long.toHexString(ThreadLocalRandom.current().nextLong());
    return new FilledStore(Scratch.of(given, name), kept, subject.events());
  }

  /** How many traces a {@code mem:} store holds before it evicts; 0 for any other store. */
  static int capacity(StoreUri uri) {
    return uri.scheme().equals("mem")
        ? Integer.parseInt(uri.options().getOrDefault("maxTraces", "0"))
        : 0;
  }

  /** Fills a bounded store so that each further trace evicts one. */
  void fillUp() {
    while (next - first < capacity(scratch.uri())) {
      store.storeTraces(nextTraces(BATCH));
    }
  }

  /** Replaces a bounded store by an empty one if {@code traces} more would make it evict. */
  void makeRoom(int traces) {
    if (next - first + traces > capacity(scratch.uri())) {
      check("storing", next - first, held());
      store.close();
      store = scratch.open();
      first = next;
    }
  }

  /** Opens it again after it was closed; what was in memory is filled in again. */
  void refill() {
    store = scratch.open();
    fill();
  }

  private void fill() {
    // Storing again changes nothing, so what an interrupted process began is simply completed.
    for (long from = Math.max(0, held() - BATCH); from < preloaded; from += BATCH) {
      store.storeTraces(workload.traces(from, (int) Math.min(BATCH, preloaded - from)));
    }
    check("filling", preloaded, Math.min(preloaded, held()));
  }

  /** How many traces are there, those included that the store has dropped by design. */
  private long held() {
    return store.count(TraceQuery.ALL)
        + store.metrics().counters().getOrDefault("evictedTraces", 0L);
  }

  private static void check(String what, long stored, long held) {
    if (stored != held) {
      throw new IllegalStateException(
          "after %s %,d traces, the store holds %,d".formatted(what, stored, held));
    }
  }

  /** Checks that everything written is there, and closes the store. */
  @Override
  public void close() {
    check("storing", next - first, held());
    boolean evicts = store.capabilities().contains(Capability.EVICTING);
    for (long number = next - 1; number >= Math.max(first, next - CHECKED); number--) {
      FlowTrace stored = store.getTrace(workload.id(number)).orElse(null);
      if (stored == null ? !evicts : stored.events().isEmpty()) {
        throw new IllegalStateException("trace %d is not in the store".formatted(number));
      }
    }
    store.close();
    if (!kept) {
      scratch.remove();
    }
  }

  TraceStore store() {
    return store;
  }

  Scratch scratch() {
    return scratch;
  }

  Workload workload() {
    return workload;
  }

  /** How many traces were there at first. */
  long preloaded() {
    return preloaded;
  }

  /** A trace that was not stored yet. */
  FlowTrace nextTrace() {
    return workload.trace(next++);
  }

  /** Traces that were not stored yet. */
  List<FlowTrace> nextTraces(int count) {
    next += count;
    return workload.traces(next - count, count);
  }

  /** The id of a trace that was there at first. */
  TraceId any() {
    return workload.id(ThreadLocalRandom.current().nextLong(preloaded));
  }
}
