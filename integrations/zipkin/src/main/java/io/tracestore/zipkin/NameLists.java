package io.tracestore.zipkin;

import io.tracestore.migration.pieces.RunningTraces;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import zipkin2.Span;

/**
 * Lists the names that people choose from: all services, and names in the newest traces. Safe for
 * many threads.
 */
final class NameLists {
  /** The largest numbers of traces and of their events that are read for one list. */
  private static final int MAX_TRACES = 1000;

  private static final long MAX_EVENTS = 100_000;

  /** The actor of spans that name no service. */
  private static final String UNKNOWN = "unknown";

  private final TraceStore store;
  private final RunningTraces running;
  private final TraceSearch search;

  NameLists(TraceStore store, RunningTraces running, TraceSearch search) {
    this.store = store;
    this.running = running;
    this.search = search;
  }

  /** All services, in order. */
  List<String> services() {
    Set<String> names = new TreeSet<>();
    collect(running.running(TraceQuery.ALL), Span::localServiceName, names);
    for (String actor : store.names(NameKind.ACTOR, null, null)) {
      if (!actor.isEmpty() && !actor.equals(UNKNOWN)) {
        names.add(actor.toLowerCase(Locale.ROOT));
      }
    }
    return new ArrayList<>(names); // Zipkin's server sorts it in place
  }

  /** The names that {@code name} takes from the spans of a service, in order. */
  List<String> ofService(String service, Function<Span, @Nullable String> name) {
    String wanted = service.toLowerCase(Locale.ROOT);
    List<TraceQuery> queries =
        search.spellings(wanted, null, null).stream()
            .map(actor -> TraceQuery.builder().actor(actor).build())
            .toList();
    return newest(
        queries, span -> wanted.equals(span.localServiceName()) ? name.apply(span) : null);
  }

  /** The values of a tag, in order. */
  List<String> valuesOf(String tag) {
    return newest(
        List.of(TraceQuery.builder().hasAttribute(tag).build()), span -> span.tags().get(tag));
  }

  private List<String> newest(List<TraceQuery> queries, Function<Span, @Nullable String> name) {
    Set<String> names = new TreeSet<>();
    collect(running.running(TraceQuery.ALL), name, names);
    for (TraceQuery query : queries) {
      try (TraceCursor cursor = store.openCursor(query.toBuilder().limit(MAX_TRACES).build())) {
        long events = 0;
        while (events < MAX_EVENTS && cursor.hasNext()) {
          FlowTrace trace = cursor.next();
          events += trace.events().size();
          collect(List.of(trace), name, names);
        }
      }
    }
    return new ArrayList<>(names);
  }

  private static void collect(
      List<FlowTrace> traces, Function<Span, @Nullable String> name, Set<String> names) {
    for (FlowTrace trace : traces) {
      for (Span span : SpanForms.toZipkin(trace)) {
        String found = name.apply(span);
        if (found != null && !found.isEmpty()) {
          names.add(found);
        }
      }
    }
  }
}
