package io.tracestore.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Keeps what Spring Boot says to the user when an application does not start. */
final class LastFailure implements FailureAnalysisReporter {
  private static @Nullable FailureAnalysis last;

  LastFailure() {}

  @Override
  public void report(FailureAnalysis analysis) {
    last = analysis;
  }

  static @Nullable FailureAnalysis take() {
    FailureAnalysis taken = last;
    last = null;
    return taken;
  }
}
