package io.tracestore.view;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.form;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.input;
import static j2html.TagCreator.label;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.tracestore.spi.analytics.ActorEdge;
import j2html.tags.DomContent;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Actors and the messages between them, as a picture and as a table. */
public final class ActorsPage {
  /** More arrows hide each other; the table has more. */
  private static final int DRAWN = 60;

  private static final int LISTED = 500;

  private static final Comparator<ActorEdge> MOST_FIRST =
      Comparator.comparingLong(ActorEdge::count).reversed().thenComparing(ActorEdge.ORDER);

  private ActorsPage() {}

  /**
   * The page.
   *
   * @param flow the flow whose traces were looked at; null for all
   */
  public static String html(@Nullable String flow, List<ActorEdge> edges) {
    return Frame.served(
        "Actors",
        Frame.Part.ACTORS,
        Map.of(),
        h1("Actors"),
        form(div(
                    div(
                            label("Flow").withFor("f-flow"),
                            input()
                                .withId("f-flow")
                                .withName("flow")
                                .withValue(flow == null ? "" : flow))
                        .withClass("field"),
                    button("Show").withType("submit"),
                    flow == null ? text("") : a("Clear").withHref("/actors"))
                .withClass("fields"))
            .withMethod("get")
            .withAction("/actors")
            .withClass("filters"),
        edges.isEmpty()
            ? p(flow == null
                    ? "No actor has sent anything yet."
                    : "No actor of this flow has sent anything.")
                .withClass("empty")
            : graph(edges));
  }

  /** The picture and the table. */
  static DomContent graph(List<ActorEdge> edges) {
    List<ActorEdge> sorted = edges.stream().sorted(MOST_FIRST).toList();
    List<ActorEdge> drawn = sorted.subList(0, Math.min(DRAWN, sorted.size()));
    String note =
        drawn.size() == sorted.size()
            ? ""
            : " The picture shows the %d with the most messages, of %s."
                .formatted(DRAWN, Shown.count(sorted.size()));
    return div(GraphPicture.of(drawn), list(sorted, note)).withClass("graph");
  }

  private static DomContent list(List<ActorEdge> edges, String note) {
    return table(
            caption("Messages between actors, most first." + note).withClass("dim"),
            thead(
                tr(
                    th("From").attr("scope", "col"),
                    th("To").attr("scope", "col"),
                    th("Messages").attr("scope", "col").withClass("number"),
                    th("Size").attr("scope", "col").withClass("number"),
                    th("Errors").attr("scope", "col").withClass("number"))),
            tbody(
                each(
                    edges.stream()
                        .limit(LISTED)
                        .map(edge ->
                            tr(
                                td(Html.valueOrEmpty(edge.from())).attr("data-name", "from"),
                                td(Html.valueOrEmpty(edge.to())).attr("data-name", "to"),
                                Html.cell("messages", text(Shown.count(edge.count()))),
                                Html.cell("size", text(Shown.bytes(edge.bytes()))),
                                Html.cell(
                                    "errors",
                                    span(Shown.count(edge.errors()))
                                        .withClass(edge.errors() > 0 ? "bad" : "dim")))))))
        .withClass("list edges");
  }
}
