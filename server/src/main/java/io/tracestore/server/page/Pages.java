package io.tracestore.server.page;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.server.http.Answer;
import io.tracestore.server.http.Call;
import io.tracestore.server.http.Router;
import io.tracestore.server.reflow.Reads;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.view.ActorsPage;
import io.tracestore.view.Assets;
import io.tracestore.view.FlowsPage;
import io.tracestore.view.TraceFilters;
import io.tracestore.view.TracePage;
import io.tracestore.view.TracesPage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The pages on which people look at traces. They read only. Safe for many threads. */
public final class Pages {
  private static final String TRACES = "/traces/";
  private static final int OK = 200;
  private static final int SEE_OTHER = 303;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;

  private final TraceStore store;
  private final Reads reads;

  /** Pages of what {@code reads} finds, and of sums that {@code store} makes. */
  public Pages(TraceStore store, Reads reads) {
    this.store = store;
    this.reads = reads;
  }

  /** Adds the routes. */
  public void addTo(Router router) {
    router
        .add("GET", "/", this::traces)
        .add("GET", "/flows", this::flows)
        .add("GET", "/actors", this::actors)
        .add("GET", TRACES + "*", this::trace)
        .add("GET", Assets.FOLDER + "*", Pages::asset);
  }

  private Answer traces(Call call) {
    TraceFilters filters = TraceFilters.of(call.parameters());
    if (filters.hasEmpty()) {
      // A form sends all its fields: the address that people share has only those that are set.
      return Answer.plain(SEE_OTHER, "").with("Location", filters.path());
    }
    TraceQuery query;
    try {
      query = filters.toQuery();
    } catch (IllegalArgumentException e) {
      return page(BAD_REQUEST, TracesPage.refused(filters, String.valueOf(e.getMessage())));
    }
    List<FlowTrace> traces = reads.headers(query);
    Set<String> flows = new TreeSet<>();
    traces.forEach(trace -> flows.add(trace.flowId()));
    Map<TraceId, EventCounts> counts =
        store.eventCounts(traces.stream().map(FlowTrace::traceId).toList());
    return page(OK, TracesPage.html(filters, traces, counts, flows));
  }

  private Answer flows(Call call) {
    return page(
        OK, FlowsPage.html(reads.headers(TraceQuery.builder().limit(FlowsPage.COUNTED).build())));
  }

  private Answer actors(Call call) {
    String given = call.parameter("flow");
    String flow = given == null || given.isBlank() ? null : given;
    return page(
        OK,
        ActorsPage.html(flow, store.actorGraph(ActorGraphQuery.builder().flowId(flow).build())));
  }

  private Answer trace(Call call) {
    String id = call.path().substring(TRACES.length());
    Optional<FlowTrace> trace = parsed(id).flatMap(reads::trace);
    return trace
        .map(found -> page(OK, TracePage.html(found, pageNumber(call.parameter("page")))))
        .orElseGet(() -> page(NOT_FOUND, TracePage.missing(id)));
  }

  private static Optional<TraceId> parsed(String id) {
    try {
      return Optional.of(TraceId.of(id));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** From 0; the first one if the text is no number. */
  private static int pageNumber(@Nullable String text) {
    try {
      return text == null ? 0 : Math.max(0, Integer.parseInt(text) - 1);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static Answer page(int status, String html) {
    return Answer.text(status, "text/html", html)
        .with("Content-Security-Policy", Assets.SERVED_POLICY)
        .with("Referrer-Policy", "no-referrer")
        .with("Cross-Origin-Resource-Policy", "same-origin")
        .with("Cross-Origin-Opener-Policy", "same-origin")
        .with("Cache-Control", "no-store");
  }

  private static Answer asset(Call call) {
    return switch (call.path().substring(Assets.FOLDER.length())) {
      case "page.css" -> asset("text/css", Assets.CSS);
      case "page.js" -> asset("text/javascript", Assets.SCRIPT);
      case "icon.svg" -> asset("image/svg+xml", Assets.ICON);
      default -> Answer.plain(NOT_FOUND, "there is nothing here");
    };
  }

  private static Answer asset(String type, String content) {
    return Answer.text(OK, type, content).with("Cache-Control", "private, max-age=86400");
  }
}
