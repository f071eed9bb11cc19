package io.tracestore.system.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import io.tracestore.compat.TraceStoreKit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A store that breaks a promise fails in the concern that the promise belongs to. */
class KitFindsDefectsTest {
  private static final String PATIENCE = "tracestore.kit.patience";

  /** A defect that the kit waits for is not mended by waiting. */
  @BeforeAll
  static void waitBriefly() {
    System.setProperty(PATIENCE, "PT2S");
  }

  @AfterAll
  static void waitAsUsual() {
    System.clearProperty(PATIENCE);
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenPromiseIsFound(Defect defect) {
    DefectiveKit.use(defect);
    TestExecutionSummary summary =
        run(
            selectNestedClass(
                List.of(DefectiveKit.class.getName()),
                TraceStoreKit.class.getName() + "$" + defect.concern()));
    assertThat(summary.getTestsFoundCount()).isPositive();
    assertThat(summary.getFailures())
        .isNotEmpty()
        .allSatisfy(failure -> {
          List<String> report =
              String.valueOf(failure.getException().getMessage()).lines().toList();
          assertThat(report.getFirst()).contains(defect.concern(), "see docs/contract.md");
          assertThat(report).hasSizeLessThan(45);
        });
  }

  @Test
  void aReportNamesTheValueThatDiffersOnce() {
    DefectiveKit.use(Defect.CUTS_TIMES_TO_MICROSECONDS);
    TestExecutionSummary summary =
        run(
            selectNestedMethod(
                List.of(DefectiveKit.class.getName()),
                TraceStoreKit.class.getName() + "$RoundTrip",
                "everyInstantIsReadBackToTheNanosecond"));
    assertThat(summary.getFailures())
        .singleElement()
        .satisfies(failure ->
            assertThat(failure.getException())
                .hasMessageMatching(
                    "Promise 1, RoundTrip: every instant is read back to the nanosecond does not hold: trace"
                        + " [0-9a-f-]{36} endTime: expected \\S+, was \\S+; see"
                        + " docs/contract.md"));
  }

  private static TestExecutionSummary run(DiscoverySelector concern) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(concern)
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }
}
