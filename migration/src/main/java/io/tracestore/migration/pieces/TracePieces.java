package io.tracestore.migration.pieces;

import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.SpanEvents;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Traces whose spans arrive in pieces, from several services and in any order.
 *
 * <p>The events of a piece are stored before {@link #add} returns. The header is stored when the
 * root span has ended and a moment has passed, or when no span came for the quiet time; pieces that
 * come later add their events, and the header's end and status follow. Traces of which the store
 * has only events at the start, such as after a kill, are completed in the same way; if their
 * events are of no spans, their flow is unknown. Safe for many threads.
 */
public final class TracePieces implements RunningTraces, AutoCloseable {
  /** How long spans of other services may come after the root has ended. */
  private static final Duration SETTLE = Duration.ofSeconds(1);

  /** More traces, or more spans of them, are completed early, the oldest first. */
  private static final int MAX_TRACES = 50_000;

  private static final long MAX_SPANS = 1_000_000;

  /**
   * The number of traces found at the start that wait at a time, so that there is room for others.
   */
  private static final int MAX_FOUND = MAX_TRACES / 2;

  private final TraceStore store;
  private final Duration quietTime;
  private final LongAdder spans = new LongAdder();
  private final LongAdder completed = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Map<TraceId, Piece> pieces = new ConcurrentHashMap<>();
  private final AtomicLong knownSpans = new AtomicLong();
  private final Thread sweeper;
  private final Thread finder;

  /** The state of a trace that is not complete; all but the id is guarded by the lock. */
  private static final class Piece {
    final TraceId traceId;
    final ReentrantLock lock = new ReentrantLock();
    @Nullable Set<EventId> starts;

    /** How many events the store was found to have; -1 if they come here. */
    int foundEvents = -1;

    boolean isGone;
    volatile long lastNanos = System.nanoTime();
    volatile boolean rootEnded;

    Piece(TraceId traceId) {
      this.traceId = traceId;
    }
  }

  /** Pieces of traces that are stored in {@code store}. */
  public TracePieces(TraceStore store, Duration quietTime) {
    this.store = store;
    this.quietTime = quietTime;
    this.sweeper = Thread.ofVirtual().name("tracestore-pieces").start(this::sweep);
    this.finder = Thread.ofVirtual().name("tracestore-early-traces").start(this::findEarly);
  }

  /** The numbers up to now. */
  public PiecesMetrics metrics() {
    return new PiecesMetrics(spans.sum(), completed.sum(), failures.sum(), pieces.size());
  }

  /**
   * Stores spans of any traces.
   *
   * @return what is wrong with spans that were not stored, and how many there are of each
   * @throws TraceStoreException if the store fails; everything may be given again
   */
  public Map<String, Integer> add(Origin origin, List<Span> all) {
    Map<TraceId, List<Span>> byTrace = new LinkedHashMap<>();
    for (Span span : all) {
      byTrace.computeIfAbsent(SpanEvents.traceId(span), id -> new ArrayList<>()).add(span);
    }
    Map<String, Integer> refused = new LinkedHashMap<>();
    byTrace.forEach((traceId, ofTrace) -> {
      try {
        add(origin, traceId, ofTrace);
        spans.add(ofTrace.size());
      } catch (IllegalArgumentException | StoreConflictException e) {
        refused.merge(
            "trace %s: %s".formatted(traceId, e.getMessage()), ofTrace.size(), Integer::sum);
      }
    });
    return refused;
  }

  private void add(Origin origin, TraceId traceId, List<Span> ofTrace) {
    if (SpanEvents.areReflow(ofTrace)) {
      inPiece(traceId, piece -> storeReflow(piece, ofTrace));
    } else {
      List<TraceEvent> events = SpanEvents.of(origin, ofTrace);
      Set<EventId> starts = SpanEvents.starts(events);
      inPiece(
          traceId,
          piece -> {
            store(piece, origin, ofTrace, events, starts);
            piece.rootEnded |= ofTrace.stream().anyMatch(SpanEvents::isEndedRoot);
          });
    }
    completeOldest();
  }

  private void inPiece(TraceId traceId, Consumer<Piece> addition) {
    while (true) {
      Piece piece = pieces.computeIfAbsent(traceId, Piece::new);
      piece.lock.lock();
      try {
        if (!piece.isGone) {
          addition.accept(piece);
          piece.foundEvents = -1;
          piece.lastNanos = System.nanoTime();
          return;
        }
      } finally {
        piece.lock.unlock();
      }
    }
  }

  /** A span that was reported before is put together with what is stored of it. */
  private void store(
      Piece piece,
      Origin origin,
      List<Span> ofTrace,
      List<TraceEvent> events,
      Set<EventId> starts) {
    Set<EventId> known = piece.starts;
    List<TraceEvent> stored = List.of();
    if (known == null || starts.stream().anyMatch(known::contains)) {
      stored = store.getEvents(piece.traceId);
    }
    if (known == null) {
      known = know(piece, SpanEvents.starts(stored));
    }
    List<TraceEvent> whole = events;
    if (starts.stream().anyMatch(known::contains)) {
      List<Span> together = new ArrayList<>(SpanEvents.spans(stored, origin, ofTrace.getFirst()));
      together.addAll(ofTrace);
      whole = SpanEvents.of(origin, together);
    }
    store.storeEvents(piece.traceId, whole);
    know(piece, SpanEvents.starts(whole));
  }

  /** Adds to the spans that the piece is known to have. */
  private Set<EventId> know(Piece piece, Set<EventId> starts) {
    Set<EventId> known = piece.starts == null ? new HashSet<>() : piece.starts;
    int before = known.size();
    known.addAll(starts);
    knownSpans.addAndGet(known.size() - before);
    piece.starts = known;
    return known;
  }

  /**
   * Stores spans that Reflow's own server sent: their events, and the header with the span of the
   * flow, whichever comes first. Events that are there with their whole ids are not stored again.
   */
  private void storeReflow(Piece piece, List<Span> ofTrace) {
    Optional<FlowTrace> begun = SpanEvents.reflowHeader(ofTrace);
    List<TraceEvent> stored =
        piece.starts == null || begun.isPresent() ? store.getEvents(piece.traceId) : List.of();
    Set<EventId> known = know(piece, reflowIds(stored));
    FlowTrace header = begun.or(() -> store.getHeader(piece.traceId)).orElse(null);
    EventId flow = SpanEvents.reflowFlow(ofTrace, header);
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEvent event : SpanEvents.reflowEvents(ofTrace, flow)) {
      if (!known.contains(SpanEvents.reflowId(event))) {
        events.add(event);
      }
    }
    Set<EventId> added = reflowIds(events);
    if (begun.isPresent() && flow != null) {
      for (TraceEvent event : stored) {
        TraceEvent without = SpanEvents.withoutReflowFlow(event, flow);
        if (!without.equals(event)) {
          events.add(without);
        }
      }
      store.storeTrace(begun.get().withEvents(events));
      piece.rootEnded |= begun.get().status().kind().isTerminal();
    } else if (!events.isEmpty()) {
      store.storeEvents(piece.traceId, events);
    }
    know(piece, added);
  }

  private static Set<EventId> reflowIds(List<TraceEvent> events) {
    return events.stream().map(SpanEvents::reflowId).collect(Collectors.toSet());
  }

  // ---- what was left by a server that was killed ----

  private void findEarly() {
    try {
      while (!foundAll()) {
        Thread.sleep(SETTLE);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** False if the store failed and has to be asked again. */
  private boolean foundAll() throws InterruptedException {
    try (TraceIdCursor ids = store.openEarlyTraces()) {
      while (ids.hasNext()) {
        while (pieces.size() >= MAX_FOUND) {
          Thread.sleep(SETTLE);
        }
        found(ids.next());
      }
      return true;
    } catch (StoreClosedException e) {
      return true;
    } catch (TraceStoreException e) {
      failures.increment();
      return false;
    }
  }

  private void found(TraceId traceId) {
    Piece piece = pieces.computeIfAbsent(traceId, Piece::new);
    piece.lock.lock();
    try {
      if (!piece.isGone) {
        boolean unused = look(piece);
      }
    } catch (TraceStoreException e) {
      failures.increment(); // looked at again when it is due
    } finally {
      piece.lock.unlock();
    }
  }

  /** Whether the store has more events than when it was looked at last. */
  private boolean look(Piece piece) {
    List<TraceEvent> events = store.getEvents(piece.traceId);
    boolean hasGrown = events.size() != piece.foundEvents;
    piece.foundEvents = events.size();
    piece.rootEnded |= SpanEvents.holdEndedRoot(events);
    return hasGrown;
  }

  /** Whether a trace that was found is written to by others, so that it is not quiet. */
  private boolean isWrittenElsewhere(Piece piece) {
    if (piece.foundEvents < 0 || piece.rootEnded || !look(piece)) {
      return false;
    }
    piece.lastNanos = System.nanoTime();
    return true;
  }

  // ---- completing ----

  private void sweep() {
    try {
      while (true) {
        Thread.sleep(SETTLE.dividedBy(4));
        long now = System.nanoTime();
        pieces.values().forEach(piece -> completeIfDue(piece, now));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void completeIfDue(Piece piece, long now) {
    Duration wait = piece.rootEnded && quietTime.compareTo(SETTLE) > 0 ? SETTLE : quietTime;
    if (now - piece.lastNanos >= wait.toNanos()) {
      tryToComplete(piece, true);
    }
  }

  private void completeOldest() {
    if (pieces.size() > MAX_TRACES || knownSpans.get() > MAX_SPANS) {
      pieces.values().stream()
          .min(Comparator.comparingLong(piece -> piece.lastNanos))
          .ifPresent(piece -> tryToComplete(piece, false));
    }
  }

  /**
   * Completes the traces whose root span has ended, without waiting for more of their spans.
   *
   * @return false if the store failed for one of them, which is tried again later
   */
  public boolean completeEnded() {
    boolean isDone = true;
    for (Piece piece : pieces.values()) {
      isDone &= !piece.rootEnded || tryToComplete(piece, false);
    }
    return isDone;
  }

  private boolean tryToComplete(Piece piece, boolean isDue) {
    piece.lock.lock();
    try {
      if (!piece.isGone && !(isDue && isWrittenElsewhere(piece))) {
        complete(piece.traceId, isDue);
        completed.increment();
        piece.isGone = true;
        pieces.remove(piece.traceId, piece);
        knownSpans.addAndGet(piece.starts == null ? 0 : -piece.starts.size());
      }
      return true;
    } catch (TraceStoreException | IllegalArgumentException e) {
      failures.increment();
      piece.lastNanos = System.nanoTime(); // tried again later
      return false;
    } finally {
      piece.lock.unlock();
    }
  }

  /** Events of no spans get a header only when it is due: their begin may still come. */
  private void complete(TraceId traceId, boolean isDue) {
    Optional<FlowTrace> stored = store.getTrace(traceId);
    if (stored.isEmpty()) {
      List<TraceEvent> events = store.getEvents(traceId);
      Optional<FlowTrace> made =
          ofSpans(traceId, events).or(() -> isDue ? ofUnknown(traceId, events) : Optional.empty());
      try {
        made.ifPresent(trace -> storeChanges(trace, events));
        return;
      } catch (StoreConflictException e) {
        stored = store.getTrace(traceId); // another server was first
      }
    }
    FlowTrace before = stored.orElse(null);
    if (before != null) {
      FlowTrace completed = SpanEvents.completed(before);
      if (!completed.equals(before)) {
        storeChanges(completed, before.events());
      }
    }
  }

  /**
   * Stores a trace without the events that are stored just so: another server may have stored
   * fuller ones since they were read.
   */
  private void storeChanges(FlowTrace trace, List<TraceEvent> stored) {
    Set<TraceEvent> same = new HashSet<>(stored);
    store.storeTrace(
        trace.withEvents(trace.events().stream().filter(event -> !same.contains(event)).toList()));
  }

  private static Optional<FlowTrace> ofSpans(TraceId traceId, List<TraceEvent> events) {
    try {
      return SpanEvents.trace(events).filter(trace -> trace.traceId().equals(traceId));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // attributes that only look like those of spans
    }
  }

  private static Optional<FlowTrace> ofUnknown(TraceId traceId, List<TraceEvent> events) {
    return events.stream()
        .findFirst()
        .map(first -> UnknownFlow.trace(traceId, first.timestamp()).withEvents(events));
  }

  // ---- reading ----

  @Override
  public Set<TraceId> ids() {
    return Set.copyOf(pieces.keySet());
  }

  @Override
  public Optional<FlowTrace> running(TraceId traceId) {
    return pieces.containsKey(traceId) ? made(traceId) : Optional.empty();
  }

  private Optional<FlowTrace> made(TraceId traceId) {
    List<TraceEvent> events = store.getEvents(traceId);
    return ofSpans(traceId, events)
        .map(trace -> trace.toBuilder().status(ExecutionStatus.running()).endTime(null).build())
        .or(() ->
            store.getHeader(traceId).isPresent() ? Optional.empty() : ofUnknown(traceId, events));
  }

  @Override
  public List<FlowTrace> running(TraceQuery query) {
    List<FlowTrace> found = new ArrayList<>();
    for (TraceId traceId : ids()) {
      made(traceId).filter(query::matches).ifPresent(found::add);
    }
    return found;
  }

  /** Completes what can be completed now. */
  @Override
  public void close() {
    finder.interrupt();
    sweeper.interrupt();
    pieces.values().forEach(piece -> tryToComplete(piece, false));
  }
}
