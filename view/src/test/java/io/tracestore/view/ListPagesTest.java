package io.tracestore.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.analytics.ActorEdge;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ListPagesTest {
  private static final Pattern TAG = Pattern.compile("<[^>]*>");

  private static String text(String html) {
    return TAG.matcher(html).replaceAll(" ").replaceAll("\\s+", " ");
  }

  private static TraceFilters filters(Map<String, List<String>> parameters) {
    return TraceFilters.of(parameters);
  }

  @Test
  void a_trace_is_listed_with_status_start_and_time() {
    FlowTrace failed = Traces.failed();
    String html =
        TracesPage.html(
            filters(Map.of()),
            List.of(failed),
            Map.of(failed.traceId(), new EventCounts(1200, 3)),
            List.of());

    assertThat(text(html))
        .contains(
            "orders team=blue disk full ✗ Failed 2026-01-05 08:00:00.000 100ms 1,200 3 failed …00000002");
    assertThat(html)
        .contains("href=\"/traces/00000000-0000-0001-0000-000000000002\"")
        .contains("data-live=\"traces\"");
  }

  @Test
  void filters_in_use_stand_in_the_form() {
    String html =
        TracesPage.html(
            filters(
                Map.of(
                    "flow", List.of("a\"b"), "tag", List.of("k=v"), "status", List.of("Failed"))),
            List.of(),
            Map.of(),
            List.of());

    assertThat(html)
        .contains("name=\"flow\" placeholder=\"\" value=\"a&quot;b\"")
        .contains("name=\"tag\" placeholder=\"key=value\" value=\"k=v\"")
        .contains("<option value=\"Failed\" selected>")
        .contains("<details id=\"more\" open>");
    assertThat(text(html)).contains("No trace matches these filters.");
  }

  @Test
  void a_full_page_links_to_the_next_one() {
    assertThat(
            TracesPage.html(
                filters(Map.of("limit", List.of("1"))),
                List.of(Traces.failed()),
                Map.of(),
                List.of()))
        .contains("rel=\"next\"");
    assertThat(TracesPage.html(filters(Map.of()), List.of(Traces.failed()), Map.of(), List.of()))
        .doesNotContain("rel=\"next\"");
  }

  @Test
  void a_filter_that_is_not_valid_is_reported_beside_the_form() {
    assertThat(TracesPage.refused(filters(Map.of("limit", List.of("x"))), "limit <x>"))
        .contains("role=\"alert\"")
        .contains("limit &lt;x&gt;");
  }

  @Test
  void flows_are_counted_with_failures_and_percentiles() {
    FlowTrace failed = Traces.failed();
    FlowTrace running = Traces.trace(ExecutionStatus.running());

    assertThat(text(FlowsPage.html(List.of(failed, running, failed, failed))))
        .contains("Counted over all 4 traces.")
        .contains("orders actors 4 3 (75 %) 1 100ms 100ms 2026-01-05 08:00:00.000");
  }

  @Test
  void an_edge_has_its_numbers_in_the_picture_and_in_the_table() {
    String text = text(ActorsPage.html(null, List.of(new ActorEdge("a", "b", 1200, 3_400_000, 2))));

    assertThat(text).contains("1,200 · 3.4 MB · ✗ 2").contains("a b 1,200 3.4 MB 2");
  }

  @Test
  void names_of_flows_and_actors_are_never_markup() {
    String hostile = "<script>\"'";
    assertThat(FlowsPage.html(List.of(Traces.of(hostile)))).doesNotContain("<script>");
    assertThat(ActorsPage.html(hostile, List.of(new ActorEdge(hostile, "b", 1, 0, 0))))
        .doesNotContain("<script>");
    assertThat(
            TracesPage.html(
                filters(Map.of()), List.of(Traces.of(hostile)), Map.of(), List.of(hostile)))
        .doesNotContain("<script>");
  }
}
