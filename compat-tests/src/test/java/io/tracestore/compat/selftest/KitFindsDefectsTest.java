package io.tracestore.compat.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import io.tracestore.compat.TraceStoreKit;
import java.util.List;
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
    assertThat(summary.getTestsFailedCount()).isPositive();
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
