package io.tracestore.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in one line why the store cannot be opened, and the way out. */
final class TraceStoreFailureAnalyzer extends AbstractFailureAnalyzer<TraceStoreStartException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, TraceStoreStartException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.wayOut(), cause);
  }
}
