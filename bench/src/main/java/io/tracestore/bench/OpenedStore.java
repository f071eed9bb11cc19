package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A store with traces in it, in a scratch place of its own, shared by the threads of a trial.
 *
 * <p>A place that is only read, and a large one, is filled once and kept for the trials that follow
 * where a runner has said where places are, and removes them in the end.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // open() sets them, which a subclass's setup calls
public abstract class OpenedStore {
  private static final int BATCH = 1_000;

  /** From here on, what a trial writes makes a store hardly larger. */
  private static final int LARGE = 1_000_000;

  private static final int CHECKED = 100;

  /** The store: a label of {@link Targets}, or a URI. */
  @Param({"mem:", "sqlite:"})
  public String uri;

  /** About how many events it holds before anything is measured. */
  @Param("10000")
  public int events;

  Workload workload;
  Scratch scratch;
  TraceStore store;

  /** How many traces were there at first. */
  long preloaded;

  /** The number of the next trace. */
  final AtomicLong next = new AtomicLong();

  private boolean kept;

  /** Opens and fills it. */
  void open(boolean written) {
    boolean runner = !System.getProperty(Scratch.FOLDER_PROPERTY, "").isEmpty();
    kept = runner && (!written || events >= LARGE);
    String given = Targets.uri(uri);
    String name =
        kept
            ? Scratch.keptName(given, events)
            : Long.toHexString(ThreadLocalRandom.current().nextLong());
    workload = Workload.load();
    preloaded = workload.tracesOf(events);
    scratch = Scratch.of(given, name);
    store = scratch.open();
    fill();
    if (store.capabilities().contains(Capability.PERSISTENT)) {
      // The first read is a cold one.
      store.close();
      store = scratch.open();
    }
    next.set(held());
  }

  /** Opens it again after it was closed. */
  void refill() {
    store = scratch.open();
    fill();
  }

  private void fill() {
    // Storing again changes nothing, so what an interrupted trial began is simply completed.
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
  void close() {
    check("storing", next.get(), held());
    boolean evicts = store.capabilities().contains(Capability.EVICTING);
    for (long number = next.get() - 1; number >= Math.max(0, next.get() - CHECKED); number--) {
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

  /** The id of one that was there at first. */
  TraceId any() {
    return workload.id(ThreadLocalRandom.current().nextLong(preloaded));
  }
}
