package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The last header wins, but a finished trace is never turned back. */
class HeadersTest {
  @ParameterizedTest
  @EnumSource
  void a_header_replaces_that_of_a_trace_that_is_not_finished(ExecutionStatus.Kind kind) {
    assertThat(Headers.replaces(false, trace(kind))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void only_a_finished_header_replaces_that_of_a_finished_trace(ExecutionStatus.Kind kind) {
    assertThat(Headers.replaces(true, trace(kind))).isEqualTo(kind.isTerminal());
  }

  @Test
  void a_conflict_names_the_trace() {
    FlowTrace trace = trace(ExecutionStatus.Kind.PENDING);

    assertThat(Headers.conflict(trace))
        .hasMessage(
            "trace "
                + trace.traceId()
                + " is stored with another flow id, execution id or start time; these never"
                + " change");
  }

  private static FlowTrace trace(ExecutionStatus.Kind kind) {
    return FlowTrace.builder("etl").status(ExecutionStatus.of(kind, "x")).build();
  }
}
