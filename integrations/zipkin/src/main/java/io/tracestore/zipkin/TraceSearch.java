package io.tracestore.zipkin;

import io.tracestore.migration.pieces.RunningTraces;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zipkin2.Span;
import zipkin2.storage.QueryRequest;

/**
 * Searches traces as Zipkin does, newest first. The store narrows by time, service and duration;
 * the other conditions are tested on the spans that are read.
 */
final class TraceSearch {
  /**
   * The largest time by which the root of a trace may start after its earliest span: clocks differ.
   */
  private static final Duration SKEW = Duration.ofMinutes(1);

  /** The largest number of traces that are read although their headers do not know their time. */
  private static final int MAX_TIMELESS = 100;

  /** Traces of which no span had a time until the header was stored. */
  private static final TraceQuery TIMELESS =
      TraceQuery.builder()
          .startedFrom(Instant.EPOCH)
          .startedTo(Instant.EPOCH)
          .limit(MAX_TIMELESS)
          .build();

  private final TraceStore store;
  private final RunningTraces running;
  private final TraceGroups groups;

  TraceSearch(TraceStore store, RunningTraces running, TraceGroups groups) {
    this.store = store;
    this.running = running;
    this.groups = groups;
  }

  /** A trace that matches. */
  private record Match(FlowTrace trace, List<Span> spans) {}

  /** The traces that started in a span of time, both ends included. */
  static TraceQuery.Builder between(long fromMillis, long toMillis) {
    return TraceQuery.builder().startedFrom(instant(fromMillis)).startedTo(instant(toMillis));
  }

  private static Instant instant(long millis) {
    Instant instant = Instant.ofEpochMilli(millis);
    if (instant.isBefore(EpochNanos.MIN)) {
      return EpochNanos.MIN;
    }
    return instant.isAfter(EpochNanos.MAX) ? EpochNanos.MAX : instant;
  }

  /** The newest traces that match {@code request}. */
  List<List<Span>> search(QueryRequest request) {
    TraceQuery window =
        between(request.endTs() - request.lookback() - SKEW.toMillis(), request.endTs()).build();
    Set<Object> seen = new HashSet<>();
    List<Match> matches = new ArrayList<>();
    // First: a running trace may become a stored one during the call, never the other way round.
    List<FlowTrace> alive = new ArrayList<>(running.running(window));
    alive.sort(FlowTrace.NEWEST_FIRST);
    for (FlowTrace trace : alive) {
      addIfMatches(request, trace, seen, matches);
    }
    for (TraceQuery query : stored(window, request)) {
      int wanted = matches.size() + request.limit();
      try (TraceCursor cursor = store.openCursor(query)) {
        while (matches.size() < wanted && cursor.hasNext()) {
          addIfMatches(request, cursor.next(), seen, matches);
        }
      }
    }
    return matches.stream()
        .sorted(Comparator.comparing(Match::trace, FlowTrace.NEWEST_FIRST))
        .limit(request.limit())
        .map(Match::spans)
        .toList();
  }

  private void addIfMatches(
      QueryRequest request, FlowTrace trace, Set<Object> seen, List<Match> matches) {
    if (seen.add(groups.key(trace.traceId()))) {
      List<Span> spans = groups.spans(trace);
      if (request.test(spans)) {
        matches.add(new Match(trace, spans));
      }
    }
  }

  /** A span is not longer than its trace. */
  private List<TraceQuery> stored(TraceQuery window, QueryRequest request) {
    TraceQuery.Builder query = window.toBuilder();
    Long minMicros = request.minDuration();
    if (minMicros != null) {
      query.minDuration(Duration.of(minMicros, ChronoUnit.MICROS));
    }
    String service = request.serviceName();
    List<TraceQuery> queries = new ArrayList<>();
    if (service == null) {
      queries.add(query.build());
    } else {
      for (String actor : spellings(service, window.startedFrom(), window.startedTo())) {
        queries.add(query.actor(actor).build());
      }
    }
    queries.add(TIMELESS);
    return queries;
  }

  /** The actors that Zipkin calls {@code service}: it writes all names in lower case. */
  List<String> spellings(String service, @Nullable Instant from, @Nullable Instant to) {
    return store.names(NameKind.ACTOR, from, to).stream()
        .filter(actor -> actor.toLowerCase(Locale.ROOT).equals(service))
        .toList();
  }
}
