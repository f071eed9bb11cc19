package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import java.util.EnumSet;
import java.util.Set;

/** The fields of a header that no write changes. Their texts are what errors call them. */
public enum IdentityField {
  FLOW("flow id"),
  EXECUTION("execution id"),
  START("start time");

  private final String text;

  IdentityField(String text) {
    this.text = text;
  }

  /** The fields in which two headers of a trace differ. */
  public static Set<IdentityField> differing(FlowTrace a, FlowTrace b) {
    return differing(
        a.flowId().equals(b.flowId()),
        a.executionId().equals(b.executionId()),
        a.startTime().equals(b.startTime()));
  }

  /** The fields that are not the same. */
  public static Set<IdentityField> differing(
      boolean sameFlow, boolean sameExecution, boolean sameStart) {
    Set<IdentityField> fields = EnumSet.allOf(IdentityField.class);
    if (sameFlow) {
      fields.remove(FLOW);
    }
    if (sameExecution) {
      fields.remove(EXECUTION);
    }
    if (sameStart) {
      fields.remove(START);
    }
    return fields;
  }

  @Override
  public String toString() {
    return text;
  }
}
