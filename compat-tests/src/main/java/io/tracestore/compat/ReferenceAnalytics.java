package io.tracestore.compat;

import static java.util.stream.Collectors.groupingBy;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetrics.DoubleSamples;
import io.tracestore.spi.analytics.EventMetrics.ExecutionTimes;
import io.tracestore.spi.analytics.EventMetrics.LongSamples;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answers of analytics, as plainly as they can be computed: everything is kept and sorted. */
final class ReferenceAnalytics {
  private static final BigInteger GREATEST = BigInteger.valueOf(Long.MAX_VALUE);

  private ReferenceAnalytics() {}

  private record Group(BigInteger bucket, String actorId, String eventType) {}

  private record Message(TraceEvent event, String from, String to, long size) {}

  /**
   * @param events all events of the traces that the query's flow leaves
   */
  static List<EventMetrics> eventMetrics(EventMetricsQuery query, Collection<TraceEvent> events) {
    BigInteger width = BigInteger.valueOf(query.bucket().toNanos());
    Map<Group, List<TraceEvent>> groups =
        events.stream()
            .filter(event -> isWithin(query.from(), query.to(), event))
            .filter(event -> query.actorId() == null || query.actorId().equals(event.actorId()))
            .filter(event ->
                query.eventType() == null || query.eventType().equals(event.eventType().typeName()))
            .collect(
                groupingBy(event ->
                    new Group(
                        bucketOf(event, width), event.actorId(), event.eventType().typeName())));
    List<EventMetrics> metrics = new ArrayList<>();
    groups.forEach((group, members) -> metrics.add(metrics(group, members, query.metrics())));
    metrics.sort(EventMetrics.ORDER);
    return metrics;
  }

  private static boolean isWithin(@Nullable Instant from, @Nullable Instant to, TraceEvent event) {
    Instant time = event.timestamp();
    return (from == null || !time.isBefore(from)) && (to == null || !time.isAfter(to));
  }

  /** When the bucket begins, in nanoseconds since the epoch. */
  private static BigInteger bucketOf(TraceEvent event, BigInteger width) {
    BigInteger time = BigInteger.valueOf(EpochNanos.of(event.timestamp()));
    return time.subtract(time.mod(width));
  }

  private static EventMetrics metrics(
      Group group, List<TraceEvent> events, Set<PerformanceMetric> asked) {
    List<PerformanceMetrics> metrics =
        events.stream().map(event -> event.data().performanceMetrics()).toList();
    BigInteger[] second = group.bucket.divideAndRemainder(BigInteger.valueOf(1_000_000_000));
    return new EventMetrics(
        Instant.ofEpochSecond(second[0].longValueExact(), second[1].longValueExact()),
        group.actorId,
        group.eventType,
        events.size(),
        sum(events.stream().map(event -> sizeOf(event, null)).toList())
            .min(GREATEST)
            .longValueExact(),
        executionTimes(longs(metrics, PerformanceMetrics::executionTimeNs)),
        asked.contains(PerformanceMetric.MEMORY_USAGE)
            ? samples(longs(metrics, PerformanceMetrics::memoryUsageBytes))
            : LongSamples.NONE,
        asked.contains(PerformanceMetric.CPU_USAGE)
            ? realSamples(
                metrics.stream()
                    .flatMap(each -> each.cpuUsagePercent().stream())
                    .map(Float::doubleValue)
                    .toList())
            : DoubleSamples.NONE,
        asked.contains(PerformanceMetric.QUEUE_DEPTH)
            ? samples(longs(metrics, PerformanceMetrics::queueDepth))
            : LongSamples.NONE,
        asked.contains(PerformanceMetric.THROUGHPUT)
            ? realSamples(
                metrics.stream()
                    .flatMapToDouble(each -> each.throughputMsgsPerSec().stream())
                    .boxed()
                    .toList())
            : DoubleSamples.NONE);
  }

  /** The samples of one metric, ascending. */
  private static List<Long> longs(
      List<PerformanceMetrics> metrics, Function<PerformanceMetrics, OptionalLong> value) {
    return metrics.stream()
        .flatMapToLong(each -> value.apply(each).stream())
        .sorted()
        .boxed()
        .toList();
  }

  private static ExecutionTimes executionTimes(List<Long> sorted) {
    return sorted.isEmpty()
        ? ExecutionTimes.NONE
        : ExecutionTimes.of(
            sorted.size(),
            average(sorted.stream().map(BigDecimal::new).toList()),
            percentile(95, sorted),
            percentile(99, sorted),
            sorted.getLast());
  }

  private static LongSamples samples(List<Long> sorted) {
    return sorted.isEmpty()
        ? LongSamples.NONE
        : LongSamples.of(
            sorted.size(),
            average(sorted.stream().map(BigDecimal::new).toList()),
            sorted.getLast());
  }

  private static DoubleSamples realSamples(List<Double> values) {
    return values.isEmpty()
        ? DoubleSamples.NONE
        : DoubleSamples.of(
            values.size(),
            average(values.stream().map(BigDecimal::new).toList()),
            withoutSignOfZero(values.stream().max(Double::compare).orElseThrow()));
  }

  private static double average(List<BigDecimal> values) {
    BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal average = sum.divide(BigDecimal.valueOf(values.size()), MathContext.DECIMAL128);
    return withoutSignOfZero(average.doubleValue());
  }

  private static double withoutSignOfZero(double value) {
    return value == 0 ? 0.0 : value;
  }

  private static BigInteger sum(List<Long> numbers) {
    return numbers.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static long sizeOf(TraceEvent event, @Nullable TraceEvent cause) {
    MessageSnapshot message = event.data().message();
    if (message != null) {
      return message.sizeBytes();
    }
    return cause == null ? 0 : sizeOf(cause, null);
  }

  /** The value of that rank, rounded up to the end of its sixteenth of a power of two. */
  private static long percentile(int percent, List<Long> sorted) {
    long value = sorted.get((percent * sorted.size() + 99) / 100 - 1);
    long step = Math.max(1, Long.highestOneBit(value) / 16);
    return Math.min(value / step * step + (step - 1), sorted.getLast());
  }

  /**
   * @param traces for each trace that the query's flow leaves, all its events
   */
  static List<ActorEdge> actorGraph(
      ActorGraphQuery query, Collection<? extends Collection<TraceEvent>> traces) {
    Map<List<String>, List<Message>> edges =
        traces.stream()
            .flatMap(events -> messages(events).stream())
            .filter(message -> isWithin(query.from(), query.to(), message.event))
            .collect(
                groupingBy(
                    message -> List.of(message.from, message.to),
                    () -> new TreeMap<>(ReferenceAnalytics::compare),
                    Collectors.toList()));
    return edges.entrySet().stream().map(edge -> edge(edge.getKey(), edge.getValue())).toList();
  }

  private static int compare(List<String> a, List<String> b) {
    int byFrom = a.get(0).compareTo(b.get(0));
    return byFrom != 0 ? byFrom : a.get(1).compareTo(b.get(1));
  }

  private static List<Message> messages(Collection<TraceEvent> events) {
    Map<EventId, TraceEvent> byId =
        events.stream().collect(Collectors.toMap(TraceEvent::eventId, Function.identity()));
    List<Message> messages = new ArrayList<>();
    for (TraceEvent event : events) {
      EventId parentId = event.causality().parentEventId();
      TraceEvent parent = parentId == null ? null : byId.get(parentId);
      if (event.eventType() instanceof TraceEventType.DataFlow flow) {
        messages.add(new Message(event, event.actorId(), flow.toActor(), sizeOf(event, null)));
      } else if (parent != null
          && parent.eventType().equals(TraceEventType.MESSAGE_SENT)
          && event.eventType().equals(TraceEventType.MESSAGE_RECEIVED)) {
        messages.add(new Message(event, parent.actorId(), event.actorId(), sizeOf(event, parent)));
      }
    }
    return messages;
  }

  private static ActorEdge edge(List<String> ends, List<Message> messages) {
    BigInteger bytes = sum(messages.stream().map(Message::size).toList());
    return new ActorEdge(
        ends.get(0),
        ends.get(1),
        messages.size(),
        bytes.min(GREATEST).longValueExact(),
        messages.stream().filter(message -> message.event.data().error() != null).count());
  }
}
