package io.tracestore.view;

import static j2html.TagCreator.a;
import static j2html.TagCreator.code;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.li;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.ol;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.strong;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.text;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType.DataFlow;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.view.TimelineRows.Row;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import j2html.tags.specialized.SpanTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One trace: what it is, its timeline with all that every event carries, and its actors. */
public final class TracePage {
  /** Beginning of every file, by which a page is recognised before another one replaces it. */
  public static final String BEGINNING = Frame.DOCTYPE;

  private static final double WIDTH = 1000;
  private static final double BAR = 20;

  /** Further right no name has room. */
  private static final int MAX_DEPTH = 12;

  private static final double[] TICKS = {0, 0.25, 0.5, 0.75, 1};

  private final FlowTrace trace;
  private final TimelineRows rows;
  private final boolean isFile;
  private final int page;

  private TracePage(FlowTrace trace, boolean isFile, int page) {
    this.trace = trace;
    this.rows = new TimelineRows(trace);
    this.isFile = isFile;
    this.page = Math.clamp(page, 0, rows.pages() - 1);
  }

  /** The address of a trace on the server. */
  static String path(FlowTrace trace) {
    return "/traces/" + trace.traceId();
  }

  /**
   * The page of the server.
   *
   * @param page the part of a long timeline, from 0; the last one if there are fewer
   */
  public static String html(FlowTrace trace, int page) {
    TracePage shown = new TracePage(trace, false, page);
    Map<String, String> live =
        trace.status().kind().isTerminal()
            ? Map.of()
            : Map.of(
                "data-live",
                "trace",
                "data-trace",
                trace.traceId().toString(),
                "data-flow",
                trace.flowId().length() > Html.LINE ? "" : trace.flowId());
    return Frame.served(trace.flowId(), Frame.Part.TRACES, live, shown.content());
  }

  /** The page of the server for a trace that is not there. */
  public static String missing(String id) {
    return Frame.served(
        "No such trace",
        Frame.Part.TRACES,
        Map.of(),
        h1("No such trace"),
        p(text("The store has no trace "), code(Html.value(id)), text(".")));
  }

  /** Writes the page as a file that needs nothing but itself, with the whole timeline. */
  public static void writeFile(FlowTrace trace, Appendable out) {
    Frame.file(out, trace.flowId(), new TracePage(trace, true, 0).content());
  }

  private DomContent[] content() {
    return new DomContent[] {
      div(
              iff(
                  !isFile,
                  p(
                          a("Traces").withHref("/"),
                          text(" / "),
                          Html.flowLink(trace.flowId(), "/?flow=", Html.value(trace.flowId())))
                      .withClass("crumbs")),
              h1(Html.valueOrEmpty(trace.flowId()), text(" "), Html.status(trace.status().kind())),
              error(),
              facts())
          .withClass("trace-head"),
      timeline(),
      actors(),
    };
  }

  private DomContent error() {
    return trace.status() instanceof ExecutionStatus.Failed failed && !failed.error().isEmpty()
        ? EventDetails.errorText(failed.error())
        : text("");
  }

  private DomContent facts() {
    List<TraceEvent> events = trace.events();
    long actors = events.stream().map(TraceEvent::actorId).distinct().count();
    long errors = rows.all().stream().filter(Row::hasFailed).count();
    return each(
        dl(
                number("Started (UTC)", Html.instant(trace.startTime())),
                number("Took", text(took())),
                number("Events", text(Shown.count(events.size()))),
                number("Actors", text(Shown.count(actors))),
                number("Failures", span(Shown.count(errors)).withCondClass(errors > 0, "bad")),
                number("Messages", text(Shown.bytes(messageBytes()))))
            .withClass("numbers"),
        details(summary("About this execution"), dl(each(about().stream())).withClass("facts"))
            .withId("about"));
  }

  private static DomContent number(String name, DomContent value) {
    return div(dt(name), dd(value));
  }

  private String took() {
    if (trace.endTime() == null) {
      return trace.status().kind().isTerminal() ? "not known" : "not ended";
    }
    return Durations.format(Duration.between(trace.startTime(), trace.endTime()));
  }

  private long messageBytes() {
    double sum = rows.all().stream().mapToDouble(Row::messageBytes).sum();
    return sum >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) sum;
  }

  private List<DomContent> about() {
    List<DomContent> facts = new ArrayList<>();
    TraceMetadata metadata = trace.metadata();
    facts.add(Html.fact("Trace", code(trace.traceId().toString())));
    facts.add(Html.fact("Execution", code(trace.executionId().toString())));
    facts.add(
        Html.fact(
            "Version",
            "%d.%d.%d"
                .formatted(
                    trace.version().major(), trace.version().minor(), trace.version().patch())));
    add(facts, "Commit", trace.version().gitHash());
    add(facts, "Environment", metadata.environment());
    add(facts, "Host", metadata.hostname());
    if (metadata.processId() != 0) {
      facts.add(Html.fact("Process", String.valueOf(metadata.processId())));
    }
    add(facts, "Thread", metadata.threadId());
    add(facts, "User", metadata.userId());
    add(facts, "Session", metadata.sessionId());
    metadata
        .tags()
        .forEach((key, value) ->
            facts.add(
                each(dt(Html.value(key)).withClass("attribute"), dd(Html.valueOrEmpty(value)))));
    return facts;
  }

  private static void add(List<DomContent> facts, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      facts.add(Html.fact(name, value));
    }
  }

  // ---- timeline ----

  private DomContent timeline() {
    if (rows.all().isEmpty()) {
      return section(h2("Timeline"), p("No events yet.").withClass("dim"));
    }
    List<Row> shown = isFile ? rows.all() : rows.page(page);
    EventDetails details = new EventDetails(rows, this::address);
    return section(
            h2("Timeline").withId("timeline"),
            p("Each line is an actor at work, below what caused it. Open one for its events.")
                .withClass("dim hint"),
            rows.all().size() > Overview.MIN_ROWS
                ? Overview.of(rows, isFile ? null : shown)
                : text(""),
            iff(!isFile, pages()),
            axis(),
            ol(each(shown, row -> line(row, details))).withClass("rows"),
            iff(!isFile, pages()))
        .withClass("timeline")
        .attr("aria-labelledby", "timeline");
  }

  private String address(Row row) {
    return row.page() == page || isFile
        ? "#" + row.anchor()
        : "?page=%d#%s".formatted(row.page() + 1, row.anchor());
  }

  private DomContent pages() {
    if (rows.pages() == 1) {
      return text("");
    }
    return nav(
            page > 0 ? pageLink("‹ Earlier", page - 1) : span("‹ Earlier").withClass("dim"),
            span("Part %d of %d".formatted(page + 1, rows.pages())),
            page + 1 < rows.pages()
                ? pageLink("Later ›", page + 1)
                : span("Later ›").withClass("dim"))
        .withClass("pages")
        .attr("aria-label", "Parts of the timeline");
  }

  private static DomContent pageLink(String label, int target) {
    return a(label).withHref("?page=%d#timeline".formatted(target + 1));
  }

  private DomContent axis() {
    List<DomContent> ticks = new ArrayList<>();
    long nanos = Math.max(0, rows.length().toNanos());
    for (double tick : TICKS) {
      ticks.add(span(tick == 0 ? "0" : Durations.format(Duration.ofNanos((long) (nanos * tick)))));
    }
    return div(
            span("Actor").withClass("name"),
            div(each(ticks.stream())).withClass("ticks"),
            span("Messages").withClass("bytes"),
            span("Took").withClass("took"))
        .withClass("axis")
        .attr("aria-hidden", "true");
  }

  private DomContent line(Row row, EventDetails details) {
    String kind = "row d" + Math.min(row.depth(), MAX_DEPTH) + (row.hasFailed() ? " failed" : "");
    String error = row.error();
    long bytes = row.messageBytes();
    return li(details(
                summary(
                    span(label(row)).withClass("name"),
                    bar(row),
                    span(bytes == 0 ? "" : Shown.bytes(bytes)).withClass("bytes"),
                    span(took(row)).withClass("took"),
                    error == null || error.isEmpty()
                        ? text("")
                        : span(Html.value(error)).withClass("line-error")),
                div(each(row.events(), details::of)).withClass("events"))
            .withId("o" + row.anchor().substring(1)))
        .withId(row.anchor())
        .withClass(kind);
  }

  private static DomContent label(Row row) {
    Activity activity = row.activity();
    TraceEvent first = activity.first();
    List<DomContent> parts = new ArrayList<>();
    if (row.hasFailed()) {
      parts.add(sign("✗", "failed: ").withClass("bad"));
    }
    if (row.part() > 0) {
      parts.add(sign("…", "more of "));
    } else if (activity.reachedByDataFlow()) {
      parts.add(sign("⇢", "data reached "));
    }
    parts.add(strong(Html.valueOrEmpty(first.actorId())));
    if (first.eventType() instanceof DataFlow flow) {
      parts.add(sign(" ⇢ ", " sends data to "));
      parts.add(strong(Html.value(flow.toActor())));
      parts.add(note(flow.toPort()));
    } else if (!activity.isWork()) {
      parts.add(note(first.eventType().typeName()));
    }
    if (first.data().port() != null) {
      parts.add(note(first.data().port()));
    }
    int more = row.events().size() - (activity.isWork() ? 1 : 0) - (activity.end() == null ? 0 : 1);
    if (activity.isWork() && more > 0) {
      parts.add(span(" " + Shown.count(more, "event")).withClass("count"));
    }
    return each(parts.stream());
  }

  private static DomContent note(String text) {
    return text.isEmpty() ? text("") : span(text(" "), Html.value(text)).withClass("note");
  }

  /** A sign, and what is read aloud instead. */
  private static SpanTag sign(String sign, String spoken) {
    return span(
        span(sign).attr("aria-hidden", "true").withClass("sign"), span(spoken).withClass("spoken"));
  }

  private static String took(Row row) {
    if (!row.activity().isWork() || row.part() > 0) {
      return "";
    }
    Duration duration = row.activity().duration();
    return duration == null ? "not ended" : duration.isZero() ? "–" : Durations.format(duration);
  }

  private DomContent bar(Row row) {
    Activity activity = row.activity();
    ContainerTag<?> svg =
        Html.svg("svg", WIDTH, BAR)
            .attr("preserveAspectRatio", "none")
            .attr("aria-hidden", "true")
            .attr("class", "bar " + Html.colour(activity.first().actorId()));
    if (activity.isWork() && row.part() == 0) {
      double start = rows.position(activity.startTime(), WIDTH);
      boolean isOpen = activity.end() == null && !trace.status().kind().isTerminal();
      double end = isOpen ? WIDTH : rows.position(activity.endTime(), WIDTH);
      svg.with(
          Html.shape("rect")
              .attr("class", isOpen ? "open" : activity.hasFailed() ? "bad" : "work")
              .attr("x", Html.number(Math.min(start, WIDTH - 2)))
              .attr("y", "4")
              .attr("width", Html.number(Math.max(2, end - start)))
              .attr("height", "12"));
    }
    StringBuilder marks = new StringBuilder();
    StringBuilder errors = new StringBuilder();
    for (TraceEvent event : row.events()) {
      boolean isEdge =
          activity.isWork() && (event.equals(activity.first()) || event.equals(activity.end()));
      if (!isEdge) {
        (event.data().error() == null ? marks : errors)
            .append("M%s 2v16".formatted(Html.number(rows.position(event.timestamp(), WIDTH))));
      }
    }
    addMarks(svg, "marks", marks);
    addMarks(svg, "errors", errors);
    return svg;
  }

  private static void addMarks(ContainerTag<?> svg, String name, StringBuilder path) {
    if (!path.isEmpty()) {
      svg.with(
          Html.shape("path")
              .attr("class", name)
              .attr("d", path.toString())
              .attr("vector-effect", "non-scaling-stroke"));
    }
  }

  // ---- actors ----

  private DomContent actors() {
    ActorGraphCollector collector = new ActorGraphCollector(ActorGraphQuery.ALL);
    collector.add(trace.events());
    List<ActorEdge> edges = collector.result().stream().sorted(ActorEdge.ORDER).toList();
    return edges.isEmpty()
        ? text("")
        : section(h2("Who sends to whom").withId("actors"), ActorsPage.graph(edges))
            .attr("aria-labelledby", "actors");
  }
}
