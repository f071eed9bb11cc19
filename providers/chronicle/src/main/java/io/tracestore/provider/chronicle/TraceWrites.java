package io.tracestore.provider.chronicle;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.StoredTrace.Block;
import io.tracestore.provider.support.Headers;
import io.tracestore.provider.support.Terms;
import io.tracestore.spi.BatchStoreException.Failure;
import io.tracestore.spi.TraceStoreException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What writes. Traces are encoded in the caller's thread, outside of the gate. */
final class TraceWrites {
  private static final int CHUNK_TRACES = 64;
  private static final long CHUNK_BYTES = 2L << 20;
  private static final int PURGE_STEP = 64;
  private static final StoredTrace NOTHING = new StoredTrace(null, Map.of(), List.of(), 0);

  /**
   * A trace to be stored, encoded.
   *
   * @param alone what is stored if there is nothing of the trace yet
   * @param terms what the trace is found by then
   */
  private record Encoded(
      FlowTrace trace, Member member, StoredTrace alone, List<String> terms, long weight) {
    static Encoded of(FlowTrace trace) {
      byte[] header = TraceBinary.encodeHeader(trace);
      List<Block> blocks = EventMerge.blocks(trace.events());
      StoredTrace alone = new StoredTrace(header, Terms.ofEvents(trace.events()), blocks, 0);
      List<String> terms = new ArrayList<>(Terms.ofHeader(trace));
      terms.addAll(alone.eventTerms().keySet());
      return new Encoded(trace, Member.of(trace), alone, terms, header.length + bytes(blocks));
    }
  }

  private final Engine engine;

  TraceWrites(Engine engine) {
    this.engine = engine;
  }

  private static long bytes(List<Block> blocks) {
    return blocks.stream().mapToLong(Block::bytesInEntry).sum();
  }

  void store(FlowTrace trace) {
    Encoded encoded = Encoded.of(trace);
    engine.write(encoded.weight(), transaction -> store(encoded, transaction));
  }

  /** Stores all that can be, some at a time. */
  List<Failure> storeAll(List<FlowTrace> traces) {
    List<Failure> failures = new ArrayList<>();
    int from = 0;
    while (from < traces.size()) {
      List<Encoded> chunk = new ArrayList<>();
      long weight = 0;
      while (from + chunk.size() < traces.size()
          && chunk.size() < CHUNK_TRACES
          && weight < CHUNK_BYTES) {
        Encoded encoded = Encoded.of(traces.get(from + chunk.size()));
        chunk.add(encoded);
        weight += encoded.weight();
      }
      failures.addAll(storeChunk(chunk, from, weight));
      from += chunk.size();
    }
    return failures;
  }

  private List<Failure> storeChunk(List<Encoded> chunk, int first, long weight) {
    try {
      return engine.write(
          weight,
          transaction -> {
            List<Failure> failures = new ArrayList<>();
            for (int i = 0; i < chunk.size(); i++) {
              storeOrFail(chunk.get(i), first + i, transaction, failures);
            }
            return failures;
          });
    } catch (TraceStoreException e) {
      return oneByOne(chunk, first);
    }
  }

  private static void storeOrFail(
      Encoded encoded, int index, Transaction transaction, List<Failure> failures) {
    try {
      store(encoded, transaction);
    } catch (TraceStoreException e) {
      failures.add(new Failure(index, encoded.trace().traceId(), e));
    }
  }

  /** After a transaction that failed as a whole: whose fault was it? */
  private List<Failure> oneByOne(List<Encoded> chunk, int first) {
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; i < chunk.size(); i++) {
      Encoded encoded = chunk.get(i);
      try {
        engine.write(encoded.weight(), transaction -> store(encoded, transaction));
      } catch (TraceStoreException e) {
        failures.add(new Failure(first + i, encoded.trace().traceId(), e));
      }
    }
    return failures;
  }

  private static boolean store(Encoded encoded, Transaction transaction) {
    Key key = Key.trace(encoded.member());
    byte[] bytes = transaction.get(key);
    if (bytes == null) {
      transaction.traceCame();
      StoredTrace settled = EventMerge.settled(encoded.member(), encoded.alone(), transaction);
      transaction.put(key, settled.toBytes());
      transaction.log(IndexChange.ofNew(encoded.member(), encoded.terms()));
    } else {
      update(key, StoredTrace.read(bytes), encoded, transaction);
    }
    return true;
  }

  private static void update(
      Key key, StoredTrace stored, Encoded encoded, Transaction transaction) {
    FlowTrace trace = encoded.trace();
    FlowTrace header = stored.decodedHeader();
    if (header != null && !header.hasIdentityOf(trace)) {
      throw Headers.conflict(trace);
    }
    boolean adopt = header == null || Headers.replaces(header.status().kind().isTerminal(), trace);
    StoredTrace merged =
        EventMerge.merged(
            encoded.member(), stored, trace.events(), encoded.alone().blocks(), transaction);
    StoredTrace now =
        new StoredTrace(
            adopt ? encoded.alone().header() : stored.header(),
            merged.eventTerms(),
            merged.blocks(),
            merged.nextBlock());
    transaction.put(key, now.toBytes());
    transaction.bound();
    log(
        trace.traceId(),
        trace,
        stored.terms(header),
        now.terms(adopt ? trace : header),
        transaction);
  }

  private static void log(
      TraceId id,
      @Nullable FlowTrace header,
      Set<String> before,
      Set<String> after,
      Transaction transaction) {
    Instant start = header == null ? null : header.startTime();
    IndexChange change = IndexChange.between(id, start, before, after);
    if (change != null) {
      transaction.log(change);
    }
  }

  void storeEvents(TraceId id, List<TraceEvent> events) {
    List<TraceEvent> distinct = lastOfEachId(events);
    List<Block> blocks = EventMerge.blocks(distinct);
    engine.write(bytes(blocks), transaction -> add(id, distinct, blocks, transaction));
  }

  private static List<TraceEvent> lastOfEachId(List<TraceEvent> events) {
    if (events.size() == 1) {
      return events;
    }
    Map<EventId, TraceEvent> last = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> last.put(event.eventId(), event));
    return last.values().stream().sorted(TraceEvent.ORDER).toList();
  }

  private static boolean add(
      TraceId id, List<TraceEvent> events, List<Block> blocks, Transaction transaction) {
    Member member = Member.timeless(id);
    byte[] bytes = transaction.get(Key.trace(member));
    StoredTrace stored = bytes == null ? NOTHING : StoredTrace.read(bytes);
    StoredTrace now = EventMerge.merged(member, stored, events, blocks, transaction);
    transaction.put(Key.trace(member), now.toBytes());
    transaction.bound();
    if (bytes == null) {
      transaction.traceCame();
      transaction.log(now.asNew(member));
    } else if (!now.eventTerms().keySet().equals(stored.eventTerms().keySet())) {
      FlowTrace header = stored.decodedHeader();
      log(id, header, stored.terms(header), now.terms(header), transaction);
    }
    return true;
  }

  boolean delete(TraceId id) {
    return engine.write(0, transaction -> delete(id, null, transaction));
  }

  /**
   * Removes a trace.
   *
   * @param cutoff only if it has a header and started before; null for whatever there is
   */
  private static boolean delete(TraceId id, @Nullable Instant cutoff, Transaction transaction) {
    Member member = Member.timeless(id);
    byte[] bytes = transaction.get(Key.trace(member));
    if (bytes == null) {
      return false;
    }
    StoredTrace stored = StoredTrace.read(bytes);
    FlowTrace header = stored.decodedHeader();
    if (cutoff != null && (header == null || !header.startTime().isBefore(cutoff))) {
      return false;
    }
    remove(id, stored, header, transaction);
    return true;
  }

  private static void remove(
      TraceId id, StoredTrace stored, @Nullable FlowTrace header, Transaction transaction) {
    Member member = Member.timeless(id);
    for (Block block : stored.blocks()) {
      if (!block.isInEntry()) {
        transaction.remove(Key.block(member, block.number()));
      }
    }
    transaction.remove(Key.trace(member));
    transaction.traceWent();
    log(id, header, stored.terms(header), Set.of(), transaction);
  }

  long purgeBefore(Instant cutoff) {
    Member from = Member.FIRST;
    if (!cutoff.isAfter(EpochNanos.MAX)) {
      from = Member.lastAt(cutoff).next();
    }
    long removed = purgeTraces(from, cutoff);
    purgeEarlyEvents(cutoff);
    return removed;
  }

  private long purgeTraces(Member first, Instant cutoff) {
    long removed = 0;
    Member from = first;
    while (true) {
      List<Member> step = step(Terms.ALL, from);
      if (step.isEmpty()) {
        return removed;
      }
      removed +=
          engine.write(
              0,
              transaction ->
                  step.stream()
                      .filter(member -> delete(member.traceId(), cutoff, transaction))
                      .count());
      from = step.getLast().next();
    }
  }

  private List<Member> step(String term, Member from) {
    return engine.read(
        source -> new TermWalk(term, source, engine.log()).from(from, Member.LAST, PURGE_STEP));
  }

  private void purgeEarlyEvents(Instant cutoff) {
    Member from = Member.FIRST;
    while (true) {
      List<Member> step = step(Terms.EARLY, from);
      if (step.isEmpty()) {
        return;
      }
      engine.write(
          0,
          transaction -> {
            step.forEach(member -> purgeEarlyEvents(member.traceId(), cutoff, transaction));
            return true;
          });
      from = step.getLast().next();
    }
  }

  private static void purgeEarlyEvents(TraceId id, Instant cutoff, Transaction transaction) {
    Member member = Member.timeless(id);
    byte[] bytes = transaction.get(Key.trace(member));
    StoredTrace stored = bytes == null ? null : StoredTrace.read(bytes);
    if (stored == null || stored.header() != null) {
      return; // gone, or no longer without header
    }
    List<TraceEvent> events = new ArrayList<>();
    stored.blocks().forEach(block -> events.addAll(Block.decode(block.load(member, transaction))));
    int all = events.size();
    events.removeIf(event -> event.timestamp().isBefore(cutoff));
    if (events.size() == all) {
      return;
    }
    remove(id, stored, null, transaction);
    if (!events.isEmpty()) {
      add(id, events, EventMerge.blocks(events), transaction);
    }
  }

  /** Proves that something can be written and read. */
  void probe() {
    byte[] value = Long.toString(System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
    engine.write(
        value.length,
        transaction -> {
          transaction.put(Key.probe(), value);
          return true;
        });
    // Another store's check may have written meanwhile: that something is there is enough.
    if (engine.read(source -> source.get(Key.probe())) == null) {
      throw new TraceStoreException("what was written is not there", null);
    }
  }
}
