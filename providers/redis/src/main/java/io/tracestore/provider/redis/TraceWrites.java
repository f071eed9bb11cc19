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
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What stores and removes. Every change of one trace is one script. */
final class TraceWrites {
  /** Redis 6.2 takes 1048576 words in one command, and an event takes two. */
  private static final int MAX_EVENTS = 500_000;

  /** How many traces of a batch are on their way at once. */
  private static final int WINDOW = 64;

  private static final int PURGE_STEP = 100;
  private static final int EARLY_EVENTS_STEP = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final byte[] NOTHING = {};

  private final RedisLink link;
  private final Keys keys;
  private final long ttlMillis;

  TraceWrites(RedisLink link, Keys keys, long ttlMillis) {
    this.link = link;
    this.keys = keys;
    this.ttlMillis = ttlMillis;
  }

  void storeTrace(FlowTrace trace) {
    finish(trace, send(trace));
  }

  void storeEvents(TraceId id, Collection<TraceEvent> events) {
    Map<Object, TraceEvent> latest = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> latest.put(event.eventId(), event));
    link.await(run(id, new StoreCall(latest.values()).ofEvents(id)));
  }

  /** Stores several at a time, but never two of one trace: these have to come in order. */
  List<BatchStoreException.Failure> storeTraces(List<FlowTrace> traces) {
    List<BatchStoreException.Failure> failures = new ArrayList<>();
    Queue<CompletableFuture<Long>> onTheirWay = new ArrayDeque<>();
    Set<TraceId> ids = HashSet.newHashSet(WINDOW);
    int finished = 0;
    for (FlowTrace trace : traces) {
      while (onTheirWay.size() == WINDOW || ids.contains(trace.traceId())) {
        ids.remove(traces.get(finished).traceId());
        finish(traces, finished++, onTheirWay.remove(), failures);
      }
      ids.add(trace.traceId());
      onTheirWay.add(sendOrFail(trace));
    }
    while (!onTheirWay.isEmpty()) {
      finish(traces, finished++, onTheirWay.remove(), failures);
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
      List<BatchStoreException.Failure> failures) {
    FlowTrace trace = traces.get(index);
    try {
      finish(trace, answer);
    } catch (TraceStoreException e) {
      failures.add(new BatchStoreException.Failure(index, trace.traceId(), e));
    }
  }

  private CompletableFuture<Long> send(FlowTrace trace) {
    return run(trace.traceId(), new StoreCall(trace.events()).ofTrace(trace));
  }

  private CompletableFuture<Long> run(TraceId id, byte[][] arguments) {
    return link.run(Script.STORE, ScriptOutputType.INTEGER, keys.ofTrace(id), arguments);
  }

  private void finish(FlowTrace trace, CompletableFuture<Long> answer) {
    if (link.await(answer) == 0) {
      throw Headers.conflict(trace);
    }
  }

  boolean delete(TraceId id) {
    CompletableFuture<Long> removed =
        link.run(
            Script.DELETE,
            ScriptOutputType.INTEGER,
            keys.ofTrace(id),
            keys.base(id),
            Uuids.toBytes(id.value()));
    return link.await(removed) == 1;
  }

  long purgeBefore(Instant cutoff) {
    long removed = 0;
    for (int partition = 0; partition < keys.partitions(); partition++) {
      removed += purgeTraces(partition, cutoff);
      purgeEarlyEvents(partition, cutoff);
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
              ascii(PURGE_STEP));
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
    // Of those before that millisecond, what is newer moves behind them; of those in it, it stays.
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
          trace.traceId(),
          Keys.member(trace),
          identity(trace),
          trace.status().kind().isTerminal(),
          TraceBinary.encodeHeader(trace),
          headerTerms.size());
      headerTerms.forEach(term -> arguments.add(Keys.utf8(term)));
      return withEvents();
    }

    byte[][] ofEvents(TraceId id) {
      begin(id, NOTHING, NOTHING, false, NOTHING, 0);
      return withEvents();
    }

    private void begin(
        TraceId id,
        byte[] member,
        byte[] identity,
        boolean finished,
        byte[] header,
        int headerTerms) {
      arguments.add(keys.base(id));
      arguments.add(ascii(ttlMillis));
      arguments.add(Uuids.toBytes(id.value()));
      arguments.add(member);
      arguments.add(identity);
      arguments.add(ascii(finished ? 1 : 0));
      arguments.add(header);
      arguments.add(ascii(headerTerms));
    }

    private byte[][] withEvents() {
      Map<String, Integer> eventTerms = Terms.ofEvents(events);
      arguments.add(8, ascii(eventTerms.size()));
      arguments.add(9, ascii(events.size()));
      arguments.add(10, ascii(earliestMillis()));
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

    /** What never changes of a trace, besides its member. */
    private static byte[] identity(FlowTrace trace) {
      return concatenated(
          Uuids.toBytes(trace.executionId().value()), Keys.utf8(Terms.flow(trace.flowId())));
    }
  }
}
