package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventMetricsCollectorTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void anAnswerWithTooManyGroupsIsRefusedWithTheWayOut() {
    EventMetricsCollector collector =
        new EventMetricsCollector(
            EventMetricsQuery.builder().bucket(Duration.ofSeconds(1)).build());
    for (int i = 0; i < EventMetricsCollector.MAX_GROUPS; i++) {
      collector.groupAt(i * SECOND, "actor", "type");
    }
    collector.groupAt(0, "actor", "type");
    assertThat(collector.result()).hasSize(EventMetricsCollector.MAX_GROUPS);
    assertThatThrownBy(() -> collector.groupAt(-SECOND, "actor", "type"))
        .isInstanceOf(StoreCapacityException.class)
        .hasMessage(
            "the answer has more than 200000 groups of bucket, actor and type;"
                + " ask for longer buckets, a shorter time, or one actor");
  }
}
