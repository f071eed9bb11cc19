package io.tracestore.server.reflow;

import io.tracestore.codec.ReflowReply;
import io.tracestore.migration.pieces.RunningTraces;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.TraceWeight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Answers what Reflow programs ask for. At most a few answers are made at once, each of a bounded
 * size, so that memory is bounded however many connections ask. Safe for many threads.
 */
public final class Reads {
  private static final int AT_ONCE = 4;
  private static final int MAX_VERSIONS = 10_000;

  private static final Comparator<FlowVersion> ORDER =
      Comparator.comparingLong(FlowVersion::major)
          .thenComparingLong(FlowVersion::minor)
          .thenComparingLong(FlowVersion::patch)
          .thenComparing(FlowVersion::timestamp)
          .thenComparing(FlowVersion::gitHash, Comparator.nullsFirst(Comparator.naturalOrder()));

  private final TraceStore store;
  private final FlowTraces traces;
  private final RunningTraces others;
  private final long maxAnswerBytes;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  Reads(TraceStore store, FlowTraces traces, RunningTraces others, long maxAnswerBytes) {
    this.store = store;
    this.traces = traces;
    this.others = others;
    this.maxAnswerBytes = maxAnswerBytes;
  }

  private <T> T inTurn(Supplier<T> read) {
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TraceStoreException("interrupted while waiting to read", e);
    }
    try {
      return read.get();
    } finally {
      turns.release();
    }
  }

  /** The trace, running ones included. */
  public Optional<FlowTrace> trace(TraceId traceId) {
    return inTurn(() -> {
      Optional<FlowTrace> trace = traces.get(traceId).or(() -> others.running(traceId));
      trace.ifPresent(found -> check(TraceWeight.of(found), "trace " + traceId));
      return trace;
    });
  }

  private void check(long bytes, String what) {
    if (bytes > maxAnswerBytes) {
      throw new StoreCapacityException(
          "%s is larger than the %d bytes that an answer may have; set a limit, or read it from the store itself"
              .formatted(what, maxAnswerBytes),
          null);
    }
  }

  String traceData(UUID requestId, TraceId traceId) {
    return ReflowReply.traceData(requestId, trace(traceId).orElse(null));
  }

  String queryResults(UUID requestId, TraceQuery query) {
    return inTurn(() -> {
      List<FlowTrace> running = others.running(query);
      List<FlowTrace> found = find(query, running);
      boolean isAll = found.size() < query.limitOrDefault() && query.offset() == 0;
      long total =
          isAll && query.after() == null ? found.size() : store.count(query) + running.size();
      return ReflowReply.queryResults(requestId, found, total);
    });
  }

  String tracesFound(TraceQuery query) {
    return inTurn(() -> ReflowReply.tracesFound(find(query, others.running(query))));
  }

  /** The traces that match, running ones included, without their events. */
  public List<FlowTrace> headers(TraceQuery query) {
    TraceQuery headers = query.toBuilder().withEvents(false).build();
    return inTurn(() -> {
      List<FlowTrace> running =
          others.running(query).stream().map(each -> each.withEvents(List.of())).toList();
      return find(headers, running);
    });
  }

  /** A page of what is stored, with those that run at their places. */
  private List<FlowTrace> find(TraceQuery query, List<FlowTrace> running) {
    traces.makeHeaders();
    TraceQuery limited = query.toBuilder().limit(query.limitOrDefault()).build();
    List<FlowTrace> found = new ArrayList<>();
    long bytes = 0;
    try (TraceCursor cursor = store.openCursor(limited)) {
      while (cursor.hasNext()) {
        FlowTrace trace = cursor.next();
        bytes += TraceWeight.of(trace);
        check(bytes, "the result");
        found.add(trace);
      }
    }
    TraceQuery.Position after = query.after();
    if (query.offset() == 0) {
      running.stream()
          .filter(trace -> after == null || after.isBefore(trace))
          .filter(trace -> found.stream().noneMatch(trace::hasIdentityOf))
          .forEach(found::add);
      found.sort(FlowTrace.NEWEST_FIRST);
    }
    return List.copyOf(found.subList(0, Math.min(found.size(), query.limitOrDefault())));
  }

  /** All versions of which a trace is stored, in their order. */
  List<FlowVersion> versions(String flowId) {
    return inTurn(() -> {
      traces.makeHeaders();
      TraceQuery query = TraceQuery.builder().flowId(flowId).withEvents(false).build();
      Set<FlowVersion> versions = new LinkedHashSet<>();
      try (TraceCursor cursor = store.openCursor(query)) {
        while (cursor.hasNext() && versions.size() < MAX_VERSIONS) {
          versions.add(cursor.next().version());
        }
      }
      return versions.stream().sorted(ORDER).toList();
    });
  }
}
