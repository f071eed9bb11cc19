package io.tracestore.compat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.Store;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;

/** Ends a property after as many tries as its fixture takes, which an annotation could not say. */
final class ConfiguredTries implements AroundTryHook {
  /** More than anyone asks for: the number that the annotation has to give. */
  static final int MANY = 1_000_000;

  @Override
  public TryExecutionResult aroundTry(
      TryLifecycleContext context, TryExecutor aTry, List<Object> parameters) {
    AtomicInteger tried =
        Store.getOrCreate(ConfiguredTries.class, Lifespan.PROPERTY, AtomicInteger::new).get();
    TryExecutionResult result = aTry.execute(parameters);
    if (result.status() == TryExecutionResult.Status.FALSIFIED) {
      return result.throwable().map(failure -> falsified(context, failure)).orElse(result);
    }
    boolean enough = tried.incrementAndGet() >= tries(context);
    return enough && result.status() == TryExecutionResult.Status.SATISFIED
        ? TryExecutionResult.satisfied(true)
        : result;
  }

  private static TryExecutionResult falsified(TryLifecycleContext context, Throwable failure) {
    return TryExecutionResult.falsified(
        BrokenPromise.of(
            context.containerClass().getSimpleName(), context.targetMethod().getName(), failure));
  }

  private static int tries(TryLifecycleContext context) {
    int usual = KitSettings.tries();
    return context.testInstances().stream()
        .filter(StoreFixture.class::isInstance)
        .map(StoreFixture.class::cast)
        .findFirst()
        .map(fixture -> fixture.tries(usual))
        .orElse(usual);
  }
}
