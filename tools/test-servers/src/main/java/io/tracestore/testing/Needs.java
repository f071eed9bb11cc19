package io.tracestore.testing;

import java.util.Optional;
import java.util.function.Supplier;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the tests of a class, with the reason, where what they need is missing. For Jupiter and
 * jqwik: an assumption would do for the first, but makes jqwik try on.
 */
public abstract class Needs implements ExecutionCondition, SkipExecutionHook {
  private final Optional<String> reason;

  /** Skips the tests for a reason, if there is one. */
  protected Needs(Optional<String> reason) {
    this.reason = reason;
  }

  /**
   * A reason for something that a script of {@code ci/} installs: with {@code
   * TRACESTORE_REQUIRE=all} the tests fail instead of being skipped, and {@code reason} is not
   * asked.
   */
  protected static Optional<String> unlessRequired(Supplier<Optional<String>> reason) {
    return Installed.isRequired() ? Optional.empty() : reason.get();
  }

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
