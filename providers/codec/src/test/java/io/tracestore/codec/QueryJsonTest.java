package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryJsonTest {
  private static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2025-01-02T00:00:00.5Z");

  @Test
  void aQueryOfReflowIsRead() {
    String text =
        """
        {"flow_id":"etl","execution_id":"f47ac10b-58cc-4372-a567-0e02b2c3d479",
         "time_range":["2025-01-01T00:00:00Z","2025-01-02T00:00:00.500Z"],
         "status":{"Failed":{"error":"boom"}},"actor_filter":"load","limit":5,"offset":10}
        """;

    assertThat(ReflowJson.readQuery(text))
        .isEqualTo(
            TraceQuery.builder()
                .flowId("etl")
                .executionId(ExecutionId.of("f47ac10b-58cc-4372-a567-0e02b2c3d479"))
                .startedBetween(FROM, TO)
                .status(ExecutionStatus.failed("boom"))
                .actorContains("load")
                .limit(5)
                .offset(10)
                .build());
  }

  @Test
  void nullAndAbsentFieldsFilterNothing() {
    String nulls =
        """
        {"flow_id":null,"execution_id":null,"time_range":null,"status":null,"actor_filter":null,\
        "limit":null,"offset":null}\
        """;

    assertThat(ReflowJson.readQuery(nulls)).isEqualTo(TraceQuery.ALL);
    assertThat(ReflowJson.readQuery("{}")).isEqualTo(TraceQuery.ALL);
    assertThat(ReflowJson.write(TraceQuery.ALL)).isEqualTo(nulls);
  }

  @Test
  void everyFilterIsReadBack() {
    TraceQuery query =
        TraceQuery.builder()
            .startedFrom(FROM)
            .status(ExecutionStatus.Kind.FAILED)
            .actor("a")
            .actorContains("b")
            .eventType("Custom(x)")
            .tag("k", "v")
            .minDuration(Duration.ofNanos(3))
            .maxDuration(Duration.ofNanos(4))
            .attribute("order.id", "4711")
            .attribute("amount", 1.5)
            .attribute("paid", true)
            .hasAttribute("a")
            .hasAttribute("b")
            .hasError()
            .errorContaining("time")
            .port("in")
            .environment("prod")
            .userId("u")
            .sessionId("s")
            .limit(Integer.MAX_VALUE)
            .offset(Long.MAX_VALUE)
            .after(new TraceQuery.Position(TO, TraceId.of("00000000-0000-0000-0000-000000000001")))
            .withEvents(false)
            .maxEventBytes(1L << 20)
            .build();

    assertThat(ReflowJson.readQuery(ReflowJson.write(query))).isEqualTo(query);
  }

  @Test
  void eachEndOfTheTimeRangeIsReadBackAlone() {
    TraceQuery to = TraceQuery.builder().startedTo(TO).build();
    TraceQuery both = TraceQuery.builder().startedBetween(FROM, TO).build();

    assertThat(ReflowJson.readQuery(ReflowJson.write(to))).isEqualTo(to);
    assertThat(ReflowJson.readQuery(ReflowJson.write(both))).isEqualTo(both);
  }

  @Test
  void anErrorAloneIsAskedForAsFailedWithIt() {
    TraceQuery query = TraceQuery.builder().failedWith("boom").build();

    assertThat(ReflowJson.readQuery(ReflowJson.write(query)))
        .isEqualTo(TraceQuery.builder().status(ExecutionStatus.failed("boom")).build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"limit\":0}|limit must be positive: 0",
        "{\"limit\":-1}|limit: expected a whole number from 0 to 2147483647, found -1",
        "{\"offset\":1e3}|offset: expected a whole number from 0 to 9223372036854775807, found 1e3",
        "{\"time_range\":[]}|time_range: expected an array of two times, found 0",
        "{\"time_range\":\"\"}|time_range: expected an array, found \"\"",
        "{\"event_type\":\"X\"}|unknown event type: 'X'; an own kind is written Custom(name)",
        "{\"status_kind\":\"X\"}|status_kind: unknown status \"X\"",
        "[]|expected an object, found an array",
      })
  void aQueryThatIsNoneIsRefusedByName(String text, String message) {
    assertThatThrownBy(() -> ReflowJson.readQuery(text))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageEndingWith(message);
  }
}
