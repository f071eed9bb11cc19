package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kinds of status and of event have the names that files and filters know. */
class KindsTest {
  @ParameterizedTest
  @CsvSource({
    "PENDING, Pending, false",
    "RUNNING, Running, false",
    "COMPLETED, Completed, true",
    "FAILED, Failed, true",
    "CANCELLED, Cancelled, true"
  })
  void a_status_has_a_name_and_is_final_or_not(
      ExecutionStatus.Kind kind, String wireName, boolean terminal) {
    assertThat(kind.wireName()).isEqualTo(wireName);
    assertThat(kind.isTerminal()).isEqualTo(terminal);
    assertThat(ExecutionStatus.of(kind, "x").kind()).isEqualTo(kind);
  }

  @Test
  void only_a_failed_status_has_an_error() {
    assertThat(ExecutionStatus.of(ExecutionStatus.Kind.FAILED, "x"))
        .isEqualTo(ExecutionStatus.failed("x"))
        .isNotEqualTo(ExecutionStatus.failed(""));
    assertThat(ExecutionStatus.of(ExecutionStatus.Kind.CANCELLED, "x"))
        .isEqualTo(new ExecutionStatus.Cancelled());
  }

  @Test
  void the_plain_kinds_of_event_have_the_names_of_reflow() {
    assertThat(Arrays.stream(TraceEventType.Plain.values()).map(TraceEventType::typeName))
        .containsExactly(
            "ActorCreated",
            "ActorStarted",
            "ActorCompleted",
            "ActorFailed",
            "MessageSent",
            "MessageReceived",
            "StateChanged",
            "PortConnected",
            "PortDisconnected",
            "NetworkEvent");
  }

  @ParameterizedTest
  @EnumSource
  void a_plain_kind_is_found_by_its_name(TraceEventType.Plain plain) {
    assertThat(TraceEventType.plain(plain.typeName())).isSameAs(plain);
    assertThat(TraceEventType.isTypeName(plain.typeName())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "actorCreated", "DataFlow", "Custom", "Custom(x)"})
  void no_other_name_is_a_plain_kind(String name) {
    assertThatThrownBy(() -> TraceEventType.plain(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown event type: '" + name + "'");
  }

  @Test
  void a_data_flow_and_an_own_kind_say_what_they_are() {
    assertThat(TraceEventType.dataFlow("b", "in").typeName()).isEqualTo("DataFlow");
    assertThat(TraceEventType.custom("DataFlow").typeName()).isEqualTo("Custom(DataFlow)");
    assertThat(TraceEventType.isTypeName("DataFlow")).isTrue();
  }

  @Property
  void every_own_kind_has_a_name_that_filters_take(@ForAll String name) {
    if (isWellFormed(name)) {
      assertThat(TraceEventType.isTypeName(TraceEventType.custom(name).typeName())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "Custom", "Custom(", "custom(x)", "dataflow", "ACTOR_CREATED"})
  void other_names_are_no_types(String name) {
    assertThat(TraceEventType.isTypeName(name)).isFalse();
  }

  private static boolean isWellFormed(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }
}
