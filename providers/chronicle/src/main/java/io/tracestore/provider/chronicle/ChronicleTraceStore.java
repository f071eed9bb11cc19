package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.Entrance;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Traces in a Chronicle Map. */
final class ChronicleTraceStore extends BaseTraceStore {
  private static final long MUCH_LOG = 1 << 18;

  private final Engine engine;

  /** Null off-heap. */
  private final @Nullable Path path;

  private final TraceWrites writes;
  private final TraceReads reads;
  private final Entrance entrance = new Entrance(this::closed);

  private ChronicleTraceStore(String name, Engine engine, @Nullable Path path) {
    super(name);
    this.engine = engine;
    this.path = path;
    this.writes = new TraceWrites(engine);
    this.reads = new TraceReads(engine);
  }

  static ChronicleTraceStore open(ChronicleConfig config) {
    String name = config.toUri().toString();
    Path path = config.path();
    Engine engine =
        path == null
            ? Engines.inMemory(name, config.sizing())
            : Engines.acquire(name, path, config.sizing());
    return new ChronicleTraceStore(name, engine, path);
  }

  @Override
  public Set<Capability> capabilities() {
    return path != null
        ? Set.of(Capability.PERSISTENT, Capability.DURABLE, Capability.ATOMIC, Capability.SHARED)
        : Set.of(Capability.ATOMIC);
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    pass(() -> writes.store(trace));
  }

  @Override
  protected List<BatchStoreException.Failure> doStoreTraces(List<FlowTrace> traces) {
    return entrance.pass(() -> writes.storeAll(traces));
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    pass(() -> writes.storeEvents(traceId, events));
  }

  private void pass(Runnable write) {
    entrance.pass(() -> {
      write.run();
      return true;
    });
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return entrance.pass(() -> reads.trace(traceId));
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return entrance.pass(() -> reads.events(traceId));
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return entrance.pass(() -> reads.query(query, limit));
  }

  @Override
  protected long doCount(TraceQuery query) {
    return entrance.pass(() -> reads.count(query));
  }

  @Override
  protected void doForEachEarlyTrace(Consumer<TraceId> visitor) {
    Member from = Member.FIRST;
    while (true) {
      Member first = from;
      List<Member> step = entrance.pass(() -> reads.earlyTraces(first));
      if (step.isEmpty()) {
        return;
      }
      step.forEach(member -> visitor.accept(member.traceId()));
      from = step.getLast().next();
    }
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return entrance.pass(() -> writes.delete(traceId));
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return entrance.pass(() -> writes.purgeBefore(cutoff));
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    if (path != null && Files.notExists(path)) {
      throw new StoreUnavailableException(
          name() + ": the file was removed while the store is open; open it anew", null);
    }
    pass(writes::probe);
    State state = state();
    Sizing sizing = engine.sizing();
    double used =
        Math.max(
            (double) state.traces() / sizing.maxTraces(),
            Math.max(
                (double) state.chunks() / sizing.chunkLimit(),
                (double) state.entries() / sizing.entryLimit()));
    if (used > 0.9) {
      warnings.add("%.0f %% full: open it with a larger maxTraces, or purge".formatted(100 * used));
    }
    if (state.waiting() > MUCH_LOG) {
      warnings.add(
          "%d changes wait to be taken over into the indexes, which has no room: purge, or open it with a larger maxTraces"
              .formatted(state.waiting()));
    }
    return "Chronicle Map, %d of %d traces, %.0f %% full"
        .formatted(state.traces(), sizing.maxTraces(), 100 * used);
  }

  private State state() {
    return entrance.pass(() -> engine.read(State::of));
  }

  @Override
  protected long storageBytes() {
    return state().chunks() * Sizing.CHUNK;
  }

  /**
   * {@code traces}: how many there are, those without header too; {@code maxTraces}: how many there
   * may be; {@code repairs}: how often this process cleaned away what an ended one had left.
   */
  @Override
  protected Map<String, Long> counters() {
    return Map.of(
        "traces",
        state().traces(),
        "maxTraces",
        engine.sizing().maxTraces(),
        "repairs",
        engine.repaired());
  }

  @Override
  protected void doClose() {
    entrance.close();
    Engines.release(engine);
  }
}
