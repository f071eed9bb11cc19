package io.tracestore.cli;

import io.tracestore.model.PerformanceMetric;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select the events to add up. */
final class AnalyticsOptions {
  /** All events since 1970 in one. */
  private static final Duration EVER = Duration.ofNanos(Long.MAX_VALUE);

  @Option(names = "--flow", paramLabel = "ID", description = "Add up events of this flow only.")
  private @Nullable String flow;

  @Option(names = "--from", paramLabel = "TIME", description = "Add up events from then on.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = Converters.Until.class,
      description = "Add up events until then; a date includes that day (UTC).")
  private @Nullable Instant to;

  @Option(
      names = "--bucket",
      paramLabel = "TIME",
      description = "Add up events by time, such as 1m or 1h.")
  private @Nullable Duration bucket;

  /** Metrics that are summed up only if they are asked for. */
  private enum Metric {
    MEMORY,
    CPU,
    QUEUE,
    THROUGHPUT,
    ALL;

    Stream<PerformanceMetric> asked() {
      return switch (this) {
        case MEMORY -> Stream.of(PerformanceMetric.MEMORY_USAGE);
        case CPU -> Stream.of(PerformanceMetric.CPU_USAGE);
        case QUEUE -> Stream.of(PerformanceMetric.QUEUE_DEPTH);
        case THROUGHPUT -> Stream.of(PerformanceMetric.THROUGHPUT);
        case ALL -> Stream.of(PerformanceMetric.values());
      };
    }
  }

  @Option(
      names = "--metrics",
      paramLabel = "METRIC",
      split = ",",
      description =
          "Sum up more than the execution time: MEMORY, CPU, QUEUE, THROUGHPUT or ALL, with commas"
              + " between them.")
  private List<Metric> metrics = List.of();

  boolean isByTime() {
    return bucket != null;
  }

  EventMetricsQuery metricsQuery() {
    try {
      return EventMetricsQuery.builder()
          .flowId(flow)
          .from(from)
          .to(to)
          .bucket(bucket != null ? bucket : EVER)
          .metrics(metrics.stream().flatMap(Metric::asked).toList())
          .build();
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), e);
    }
  }

  ActorGraphQuery graphQuery() {
    return new ActorGraphQuery(from, to, flow);
  }
}
