package io.tracestore.provider.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScriptOutputType;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.support.Headers;
import io.tracestore.provider.support.Terms;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.TraceWeight;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The writes and removals of a store. Every change of one trace is one script. */
final class TraceWrites {
  /** Redis 6.2 takes 1048576 words in one command, and an event takes two. */
  private static final int MAX_EVENTS = 500_000;

  /** How many traces of a batch are on their way at once, and of how many bytes of heap. */
  private static final int WINDOW = 64;

  private static final long WINDOW_BYTES = 32 << 20;

  private static final int PURGE_STEP = 100;
  private static final int EARLY_EVENTS_STEP = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final byte[] NOTHING = {};

  private final RedisLink link;
  private final Layout layout;
  private final Keys keys;
  private final long ttlMillis;
  private final boolean evicting;

  /** For how long a server remembers an answer: it is asked again for timeoutMs at most. */
  private final long answerMillis;

  /**
   * @param config for how long traces are kept, and answers waited for
   * @param evicting whether the server drops what it likes when its memory is full
   */
  TraceWrites(RedisLink link, Layout layout, RedisSettings config, boolean evicting) {
    this.link = link;
    this.layout = layout;
    this.keys = layout.keys();
    this.ttlMillis = config.ttlMillis();
    this.answerMillis = 2 * config.get(RedisConfig.TIMEOUT_MS);
    this.evicting = evicting;
  }

  void storeTrace(FlowTrace trace) {
    finish(trace, send(trace));
  }

  void storeEvents(TraceId id, Collection<TraceEvent> events) {
    Map<Object, TraceEvent> latest = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> latest.put(event.eventId(), event));
    checkLayout(link.await(run(id, new StoreCall(latest.values()).ofEvents(id))));
  }

  /** Stores several at a time, but never two of one trace: these have to come in order. */
  List<BatchStoreException.Failure> storeTraces(List<FlowTrace> traces) {
    List<BatchStoreException.Failure> failures = new ArrayList<>();
    Queue<CompletableFuture<Long>> onTheirWay = new ArrayDeque<>();
    Set<TraceId> ids = HashSet.newHashSet(WINDOW);
    Map<TraceId, TraceStoreException> undecided = new HashMap<>();
    int finished = 0;
    long bytes = 0;
    for (FlowTrace trace : traces) {
      bytes += TraceWeight.of(trace);
      while (onTheirWay.size() == WINDOW
          || (bytes > WINDOW_BYTES && !onTheirWay.isEmpty())
          || ids.contains(trace.traceId())) {
        ids.remove(traces.get(finished).traceId());
        bytes -= TraceWeight.of(traces.get(finished));
        finish(traces, finished++, onTheirWay.remove(), failures, undecided);
      }
      ids.add(trace.traceId());
      TraceStoreException earlier = undecided.get(trace.traceId());
      // A version that is stored before an earlier one would be undone when the earlier one is
      // tried again.
      onTheirWay.add(earlier == null ? sendOrFail(trace) : CompletableFuture.failedFuture(earlier));
    }
    while (!onTheirWay.isEmpty()) {
      finish(traces, finished++, onTheirWay.remove(), failures, undecided);
    }
    return failures;
  }

  private CompletableFuture<Long> sendOrFail(FlowTrace trace) {
    try {
      return send(trace);
    } catch (TraceStoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void finish(
      List<FlowTrace> traces,
      int index,
      CompletableFuture<Long> answer,
      List<BatchStoreException.Failure> failures,
      Map<TraceId, TraceStoreException> undecided) {
    FlowTrace trace = traces.get(index);
    try {
      finish(trace, answer);
    } catch (TraceStoreException e) {
      failures.add(new BatchStoreException.Failure(index, trace.traceId(), e));
      if (e.isRetryable()) {
        undecided.put(trace.traceId(), e);
      }
    }
  }

  private CompletableFuture<Long> send(FlowTrace trace) {
    return run(trace.traceId(), new StoreCall(trace.events()).ofTrace(trace));
  }

  private CompletableFuture<Long> run(TraceId id, byte[][] arguments) {
    return link.run(Script.STORE, ScriptOutputType.INTEGER, keys.ofTrace(id), arguments);
  }

  private void finish(FlowTrace trace, CompletableFuture<Long> answer) {
    long stored = link.await(answer);
    checkLayout(stored);
    if (stored == 0) {
      throw Headers.conflict(trace);
    }
  }

  private void checkLayout(long answer) {
    if (answer < 0) {
      throw Layout.changed(keys);
    }
  }

  boolean delete(TraceId id) {
    CompletableFuture<Long> removed =
        link.run(
            Script.DELETE,
            ScriptOutputType.INTEGER,
            keys.ofTrace(id),
            keys.base(id),
            Uuids.toBytes(id.value()),
            token(),
            ascii(answerMillis));
    return link.await(removed) == 1;
  }

  long purgeBefore(Instant cutoff) {
    long removed = 0;
    for (int partition = 0; partition < keys.partitions(); partition++) {
      // Events first: early events whose header arrives during the call are then removed as a
      // trace, not kept with old events.
      purgeEarlyEvents(partition, cutoff);
      removed += purgeTraces(partition, cutoff);
    }
    return removed;
  }

  private long purgeTraces(int partition, Instant cutoff) {
    byte[] behind = {'-'};
    if (EpochNanos.isRepresentable(cutoff)) {
      behind = concatenated(new byte[] {'('}, Keys.lastMember(cutoff));
    }
    byte[][] index = {keys.index(partition, Terms.ALL)};
    long removed = 0;
    while (true) {
      CompletableFuture<List<Long>> step =
          link.run(
              Script.PURGE,
              ScriptOutputType.MULTI,
              index,
              keys.base(partition),
              behind,
              ascii(PURGE_STEP),
              token(),
              ascii(answerMillis));
      List<Long> counts = link.await(step);
      removed += counts.get(1);
      if (counts.get(0) < PURGE_STEP) {
        return removed;
      }
    }
  }

  private void purgeEarlyEvents(int partition, Instant cutoff) {
    boolean all = !EpochNanos.isRepresentable(cutoff);
    double latest = all ? Double.POSITIVE_INFINITY : millis(cutoff);
    // In the range before that millisecond, a trace with newer events moves out of the range; in
    // the range of that millisecond, it stays.
    purgeEarlyEvents(
        partition, Range.from(Boundary.unbounded(), Boundary.excluding(latest)), cutoff);
    purgeEarlyEvents(partition, Range.create(latest, latest), cutoff);
  }

  private void purgeEarlyEvents(int partition, Range<Double> range, Instant cutoff) {
    byte[] early = keys.early(partition);
    long offset = 0;
    while (true) {
      Limit page = Limit.create(offset, PURGE_STEP);
      List<ScoredValue<byte[]>> traces =
          link.call(commands -> commands.zrangebyscoreWithScores(early, range, page));
      if (traces.isEmpty()) {
        return;
      }
      byte[][] ids = traces.stream().map(ScoredValue::getValue).toArray(byte[][]::new);
      for (byte[] id : ids) {
        purgeEarlyEvents(Keys.idOf(id), cutoff);
      }
      List<Double> places = link.call(commands -> commands.zmscore(early, ids));
      for (int i = 0; i < ids.length; i++) {
        offset += Objects.equals(places.get(i), traces.get(i).getScore()) ? 1 : 0;
      }
    }
  }

  private void purgeEarlyEvents(TraceId id, Instant cutoff) {
    byte[] key = keys.events(id);
    Map<byte[], byte[]> stored = link.call(commands -> commands.hgetall(key));
    List<byte[]> old = new ArrayList<>();
    Instant earliest = EpochNanos.MAX;
    for (Map.Entry<byte[], byte[]> entry : stored.entrySet()) {
      Instant timestamp = StoredEvent.decode(entry.getKey(), entry.getValue()).timestamp();
      if (timestamp.isBefore(cutoff)) {
        old.add(entry.getKey());
        old.add(entry.getValue());
      } else if (timestamp.isBefore(earliest)) {
        earliest = timestamp;
      }
    }
    int stay = stored.size() - old.size() / 2;
    for (int from = 0; from < Math.max(old.size(), 1); from += 2 * EARLY_EVENTS_STEP) {
      List<byte[]> arguments = new ArrayList<>();
      arguments.add(keys.base(id));
      arguments.add(Uuids.toBytes(id.value()));
      arguments.add(ascii(stay));
      arguments.add(ascii(millis(earliest)));
      arguments.addAll(old.subList(from, Math.min(from + 2 * EARLY_EVENTS_STEP, old.size())));
      link.await(
          link.<Long>run(
              Script.PURGE_EARLY,
              ScriptOutputType.INTEGER,
              keys.ofTrace(id),
              arguments.toArray(byte[][]::new)));
    }
  }

  private static long millis(Instant instant) {
    return Math.floorDiv(EpochNanos.of(instant), NANOS_PER_MILLI);
  }

  /** Names one call, so that the server knows it again when it is sent again. */
  private static byte[] token() {
    return UUID.randomUUID().toString().getBytes(US_ASCII);
  }

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  private static byte[] concatenated(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  /** The arguments of the script that stores. */
  private final class StoreCall {
    private final List<byte[]> arguments = new ArrayList<>();
    private final Collection<TraceEvent> events;
    private long weight;

    StoreCall(Collection<TraceEvent> events) {
      if (events.size() > MAX_EVENTS) {
        throw new StoreCapacityException(
            "%d events in one call; Redis takes %d: store them in parts"
                .formatted(events.size(), MAX_EVENTS),
            null);
      }
      this.events = events;
    }

    byte[][] ofTrace(FlowTrace trace) {
      Set<String> headerTerms = Terms.ofHeader(trace);
      begin(
          TraceWeight.ofHeader(trace),
          trace.traceId(),
          Keys.member(trace),
          identity(trace),
          trace.status().kind().isTerminal(),
          TraceBinary.encodeHeader(trace),
          headerTerms.size());
      headerTerms.forEach(term -> arguments.add(Keys.utf8(term)));
      return withEvents(trace.traceId());
    }

    byte[][] ofEvents(TraceId id) {
      begin(0, id, NOTHING, NOTHING, false, NOTHING, 0);
      return withEvents(id);
    }

    private void begin(
        long weight,
        TraceId id,
        byte[] member,
        byte[] identity,
        boolean finished,
        byte[] header,
        int headerTerms) {
      this.weight = weight;
      arguments.add(keys.base(id));
      arguments.add(ascii(ttlMillis));
      arguments.add(Uuids.toBytes(id.value()));
      arguments.add(member);
      arguments.add(identity);
      arguments.add(ascii(finished ? 1 : 0));
      arguments.add(header);
      arguments.add(ascii(headerTerms));
    }

    /** The layout, which writes to its partition keep alive. */
    private List<byte[]> layout(TraceId id) {
      return keys.partitionOf(id) == 0
          ? List.of(ascii(Layout.VERSION), ascii(keys.partitions()), Keys.utf8(layout.id()))
          : List.of(NOTHING, NOTHING, NOTHING);
    }

    private byte[][] withEvents(TraceId id) {
      Map<String, Integer> eventTerms = Terms.ofEvents(events);
      arguments.add(8, ascii(eventTerms.size()));
      arguments.add(9, ascii(events.size()));
      arguments.add(10, ascii(earliestMillis()));
      arguments.add(11, ascii(evicting ? 1 : 0));
      arguments.addAll(12, layout(id));
      arguments.add(15, ascii(weight));
      eventTerms.forEach((term, count) -> {
        arguments.add(Keys.utf8(term));
        arguments.add(ascii(count));
      });
      for (TraceEvent event : events) {
        arguments.add(StoredEvent.field(event));
        arguments.add(StoredEvent.value(event));
      }
      return arguments.toArray(byte[][]::new);
    }

    private long earliestMillis() {
      return events.stream().mapToLong(event -> millis(event.timestamp())).min().orElse(0);
    }

    /** The part of a trace that never changes, in addition to its member. */
    private static byte[] identity(FlowTrace trace) {
      return concatenated(
          Uuids.toBytes(trace.executionId().value()), Keys.utf8(Terms.flow(trace.flowId())));
    }
  }
}
