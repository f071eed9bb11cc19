package io.tracestore.view;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.caption;
import static j2html.TagCreator.code;
import static j2html.TagCreator.datalist;
import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.form;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.input;
import static j2html.TagCreator.label;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.option;
import static j2html.TagCreator.p;
import static j2html.TagCreator.select;
import static j2html.TagCreator.span;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.EventCounts;
import j2html.tags.DomContent;
import j2html.tags.Tag;
import j2html.tags.specialized.InputTag;
import j2html.tags.specialized.SelectTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The traces that match filters, newest first. */
public final class TracesPage {
  private static final double BAR = 100;
  private static final int SHOWN_TAGS = 3;
  private static final int MAX_SUGGESTIONS = 200;
  private static final int ID = 36;

  /** The end of an id: its beginning is the time in most. */
  private static final int SHORT_ID = 8;

  private static final int TAG = 40;

  /** The filters that are behind "More filters", with what is written into an empty field. */
  private static final List<Field> MORE =
      List.of(
          new Field("failed-with", "Failed with exactly", ""),
          new Field("min-duration", "Took at least", "300ms"),
          new Field("max-duration", "Took at most", "1.5s"),
          new Field("actor", "Actor", ""),
          new Field("actor-contains", "Actor contains", ""),
          new Field("event-type", "Event type", "ActorFailed"),
          new Field("port", "Port", ""),
          new Field("tag", "Tag", "key=value"),
          new Field("attribute", "Attribute", "key=value"),
          new Field("has-attribute", "Has attribute", "key"),
          new Field("environment", "Environment", ""),
          new Field("user", "User", ""),
          new Field("session", "Session", ""),
          new Field("execution", "Execution", "UUID"));

  private record Field(String name, String label, String hint) {}

  private final TraceFilters filters;

  private TracesPage(TraceFilters filters) {
    this.filters = filters;
  }

  /**
   * The page.
   *
   * @param traces without events, newest first
   * @param counts of their events
   * @param flows names of flows that are offered for the filter
   */
  public static String html(
      TraceFilters filters,
      List<FlowTrace> traces,
      Map<TraceId, EventCounts> counts,
      Collection<String> flows) {
    TracesPage page = new TracesPage(filters);
    return page.served(
        filters.isFirstPage() ? Frame.live("traces") : Map.of(),
        flows,
        page.list(traces, counts),
        page.pages(traces));
  }

  /** The page for filters that are not valid. */
  public static String refused(TraceFilters filters, String reason) {
    return new TracesPage(filters)
        .served(
            Map.of(),
            List.of(),
            p(Html.value(reason)).withClass("error").attr("role", "alert"),
            text(""));
  }

  private String served(
      Map<String, String> live, Collection<String> flows, DomContent result, DomContent pages) {
    return Frame.served(
        "Traces",
        Frame.Part.TRACES,
        live,
        h1("Traces"),
        filterForm(flows),
        div(result, pages).withId("result"));
  }

  // ---- filters ----

  private DomContent filterForm(Collection<String> flows) {
    String limit = filters.value("limit");
    List<String> moreNames = MORE.stream().map(Field::name).toList();
    var more =
        details(
                summary("More filters"),
                div(each(MORE.stream().map(this::fields)), hasError()).withClass("fields"))
            .withId("more");
    return form(
            div(
                    field("flow", "Flow", inputFor("flow", "").attr("list", "flows")),
                    field("status", "Status", statuses()),
                    field("from", "Started from", inputFor("from", "2026-01-05T08:00")),
                    field("to", "Started to", inputFor("to", "2026-01-05")),
                    field("error-contains", "Error contains", inputFor("error-contains", "")),
                    button("Show").withType("submit"),
                    filters.isFiltered() ? a("Clear").withHref("/") : text(""))
                .withClass("fields"),
            filters.hasAny(moreNames) || filters.value("error") != null ? more.isOpen() : more,
            limit == null
                ? text("")
                : input().withType("hidden").withName("limit").withValue(limit),
            datalist(
                    each(
                        flows.stream()
                            .filter(flow -> flow.length() <= Html.LINE)
                            .limit(MAX_SUGGESTIONS)
                            .map(flow -> option().withValue(flow))))
                .withId("flows"))
        .withMethod("get")
        .withAction("/")
        .withClass("filters")
        .attr("role", "search")
        .attr("aria-label", "Filters");
  }

  /** The field, once for each value that is given, and an empty one. */
  private DomContent fields(Field field) {
    List<String> values = filters.values(field.name());
    boolean isSeveral = TraceFilters.takesSeveral(field.name());
    if (!isSeveral || values.isEmpty()) {
      return field(field.name(), field.label(), inputFor(field.name(), field.hint()));
    }
    List<DomContent> all = new ArrayList<>();
    for (int i = 0; i <= values.size(); i++) {
      InputTag input = input().withName(field.name()).withPlaceholder(field.hint());
      String id = i == 0 ? field.name() : field.name() + "-" + i;
      all.add(field(id, field.label(), i < values.size() ? input.withValue(values.get(i)) : input));
    }
    return each(all.stream());
  }

  private InputTag inputFor(String name, String hint) {
    String value = filters.value(name);
    InputTag input = input().withName(name).withPlaceholder(hint);
    return value == null ? input : input.withValue(value);
  }

  private static <T extends Tag<T>> DomContent field(String id, String label, T control) {
    return div(label(label).withFor("f-" + id), control.withId("f-" + id)).withClass("field");
  }

  private SelectTag statuses() {
    String chosen = filters.value("status");
    SelectTag select = select(option("any").withValue("")).withName("status");
    for (ExecutionStatus.Kind kind : ExecutionStatus.Kind.values()) {
      boolean isChosen = kind.wireName().equalsIgnoreCase(chosen);
      select.with(option(kind.wireName()).withValue(kind.wireName()).withCondSelected(isChosen));
    }
    return select;
  }

  private DomContent hasError() {
    boolean isChosen = filters.value("error") != null;
    return div(
            input()
                .withType("checkbox")
                .withName("error")
                .withValue("true")
                .withId("f-error")
                .withCondChecked(isChosen),
            label("Has an event with an error").withFor("f-error"))
        .withClass("field check");
  }

  // ---- traces ----

  private DomContent list(List<FlowTrace> traces, Map<TraceId, EventCounts> counts) {
    if (traces.isEmpty()) {
      return p(filters.isFiltered()
              ? "No trace matches these filters."
              : "No traces yet. Send some: they appear here.")
          .withClass("empty");
    }
    double longest = traces.stream().mapToDouble(TracesPage::nanos).max().orElse(0);
    return table(
            caption("Newest first; times are in UTC.").withClass("dim"),
            thead(
                tr(
                    th("Flow").attr("scope", "col"),
                    th("Status").attr("scope", "col"),
                    th("Started").attr("scope", "col"),
                    th("Took").attr("scope", "col").withClass("number"),
                    th("Events").attr("scope", "col").withClass("number"),
                    th("Trace").attr("scope", "col"))),
            tbody(
                each(
                    traces.stream()
                        .map(trace ->
                            row(
                                trace,
                                counts.getOrDefault(trace.traceId(), EventCounts.NONE),
                                longest)))))
        .withClass("list traces");
  }

  private static DomContent row(FlowTrace trace, EventCounts events, double longest) {
    return tr(
        td(
                a(Html.valueOrEmpty(trace.flowId()))
                    .withHref(TracePage.path(trace))
                    .withClass("main-link"),
                tags(trace),
                trace.status() instanceof ExecutionStatus.Failed failed && !failed.error().isEmpty()
                    ? div(Html.value(failed.error())).withClass("line-error")
                    : text(""))
            .withClass("flow"),
        td(Html.status(trace.status().kind())),
        td(Html.instant(trace.startTime())),
        td(span(took(trace)), bar(trace, longest)).withClass("number took"),
        td(
                text(Shown.count(events.events())),
                events.failed() == 0
                    ? text("")
                    : span(" " + Shown.count(events.failed()) + " failed").withClass("bad"))
            .withClass("number"),
        td(code("…" + trace.traceId().toString().substring(ID - SHORT_ID))
                .withTitle(trace.traceId().toString()))
            .withClass("id"));
  }

  private static DomContent tags(FlowTrace trace) {
    Map<String, String> tags = trace.metadata().tags();
    return each(
        tags.entrySet().stream()
            .limit(SHOWN_TAGS)
            .map(tag ->
                span(Html.value(Shown.clip(tag.getKey() + "=" + tag.getValue(), TAG)))
                    .withClass("tag")));
  }

  private static String took(FlowTrace trace) {
    return trace.endTime() == null
        ? ""
        : Durations.format(Duration.between(trace.startTime(), trace.endTime()));
  }

  private static double nanos(FlowTrace trace) {
    if (trace.endTime() == null) {
      return 0;
    }
    Duration took = Duration.between(trace.startTime(), trace.endTime());
    return Math.max(0, took.getSeconds() * 1e9 + took.getNano());
  }

  private static DomContent bar(FlowTrace trace, double longest) {
    double width = longest == 0 ? 0 : nanos(trace) / longest * BAR;
    return Html.svg("svg", BAR, 4)
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .attr("class", "meter")
        .with(
            Html.shape("rect")
                .attr("width", Html.number(width))
                .attr("height", "4")
                .attr("rx", "1"));
  }

  private DomContent pages(List<FlowTrace> traces) {
    boolean hasMore = !traces.isEmpty() && traces.size() == filters.toQuery().limitOrDefault();
    if (!hasMore && filters.isFirstPage()) {
      return text("");
    }
    return nav(
            filters.isFirstPage()
                ? span("‹ Newest").withClass("dim")
                : a("‹ Newest").withHref(filters.pathOfFirst()),
            hasMore
                ? a("Older ›").withHref(filters.pathAfter(traces.getLast())).withRel("next")
                : span("Older ›").withClass("dim"))
        .withClass("pages")
        .attr("aria-label", "Pages");
  }
}
