package io.tracestore.testing.redis;

import java.util.Optional;
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

  private final Optional<String> whyNot;

  private Needs(Optional<String> whyNot) {
    this.whyNot = whyNot;
  }

  private Needs(boolean there, String otherwise) {
    this(there ? Optional.empty() : Optional.of(otherwise));
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return whyNot
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("it is there"));
  }

  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    return whyNot.map(SkipResult::skip).orElseGet(SkipResult::doNotSkip);
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

  /** A container of Redis. */
  public static final class RedisContainer extends Needs {
    public RedisContainer() {
      super(RedisContainers.REDIS.whyNot());
    }
  }

  /** A container of Valkey. */
  public static final class ValkeyContainer extends Needs {
    public ValkeyContainer() {
      super(RedisContainers.VALKEY.whyNot());
    }
  }
}
