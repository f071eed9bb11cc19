package io.tracestore.compat;

import static java.util.stream.Collectors.groupingBy;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
    groups.forEach((group, members) -> metrics.add(metrics(group, members)));
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

  private static EventMetrics metrics(Group group, List<TraceEvent> events) {
    List<Long> times =
        events.stream()
            .map(event -> event.data().performanceMetrics().executionTimeNs().orElse(0))
            .filter(time -> time > 0)
            .sorted()
            .toList();
    BigInteger average =
        times.isEmpty() ? BigInteger.ZERO : sum(times).divide(BigInteger.valueOf(times.size()));
    BigInteger[] second = group.bucket.divideAndRemainder(BigInteger.valueOf(1_000_000_000));
    return new EventMetrics(
        Instant.ofEpochSecond(second[0].longValueExact(), second[1].longValueExact()),
        group.actorId,
        group.eventType,
        events.size(),
        times.size(),
        average.longValueExact(),
        percentile(95, times),
        percentile(99, times),
        times.isEmpty() ? 0 : times.getLast(),
        sum(events.stream().map(event -> sizeOf(event, null)).toList())
            .min(GREATEST)
            .longValueExact());
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
    if (sorted.isEmpty()) {
      return 0;
    }
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
