package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConflictException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The last header wins, but a finished trace is never turned back. */
class HeaderRuleTest {
  private static final FlowTrace FINISHED = trace(ExecutionStatus.Kind.COMPLETED);

  @ParameterizedTest
  @EnumSource
  void the_first_header_is_stored(ExecutionStatus.Kind kind) {
    assertThat(HeaderRule.decide(null, trace(kind))).isEqualTo(HeaderRule.REPLACE);
  }

  @ParameterizedTest
  @EnumSource
  void a_header_replaces_that_of_a_trace_that_is_not_finished(ExecutionStatus.Kind kind) {
    assertThat(HeaderRule.decide(true, false, trace(kind))).isEqualTo(HeaderRule.REPLACE);
  }

  @ParameterizedTest
  @EnumSource
  void only_a_finished_header_replaces_that_of_a_finished_trace(ExecutionStatus.Kind kind) {
    FlowTrace incoming = FINISHED.toBuilder().status(ExecutionStatus.of(kind, "x")).build();

    assertThat(HeaderRule.decide(FINISHED, incoming))
        .isEqualTo(kind.isTerminal() ? HeaderRule.REPLACE : HeaderRule.KEEP);
    assertThat(HeaderRule.replaces(FINISHED, incoming)).isEqualTo(kind.isTerminal());
  }

  @Test
  void a_header_with_another_flow_is_refused() {
    FlowTrace other = FINISHED.toBuilder().flowId("other").build();

    assertThat(HeaderRule.decide(FINISHED, other)).isEqualTo(HeaderRule.REFUSE);
    assertThatThrownBy(() -> HeaderRule.replaces(FINISHED, other))
        .isInstanceOf(StoreConflictException.class);
  }

  @Test
  void a_conflict_names_the_trace_the_fields_and_the_way_out() {
    FlowTrace other =
        FINISHED.toBuilder().flowId("other").startTime(FINISHED.startTime().plusNanos(1)).build();

    assertThatThrownBy(() -> HeaderRule.replaces(FINISHED, other))
        .hasMessage(
            "trace "
                + FINISHED.traceId()
                + " is stored with another flow id and another start time, and no write changes"
                + " that; give this trace an id of its own, or delete the stored one first");
  }

  private static FlowTrace trace(ExecutionStatus.Kind kind) {
    return FlowTrace.builder("etl").status(ExecutionStatus.of(kind, "x")).build();
  }
}
