package io.tracestore.view;

import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;

import io.tracestore.view.TimelineRows.Row;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The whole timeline in one small picture, however long it is. What falls on the same spot is drawn
 * once, so the picture has a bounded size.
 */
final class Overview {
  /** Fewer rows are seen at a glance anyway. */
  static final int MIN_ROWS = 30;

  private static final double WIDTH = 1000;
  private static final int LINES = 60;

  private record Spot(int line, int from, int to) {}

  private Overview() {}

  /**
   * The picture.
   *
   * @param shown the rows of the page, which are marked; null if all are
   */
  static DomContent of(TimelineRows rows, @Nullable List<Row> shown) {
    ContainerTag<?> svg =
        Html.svg("svg", WIDTH, LINES)
            .attr("preserveAspectRatio", "none")
            .attr("role", "img")
            .attr("aria-label", "The whole timeline")
            .attr("class", "overview");
    int count = rows.all().size();
    if (shown != null && shown.size() < count) {
      double from = (double) shown.getFirst().index() * LINES / count;
      double to = (double) (shown.getLast().index() + 1) * LINES / count;
      svg.with(
          Html.shape("rect")
              .attr("class", "shown")
              .attr("x", "0")
              .attr("y", Html.number(from))
              .attr("width", Html.number(WIDTH))
              .attr("height", Html.number(Math.max(1, to - from))));
    }
    svg.with(path("work", rows, false), path("bad", rows, true));
    return figure(
            svg,
            figcaption(
                "All %s%s"
                    .formatted(
                        Shown.count(count, "line"),
                        shown == null || shown.size() == count ? "" : "; this page is marked")))
        .withClass("overview-box");
  }

  private static ContainerTag<?> path(String name, TimelineRows rows, boolean failed) {
    Set<Spot> drawn = new HashSet<>();
    StringBuilder path = new StringBuilder();
    int count = rows.all().size();
    for (Row row : rows.all()) {
      if (row.hasFailed() != failed) {
        continue;
      }
      int line = (int) ((long) row.index() * LINES / count);
      int from = (int) rows.position(row.events().getFirst().timestamp(), WIDTH);
      int to = (int) rows.position(row.events().getLast().timestamp(), WIDTH);
      Spot spot = new Spot(line, from, Math.max(from + 2, to));
      if (drawn.add(spot)) {
        path.append("M%d %d.5H%d".formatted(spot.from(), spot.line(), spot.to()));
      }
    }
    return Html.shape("path").attr("class", name).attr("d", path.toString());
  }
}
