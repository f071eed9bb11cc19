package io.tracestore.compat;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Reports every failure of the kit as a {@link BrokenPromise}. */
final class FailureReport implements TestExecutionExceptionHandler {
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (failure instanceof TestAbortedException || failure instanceof VirtualMachineError) {
      throw failure;
    }
    throw BrokenPromise.of(
        context.getRequiredTestClass().getSimpleName(),
        context.getRequiredTestMethod().getName(),
        failure);
  }
}
