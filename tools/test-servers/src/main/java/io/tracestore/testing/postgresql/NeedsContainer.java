package io.tracestore.testing.postgresql;

import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the tests of a class, with the reason, where no container of PostgreSQL can be started. For
 * Jupiter and jqwik.
 */
public final class NeedsContainer implements ExecutionCondition, SkipExecutionHook {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return PostgresContainer.whyNot()
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("Docker answers"));
  }

  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    return PostgresContainer.whyNot().map(SkipResult::skip).orElseGet(SkipResult::doNotSkip);
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }
}
