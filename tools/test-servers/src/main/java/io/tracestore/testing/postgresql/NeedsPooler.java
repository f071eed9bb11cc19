package io.tracestore.testing.postgresql;

import java.util.Optional;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the tests of a class, with the reason, where pgbouncer is not installed; with {@code
 * TRACESTORE_REQUIRE=all} they then fail. For Jupiter and jqwik.
 */
public final class NeedsPooler implements ExecutionCondition, SkipExecutionHook {
  private final Optional<String> reason =
      Pooler.isInstalled() || "all".equals(System.getenv("TRACESTORE_REQUIRE"))
          ? Optional.empty()
          : Optional.of("pgbouncer is not installed (ci/pgbouncer does it)");

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return reason
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("it is there"));
  }

  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    return reason.map(SkipResult::skip).orElseGet(SkipResult::doNotSkip);
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }
}
