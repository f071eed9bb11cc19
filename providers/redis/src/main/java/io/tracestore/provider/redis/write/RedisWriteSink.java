package io.tracestore.provider.redis.write;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.ScriptOutputType;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.provider.redis.connect.Layout;
import io.tracestore.provider.redis.connect.RedisLink;
import io.tracestore.provider.redis.connect.RedisSettings;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.provider.redis.schema.Script;
import io.tracestore.provider.redis.schema.StoredEvent;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.provider.support.IdentityField;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.TermNames;
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
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Writes and deletes traces. Every change of one trace is one script. */
public final class RedisWriteSink {
  /** Redis 6.2 takes 1048576 words in one command, and an event takes two. */
  private static final int MAX_EVENTS = 500_000;

  /** How many traces of a batch are on their way at once, and of how many bytes of heap. */
  private static final int WINDOW = 64;

  private static final long WINDOW_BYTES = 32 << 20;

  // The answers of the script that stores.
  private static final long STORED = 0;
  private static final long OTHER_FLOW = 1;
  private static final long OTHER_EXECUTION = 2;
  private static final long OTHER_START = 4;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final byte[] NOTHING = {};

  private final RedisLink link;
  private final Layout layout;
  private final Keys keys;
  private final long ttlMillis;
  private final boolean evicting;
  private final DataTerms attributes;

  private final long answerMillis;

  /**
   * @param config for how long traces are kept, and answers waited for
   * @param evicting whether the server drops what it likes when its memory is full
   */
  public RedisWriteSink(RedisLink link, Layout layout, RedisSettings config, boolean evicting) {
    this.link = link;
    this.layout = layout;
    this.keys = layout.keys();
    this.ttlMillis = config.ttlMillis();
    this.answerMillis = config.answerMillis();
    this.evicting = evicting;
    this.attributes = DataTerms.of(config.get(RedisConfig.INDEXED_ATTRIBUTES));
  }

  public void storeTrace(FlowTrace trace) {
    finish(trace, send(trace));
  }

  public void storeEvents(TraceId id, List<TraceEvent> events) {
    checkLayout(link.await(run(id, new StoreCall(events).ofEvents(id))));
  }

  /** Stores several at a time, but never two of one trace: these have to come in order. */
  public List<BatchStoreException.Failure> storeTraces(List<FlowTrace> traces) {
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
    long differing = link.await(answer);
    checkLayout(differing);
    if (differing != STORED) {
      throw HeaderRule.conflict(
          trace,
          IdentityField.differing(
              (differing & OTHER_FLOW) == 0,
              (differing & OTHER_EXECUTION) == 0,
              (differing & OTHER_START) == 0));
    }
  }

  private void checkLayout(long answer) {
    if (answer < 0) {
      throw Layout.changed(keys);
    }
  }

  public boolean delete(TraceId id) {
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

  static long millis(Instant instant) {
    return Math.floorDiv(EpochNanos.of(instant), NANOS_PER_MILLI);
  }

  /** Names one call, so that the server knows it again when it is sent again. */
  static byte[] token() {
    return UUID.randomUUID().toString().getBytes(US_ASCII);
  }

  static byte[] ascii(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  static byte[] concatenated(byte[]... parts) {
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
      Set<String> headerTerms = TermNames.ofHeader(trace);
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
      Map<String, Integer> eventTerms = TermNames.ofEvents(events);
      for (TraceEvent event : events) {
        attributes
            .attributesOf(event)
            .forEach(term -> eventTerms.put(TermNames.of(Field.ATTRIBUTE, term), 1));
      }
      arguments.add(8, ascii(eventTerms.size()));
      arguments.add(9, ascii(events.size()));
      arguments.add(10, ascii(earliestMillis()));
      arguments.add(11, ascii(evicting ? 1 : 0));
      arguments.addAll(12, layout(id));
      arguments.add(15, ascii(weight));
      arguments.add(16, Keys.utf8(attributes.list()));
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
          Uuids.toBytes(trace.executionId().value()),
          Keys.utf8(TermNames.of(Field.FLOW, trace.flowId())));
    }
  }
}
