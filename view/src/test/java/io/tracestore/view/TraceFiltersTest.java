package io.tracestore.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceFiltersTest {
  private static TraceFilters filters(String... pairs) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      parameters.merge(
          pairs[i],
          List.of(pairs[i + 1]),
          (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
    }
    return TraceFilters.of(parameters);
  }

  @Test
  void parameters_are_the_options_of_the_command_query() {
    TraceQuery query =
        filters(
                "flow", "orders",
                "status", "failed",
                "from", "2026-01-05",
                "to", "2026-01-06",
                "tag", "team=blue",
                "tag", "a=b=c",
                "min-duration", "300ms",
                "attribute", "retries=3",
                "error", "true",
                "limit", "7")
            .toQuery();

    assertThat(query)
        .isEqualTo(
            TraceQuery.builder()
                .flowId("orders")
                .status(ExecutionStatus.Kind.FAILED)
                .startedFrom(Instant.parse("2026-01-05T00:00:00Z"))
                .startedTo(Instant.parse("2026-01-06T23:59:59.999999999Z"))
                .tag("team", "blue")
                .tag("a", "b=c")
                .minDuration(Duration.ofMillis(300))
                .attribute("retries", 3)
                .hasError()
                .limit(7)
                .withEvents(false)
                .build());
  }

  @Test
  void empty_parameters_of_a_form_are_left_out_of_the_address() {
    TraceFilters filters = filters("flow", "a&b ü", "status", "", "tag", "", "tag", "k=v");

    assertThat(filters.hasEmpty()).isTrue();
    assertThat(filters.path()).isEqualTo("/?flow=a%26b%20%C3%BC&tag=k%3Dv");
    assertThat(filters("flow", "").path()).isEqualTo("/");
  }

  @Test
  void the_next_page_begins_after_the_last_trace_of_this_one() {
    var last = Traces.failed();
    TraceFilters filters = filters("flow", "orders");

    assertThat(filters.pathAfter(last))
        .isEqualTo(
            "/?flow=orders&after=2026-01-05T08%3A00%3A00Z%2F00000000-0000-0001-0000-000000000002");
    assertThat(filters("after", "2026-01-05T08:00:00Z/" + last.traceId()).toQuery().after())
        .isEqualTo(TraceQuery.Position.of(last));
  }

  @ParameterizedTest
  @CsvSource({
    "status, done, 'status: ''done'' is none of Pending, Running, Completed, Failed, Cancelled'",
    "min-duration, long, 'min-duration: ''long'' is no duration such as 300ms, 1.5s, 2m or 1h'",
    "tag, blue, 'tag must be KEY=VALUE: ''blue'''",
    "limit, 501, 'limit must be 1 to 500: 501'",
    "colour, red, 'there is no filter ''colour'''",
    "error, perhaps, 'error: ''perhaps'' is neither true nor false'",
  })
  void a_filter_that_is_not_valid_is_refused_by_name(String name, String value, String reason) {
    assertThatThrownBy(() -> filters(name, value).toQuery())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(reason);
  }
}
