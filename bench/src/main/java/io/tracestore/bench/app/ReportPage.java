package io.tracestore.bench.app;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes a run as one page that needs nothing else: charts, each with its table, and advice. */
final class ReportPage {
  private static final String CHART_JS =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  /** More than these get the whole width. */
  private static final int MANY_LABELS = 6;

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z-]+)}}");

  private final Results results;
  private final Machine machine;
  private final List<StoreFacts> stores;
  private final Recommendation recommendation;

  ReportPage(
      Results results, Machine machine, List<StoreFacts> stores, Recommendation recommendation) {
    this.results = results;
    this.machine = machine;
    this.stores = stores;
    this.recommendation = recommendation;
  }

  /** The page. */
  String html() throws IOException {
    List<Charts.Chart> charts = Charts.of(results);
    JsonValue data = JsonValue.from(charts.stream().map(Charts.Chart::toData).toList());
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("style", resource("report.css"));
    parts.put("machine", machineTable());
    parts.put("summary", escape(machine.summary()));
    parts.put("recommendation", recommendationText());
    parts.put("matrix", matrixTable());
    parts.put("cost", costTable());
    parts.put("charts", String.join("\n", charts.stream().map(ReportPage::section).toList()));
    parts.put("numbers", table("Every number", ResultTable.COLUMNS, ResultTable.rows(results), 2));
    parts.put("data", forScript(ReflowJson.write(data)));
    parts.put("library", library());
    parts.put("script", resource("report.js"));
    // One pass: what is put in is never looked into.
    return PLACEHOLDER
        .matcher(resource("report.html"))
        .replaceAll(match -> Matcher.quoteReplacement(part(parts, match.group(1))));
  }

  private static String part(Map<String, String> parts, String name) {
    String part = parts.get(name);
    if (part == null) {
      throw new IllegalStateException("report.html has an unknown placeholder " + name);
    }
    return part;
  }

  /** The same JSON, escaped so that no text in it ends a script element or opens a comment. */
  static String forScript(String json) {
    return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String library() throws IOException {
    // A map of the source, which the page does not have.
    return resource(CHART_JS).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing in this build: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String machineTable() {
    StringBuilder html = new StringBuilder("<dl>\n");
    machine
        .facts()
        .forEach((name, value) ->
            html.append(
                "<div><dt>%s</dt><dd>%s</dd></div>%n".formatted(escape(name), escape(value))));
    return html.append("</dl>").toString();
  }

  private String recommendationText() {
    StringBuilder html = new StringBuilder();
    html.append(
        "<p>Needed: <strong>%s</strong>.</p>%n"
            .formatted(escape(recommendation.need().toString())));
    html.append(
        recommendation
            .best()
            .map(best ->
                "<p class=\"best\">Take <strong>%s</strong></p>%n".formatted(escape(best.store())))
            .orElse("<p class=\"best\">None of the measured stores fits.</p>\n"));
    html.append("<div class=\"verdicts\">\n");
    for (Recommendation.Verdict verdict : recommendation.verdicts()) {
      html.append(
          "<section class=\"verdict%s\">%n<h3>%s %s</h3>%n<ul>%n"
              .formatted(
                  verdict.fits() ? "" : " lacks",
                  escape(verdict.store()),
                  verdict.fits() ? "fits, score %.2f".formatted(verdict.score()) : "does not fit"));
      verdict.reasons().forEach(r -> html.append("<li>%s</li>%n".formatted(escape(r))));
      html.append("</ul>\n</section>\n");
    }
    return html.append("</div>").toString();
  }

  private String matrixTable() {
    List<String> columns = new ArrayList<>(List.of("Feature"));
    stores.forEach(store -> columns.add(store.label()));
    Map<String, String> measures = new LinkedHashMap<>();
    List<List<String>> rows = new ArrayList<>();
    for (DecisionMatrix.Row row : DecisionMatrix.of(stores, results)) {
      List<String> cells = new ArrayList<>(List.of(row.feature()));
      cells.addAll(row.cells());
      rows.add(cells);
      measures.put(row.feature(), row.measure());
    }
    String html = table("Decision matrix", columns, rows, columns.size());
    for (Map.Entry<String, String> measure : measures.entrySet()) {
      String name = "<th scope=\"row\">" + escape(measure.getKey());
      String note = " <span class=\"measure\">%s</span>".formatted(escape(measure.getValue()));
      html = html.replace(name, name + note);
    }
    return html;
  }

  private String costTable() {
    List<List<String>> rows = Goal.of(stores, results).stream().map(Goal.Row::texts).toList();
    return table("What the library costs", Goal.COLUMNS, rows, 2)
        .replace("\"number\">met<", "\"number met\">✓ met<")
        .replace("\"number\">missed<", "\"number missed\">✗ missed<");
  }

  private static String section(Charts.Chart chart) {
    List<String> columns = new ArrayList<>(List.of(chart.axis().isEmpty() ? " " : chart.axis()));
    chart.series().forEach(series -> columns.add(series.name()));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < chart.labels().size(); i++) {
      List<String> row = new ArrayList<>(List.of(chart.labels().get(i)));
      for (Charts.Series series : chart.series()) {
        Double value = series.values().get(i);
        row.add(value == null ? Numbers.UNKNOWN : chart.unit().format(value));
      }
      rows.add(row);
    }
    return """
    <section class="chart%6$s" aria-labelledby="%1$s-title">
    <h3 id="%1$s-title">%2$s</h3>
    <p class="note">%3$s</p>
    <div class="canvas" style="height: %4$dpx"><canvas id="%1$s" role="img" aria-label="%2$s; the table below has its numbers"></canvas></div>
    <details><summary>Numbers of this chart</summary>
    %5$s
    </details>
    </section>\
    """
        .formatted(
            chart.id(),
            escape(chart.title()),
            escape(chart.note()),
            height(chart),
            table(chart.title(), columns, rows, 1),
            chart.labels().size() > MANY_LABELS ? " wide" : "");
  }

  /** Bars lie, so that names of operations can be read on a phone too. */
  private static int height(Charts.Chart chart) {
    int bars = chart.labels().size() * (chart.series().size() * 12 + 10);
    return chart.lines() ? 300 : Math.max(140, 90 + bars);
  }

  /**
   * A table.
   *
   * @param names how many columns on the left are no numbers
   */
  private static String table(
      String caption, List<String> columns, List<List<String>> rows, int names) {
    StringBuilder html = new StringBuilder();
    html.append(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%1$s, table\"><table>%n<caption>%1$s</caption>%n<thead><tr>"
            .formatted(escape(caption)));
    for (int i = 0; i < columns.size(); i++) {
      html.append(
          "<th scope=\"col\"%s>%s</th>"
              .formatted(i < names ? "" : " class=\"number\"", escape(columns.get(i))));
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr><th scope=\"row\">%s</th>".formatted(escape(row.getFirst())));
      for (int i = 1; i < row.size(); i++) {
        html.append(
            "<td%s>%s</td>".formatted(i < names ? "" : " class=\"number\"", escape(row.get(i))));
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody>\n</table></div>").toString();
  }
}
