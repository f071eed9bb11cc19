package io.tracestore.view;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import j2html.TagCreator;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The flows of the newest traces: how often each ran, failed and how long it took. */
public final class FlowsPage {
  /** How many traces are counted, the newest ones. */
  public static final int COUNTED = 10_000;

  private static final String TRACES = "/?flow=";
  private static final int SHOWN = 500;
  private static final int RECENT = 30;
  private static final double CELL = 6;
  private static final double HEIGHT = 16;

  private FlowsPage() {}

  private static final class Tally {
    private final FlowTrace newest;
    private final List<FlowTrace> recent = new ArrayList<>();
    private final List<Duration> durations = new ArrayList<>();
    private long count;
    private long failed;
    private long running;

    Tally(FlowTrace newest) {
      this.newest = newest;
    }

    void add(FlowTrace trace) {
      count++;
      failed += trace.status().kind() == ExecutionStatus.Kind.FAILED ? 1 : 0;
      running += trace.status().kind().isTerminal() ? 0 : 1;
      if (trace.endTime() != null) {
        durations.add(Duration.between(trace.startTime(), trace.endTime()));
      }
      if (recent.size() < RECENT) {
        recent.add(trace);
      }
    }

    String percentile(int percent) {
      if (durations.isEmpty()) {
        return "";
      }
      Collections.sort(durations);
      int index = (int) Math.ceil(durations.size() * percent / 100.0) - 1;
      return Durations.format(durations.get(Math.max(0, index)));
    }
  }

  /**
   * The page.
   *
   * @param traces without events, newest first; {@value #COUNTED} if there are more
   */
  public static String html(List<FlowTrace> traces) {
    Map<String, Tally> flows = new LinkedHashMap<>();
    for (FlowTrace trace : traces) {
      flows.computeIfAbsent(trace.flowId(), id -> new Tally(trace)).add(trace);
    }
    String counted =
        traces.size() < COUNTED
            ? "Counted over all %s.".formatted(Shown.count(traces.size(), "trace"))
            : "Counted over the newest %s traces.".formatted(Shown.count(COUNTED));
    return Frame.served(
        "Flows",
        Frame.Part.FLOWS,
        Frame.live("flows"),
        h1("Flows"),
        div(
                flows.isEmpty()
                    ? p("No traces yet. Send some: their flows appear here.").withClass("empty")
                    : table(flows, counted),
                flows.size() > SHOWN
                    ? p("And %s.".formatted(Shown.count(flows.size() - SHOWN, "more flow")))
                    : text(""))
            .withId("result"));
  }

  private static DomContent table(Map<String, Tally> flows, String counted) {
    return TagCreator.table(
            caption(counted + " The flow that ran last stands first.").withClass("dim"),
            thead(
                tr(
                    th("Flow").attr("scope", "col"),
                    th("Traces").attr("scope", "col").withClass("number"),
                    th("Failed").attr("scope", "col").withClass("number"),
                    th("Running").attr("scope", "col").withClass("number"),
                    th("Median").attr("scope", "col").withClass("number"),
                    th("95 %").attr("scope", "col").withClass("number"),
                    th("Latest runs").attr("scope", "col"),
                    th("Last start (UTC)").attr("scope", "col"))),
            tbody(
                each(
                    flows.entrySet().stream()
                        .limit(SHOWN)
                        .map(each -> row(each.getKey(), each.getValue())))))
        .withClass("list flows");
  }

  private static DomContent row(String flow, Tally tally) {
    String share = String.format(Locale.ROOT, " (%.0f %%)", 100.0 * tally.failed / tally.count);
    String name = Shown.harmless(Shown.clip(flow, Html.LINE));
    return tr(
        td(
                Html.flowLink(flow, TRACES, Html.valueOrEmpty(flow)).withClass("main-link"),
                text(" "),
                Html.flowLink(flow, "/actors?flow=", text("actors"))
                    .attr("aria-label", "actors of " + name)
                    .withClass("note"))
            .withClass("flow"),
        Html.cell("traces", text(Shown.count(tally.count))),
        Html.cell(
            "failed",
            tally.failed == 0
                ? span("0").withClass("dim")
                : Html.flowLink(
                        flow, "/?status=Failed&flow=", text(Shown.count(tally.failed) + share))
                    .withClass("bad")),
        Html.cell(
            "running",
            tally.running == 0
                ? span("0").withClass("dim")
                : Html.flowLink(flow, "/?status=Running&flow=", text(Shown.count(tally.running)))),
        Html.cell("median", text(tally.percentile(50))),
        Html.cell("95 %", text(tally.percentile(95))),
        td(recent(tally)),
        td(Html.instant(tally.newest.startTime())));
  }

  /** The latest runs as small bars, the newest on the right. */
  private static DomContent recent(Tally tally) {
    ContainerTag<?> svg =
        Html.svg("svg", CELL * RECENT, HEIGHT)
            .attr("class", "recent")
            .attr("role", "img")
            .attr(
                "aria-label",
                "of the latest %d, %d failed"
                    .formatted(
                        tally.recent.size(),
                        tally.recent.stream()
                            .filter(each -> each.status().kind() == ExecutionStatus.Kind.FAILED)
                            .count()));
    for (int i = 0; i < tally.recent.size(); i++) {
      ExecutionStatus.Kind status = tally.recent.get(i).status().kind();
      boolean isFailed = status == ExecutionStatus.Kind.FAILED;
      double height = isFailed ? HEIGHT : HEIGHT / 2;
      svg.with(
          Html.shape("rect")
              .attr("class", status.name().toLowerCase(Locale.ROOT))
              .attr("x", Html.number(CELL * (RECENT - 1 - i)))
              .attr("y", Html.number(HEIGHT - height))
              .attr("width", Html.number(CELL - 2))
              .attr("height", Html.number(height)));
    }
    return svg;
  }
}
