package io.tracestore.compat.redis;

import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the tests of a class, with the reason, where what they need is not there. For Jupiter and
 * jqwik: an assumption would do for the first, but makes jqwik try on.
 */
public abstract sealed class Needs implements ExecutionCondition, SkipExecutionHook {
  /** The environment variable that names a server. */
  public static final String URI_VARIABLE = "TRACESTORE_REDIS_URI";

  private final boolean there;
  private final String otherwise;

  private Needs(boolean there, String otherwise) {
    this.there = there;
    this.otherwise = otherwise;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return there
        ? ConditionEvaluationResult.enabled("it is there")
        : ConditionEvaluationResult.disabled(otherwise);
  }

  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    return there ? SkipResult.doNotSkip() : SkipResult.skip(otherwise);
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  /** A server that is installed on this machine. */
  public static final class InstalledServer extends Needs {
    public InstalledServer() {
      super(RedisServer.installed().isPresent(), "no redis-server is installed (ci/redis does it)");
    }
  }

  /** A server that the environment names. */
  public static final class NamedServer extends Needs {
    public NamedServer() {
      super(System.getenv(URI_VARIABLE) != null, URI_VARIABLE + " is not set");
    }
  }
}
