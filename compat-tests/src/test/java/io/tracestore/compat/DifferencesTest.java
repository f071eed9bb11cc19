package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A report says what differs, whatever the answers are. */
class DifferencesTest {
  private static String between(Object expected, Object actual) {
    return Differences.between(expected, actual).summary();
  }

  @Test
  void valuesThatAreMissingOrSurplusAreNamedById() {
    assertThat(between(List.of(Samples.trace(1)), List.of(Samples.trace(2))))
        .isEqualTo(
            "missing trace %s; surplus trace %s".formatted(Samples.traceId(1), Samples.traceId(2)));
  }

  @Test
  void valuesInAnotherOrderAreNamedByTheirPlace() {
    assertThat(
            between(
                List.of(Samples.trace(1), Samples.trace(2)),
                List.of(Samples.trace(2), Samples.trace(1))))
        .isEqualTo(
            "order, at place 0: expected trace %s, was trace %s"
                .formatted(Samples.traceId(1), Samples.traceId(2)));
  }

  @Test
  void equalValuesInAnotherCollectionOrNumberAreReportedToo() {
    List<Object> one = List.of(Samples.trace(1));
    assertThat(between(one, new ArrayDeque<>(one))).contains("1 in a ").contains("ArrayDeque");
    assertThat(between(List.of(Samples.trace(1), Samples.trace(1)), one))
        .startsWith("expected 2 in a ");
  }
}
