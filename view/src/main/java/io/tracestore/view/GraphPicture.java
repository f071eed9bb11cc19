package io.tracestore.view;

import static j2html.TagCreator.div;

import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.view.GraphLayout.Place;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A graph of actors as SVG: the more messages, the wider the arrow; its numbers stand on it. */
final class GraphPicture {
  private static final double ACTOR_WIDTH = 150;
  private static final double ACTOR_HEIGHT = 34;
  private static final double LAYER = 300;
  private static final double ROW = 64;
  private static final double MARGIN = 24;
  private static final int NAME = 20;
  private static final double CHARACTER = 6.4;

  private record Point(double x, double y) {}

  private final List<ActorEdge> edges;
  private final GraphLayout layout;
  private final Map<String, Place> actors;
  private final double height;
  private final double floor;
  private final long most;
  private int backward;

  private GraphPicture(List<ActorEdge> edges) {
    this.edges = edges;
    this.layout = new GraphLayout(edges);
    this.actors = layout.actors();
    int tallest = 1;
    for (int i = 0; i < layout.layers(); i++) {
      tallest = Math.max(tallest, layout.size(i));
    }
    this.height = tallest * ROW;
    this.floor = MARGIN + height;
    this.most = edges.stream().mapToLong(ActorEdge::count).max().orElse(1);
  }

  static DomContent of(List<ActorEdge> edges) {
    return new GraphPicture(edges).draw();
  }

  private DomContent draw() {
    List<DomContent> arrows = new ArrayList<>();
    List<DomContent> labels = new ArrayList<>();
    for (ActorEdge edge : edges) {
      addEdge(edge, arrows, labels);
    }
    double width = 2 * MARGIN + (layout.layers() - 1) * LAYER + ACTOR_WIDTH;
    double total = floor + MARGIN + backward * ROW / 2;
    ContainerTag<?> svg =
        Html.svg("svg", width, total)
            .attr("width", Html.number(width))
            .attr("height", Html.number(total))
            .attr("role", "img")
            .attr("aria-label", "Actors and the messages between them; the table has the numbers")
            .attr("class", "picture");
    svg.with(heads());
    svg.with(arrows);
    actors.forEach((name, place) -> svg.with(actor(name, place)));
    svg.with(labels);
    return div(svg).withClass("scroll").attr("tabindex", "0");
  }

  private static DomContent heads() {
    return Html.shape("defs").with(head("head", "arrow-head"), head("head-bad", "arrow-head bad"));
  }

  private static DomContent head(String id, String name) {
    return Html.shape("marker")
        .attr("id", id)
        .attr("viewBox", "0 0 8 8")
        .attr("refX", "7")
        .attr("refY", "4")
        .attr("markerWidth", "9")
        .attr("markerHeight", "9")
        .attr("markerUnits", "userSpaceOnUse")
        .attr("orient", "auto")
        .with(Html.shape("path").attr("d", "M0 0L8 4L0 8z").attr("class", name));
  }

  private Point place(Place place) {
    double space = height / layout.size(place.layer());
    return new Point(MARGIN + place.layer() * LAYER, MARGIN + (place.index() + 0.5) * space);
  }

  private Point placeOf(String actor) {
    return place(actors.getOrDefault(actor, new Place(0, 0)));
  }

  private DomContent actor(String name, Place place) {
    Point at = place(place);
    return Html.shape("g")
        .attr("class", "actor " + Html.colour(name))
        .with(
            Html.shape("title").withText(Shown.harmless(Shown.clip(name, Html.LINE))),
            Html.shape("rect")
                .attr("x", Html.number(at.x()))
                .attr("y", Html.number(at.y() - ACTOR_HEIGHT / 2))
                .attr("width", Html.number(ACTOR_WIDTH))
                .attr("height", Html.number(ACTOR_HEIGHT))
                .attr("rx", "6"),
            label(
                Shown.harmless(Shown.clip(name.isEmpty() ? "(empty)" : name, NAME)),
                at.x() + ACTOR_WIDTH / 2,
                at.y() + 4,
                "name"));
  }

  private static ContainerTag<?> label(String text, double x, double y, String name) {
    return Html.shape("text")
        .attr("x", Html.number(x))
        .attr("y", Html.number(y))
        .attr("text-anchor", "middle")
        .attr("class", name)
        .withText(text);
  }

  private void addEdge(ActorEdge edge, List<DomContent> arrows, List<DomContent> labels) {
    Point from = placeOf(edge.from());
    Point to = placeOf(edge.to());
    String path;
    Point middle;
    if (layout.isBackward(edge)) {
      backward++;
      double y = floor + backward * ROW / 2 - 8;
      path =
          "M%s %sC%s %s %s %s %s %sL%s %sC%s %s %s %s %s %s"
              .formatted(
                  numbers(
                      from.x() + ACTOR_WIDTH * 0.6, from.y() + ACTOR_HEIGHT / 2,
                      from.x() + ACTOR_WIDTH * 0.6, y,
                      from.x() + ACTOR_WIDTH * 0.6, y,
                      from.x() + ACTOR_WIDTH * 0.5, y,
                      to.x() + ACTOR_WIDTH * 0.5, y,
                      to.x() + ACTOR_WIDTH * 0.4, y,
                      to.x() + ACTOR_WIDTH * 0.4, y,
                      to.x() + ACTOR_WIDTH * 0.4, to.y() + ACTOR_HEIGHT / 2));
      middle = new Point((from.x() + to.x() + ACTOR_WIDTH) / 2, y);
    } else {
      List<Point> points = new ArrayList<>();
      points.add(new Point(from.x() + ACTOR_WIDTH, from.y()));
      for (Place passage : layout.passages(edge)) {
        Point at = place(passage);
        points.add(at);
        points.add(new Point(at.x() + ACTOR_WIDTH, at.y()));
      }
      points.add(new Point(to.x(), to.y()));
      path = curve(points);
      int half = points.size() / 2;
      Point a = points.get(half - 1);
      Point b = points.get(half);
      middle = new Point((a.x() + b.x()) / 2, (a.y() + b.y()) / 2);
    }
    boolean isBad = edge.errors() > 0;
    double wide = 1.2 + 3 * Math.log1p((double) edge.count()) / Math.log1p((double) most);
    arrows.add(
        Html.shape("path")
            .attr("d", path)
            .attr("class", isBad ? "arrow bad" : "arrow")
            .attr("stroke-width", Html.number(wide))
            .attr("marker-end", isBad ? "url(#head-bad)" : "url(#head)"));
    addLabel(edge, middle, labels);
  }

  /** From each point to the next: a curve between layers, a line through one. */
  private static String curve(List<Point> points) {
    StringBuilder path = new StringBuilder();
    path.append("M%s %s".formatted(numbers(points.getFirst().x(), points.getFirst().y())));
    for (int i = 1; i < points.size(); i++) {
      Point a = points.get(i - 1);
      Point b = points.get(i);
      double bend = (b.x() - a.x()) / 2;
      path.append(
          a.y() == b.y()
              ? "H%s".formatted(numbers(b.x()))
              : "C%s %s %s %s %s %s"
                  .formatted(numbers(a.x() + bend, a.y(), b.x() - bend, b.y(), b.x(), b.y())));
    }
    return path.toString();
  }

  private static Object[] numbers(double... values) {
    Object[] texts = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      texts[i] = Html.number(values[i]);
    }
    return texts;
  }

  private static void addLabel(ActorEdge edge, Point middle, List<DomContent> labels) {
    String text =
        Shown.count(edge.count())
            + (edge.bytes() > 0 ? " · " + Shown.bytes(edge.bytes()) : "")
            + (edge.errors() > 0 ? " · ✗ " + Shown.count(edge.errors()) : "");
    double wide = text.length() * CHARACTER + 10;
    labels.add(
        Html.shape("g")
            .attr("class", edge.errors() > 0 ? "edge bad" : "edge")
            .with(
                Html.shape("rect")
                    .attr("x", Html.number(middle.x() - wide / 2))
                    .attr("y", Html.number(middle.y() - 9))
                    .attr("width", Html.number(wide))
                    .attr("height", "18")
                    .attr("rx", "9"),
                label(text, middle.x(), middle.y() + 4, "numbers")));
  }
}
