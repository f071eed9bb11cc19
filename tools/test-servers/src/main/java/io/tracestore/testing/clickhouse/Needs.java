package io.tracestore.testing.clickhouse;

import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.util.Optional;
import java.util.function.Supplier;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the tests of a class, with the reason, where what they need is not there; with {@code
 * TRACESTORE_REQUIRE=all} they then fail. For Jupiter and jqwik: an assumption would do for the
 * first, but makes jqwik try on.
 */
public abstract sealed class Needs implements ExecutionCondition, SkipExecutionHook {
  private final Optional<String> reason;

  private Needs(Supplier<Optional<String>> whyNot) {
    reason = "all".equals(System.getenv("TRACESTORE_REQUIRE")) ? Optional.empty() : whyNot.get();
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

  /** The server of the test run, wherever it comes from. */
  public static final class AnyServer extends Needs {
    public AnyServer() {
      super(ClickHouseServers::whyNot);
    }
  }

  /** A cluster, wherever it comes from. */
  public static final class Cluster extends Needs {
    public Cluster() {
      super(ClickHouseCluster::whyNot);
    }
  }

  /** A server that a test may kill, and start as it likes. */
  public static final class OwnServer extends Needs {
    public OwnServer() {
      super(() ->
          ClickHouseProcess.library().isPresent()
              ? Optional.empty()
              : Optional.of("no libchdb is installed (ci/clickhouse does it)"));
    }
  }
}
