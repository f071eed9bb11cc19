package io.tracestore.migration.spans;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceEventType.DataFlow;
import io.tracestore.model.TraceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Spans as events of a trace that is not complete yet, and the way from there to the trace.
 *
 * <p>Each start carries the format and the id of its trace, so that the stored events alone are
 * enough to complete it. What follows from several spans together, the flow of data between
 * services, is added when the trace is complete.
 */
public final class SpanEvents {
  /**
   * The tag of traces from Zipkin whose id has 128 bits: its lower half. Some services know no more
   * of it.
   */
  public static final String LOW_TRACE_ID = "zipkin.trace_id_64";

  private static final Pattern TRACE_ID = Pattern.compile("(?:[0-9a-f]{16}){1,2}");

  private SpanEvents() {}

  /** The id of the trace that {@code span} is of. */
  public static TraceId traceId(Span span) {
    return new TraceId(TraceMapper.uuid(span.traceId()));
  }

  /** The id of the trace that Zipkin calls {@code text}: 1 to 32 hexadecimal digits. */
  public static TraceId traceId(String text) {
    return new TraceId(TraceMapper.uuid(HexIds.traceId("traceId", text)));
  }

  /** Whether a trace begins with {@code span}, which has ended. */
  public static boolean isEndedRoot(Span span) {
    return span.parentId() == null && !span.shared() && span.duration() != null;
  }

  /**
   * The events of some spans of one trace.
   *
   * @throws IllegalArgumentException if they make none, such as with a name that is too long
   */
  public static List<TraceEvent> of(Origin origin, List<Span> spans) {
    FlowTrace piece = TraceMapper.map(origin, spans);
    String traceId = spans.getFirst().traceId();
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEvent event : piece.events()) {
      if (event.eventType().equals(TraceEventType.ACTOR_STARTED)) {
        events.add(marked(event, origin.prefix() + TraceSpans.TRACE_ID, traceId));
      } else if (!(event.eventType() instanceof DataFlow)) {
        events.add(event);
      }
    }
    return events;
  }

  private static TraceEvent marked(TraceEvent start, String name, String traceId) {
    TraceEventData data = start.data();
    return start.toBuilder()
        .data(
            TraceEventData.builder()
                .port(data.port())
                .message(data.message())
                .stateDiff(data.stateDiff())
                .error(data.error())
                .performanceMetrics(data.performanceMetrics())
                .attributes(data.customAttributes())
                .attribute(name, traceId)
                .build())
        .build();
  }

  /** Whether {@code spans} are of a trace of a Reflow program, as its own server sends them. */
  public static boolean areReflow(List<Span> spans) {
    return ReflowSpans.holds(spans);
  }

  /** The header of such a trace; empty if the span of the flow is not among {@code spans}. */
  public static Optional<FlowTrace> reflowHeader(List<Span> spans) {
    return ReflowSpans.header(spans);
  }

  /**
   * The id that stands for the flow where an event of such a trace names its parent.
   *
   * @param header of the trace of {@code spans}
   * @return null if neither the span of the flow nor the header is known
   */
  public static @Nullable EventId reflowFlow(List<Span> spans, @Nullable FlowTrace header) {
    return ReflowSpans.flowOf(spans, header);
  }

  /**
   * The events of some spans of such a trace.
   *
   * @param flow null if it is not known yet: then an event keeps it as its parent, see {@link
   *     #withoutReflowFlow}
   */
  public static List<TraceEvent> reflowEvents(List<Span> spans, @Nullable EventId flow) {
    return ReflowSpans.events(spans, flow);
  }

  /** The event without a parent if that is {@code flow}, which is no event. */
  public static TraceEvent withoutReflowFlow(TraceEvent event, EventId flow) {
    return ReflowSpans.withoutFlow(event, flow);
  }

  /** The id that such a span has of {@code event}: the half of its own. */
  public static EventId reflowId(TraceEvent event) {
    return ReflowSpans.idAsSent(event.eventId().value());
  }

  /** The ids of the events that identify spans: each span has one such event. */
  public static Set<EventId> starts(List<TraceEvent> events) {
    Set<EventId> starts = new HashSet<>();
    for (TraceEvent event : events) {
      if (event.eventType().equals(TraceEventType.ACTOR_STARTED)) {
        starts.add(event.eventId());
      }
    }
    return starts;
  }

  private static Optional<String> traceIdText(List<TraceEvent> events, Origin origin) {
    String name = origin.prefix() + TraceSpans.TRACE_ID;
    for (TraceEvent event : events) {
      if (event.data().customAttributes().get(name) instanceof JsonString text
          && TRACE_ID.matcher(text.value()).matches()) {
        return Optional.of(text.value());
      }
    }
    return Optional.empty();
  }

  /** The spans that {@code events} of the trace of {@code other} were made of. */
  public static List<Span> spans(List<TraceEvent> events, Origin origin, Span other) {
    return TraceSpans.of(other.traceId(), events, origin);
  }

  private static List<Span> spans(List<TraceEvent> events, Origin origin) {
    return traceIdText(events, origin)
        .map(traceId -> TraceSpans.of(traceId, events, origin))
        .orElse(List.of());
  }

  /** The trace that {@code events} make; empty if they were made of something else than spans. */
  public static Optional<FlowTrace> trace(List<TraceEvent> events) {
    for (Origin origin : Origin.values()) {
      List<Span> spans = spans(events, origin);
      if (!spans.isEmpty()) {
        return Optional.of(TraceMapper.map(origin, spans));
      }
    }
    return Optional.empty();
  }

  /** Whether a span that {@code events} were made of begins a trace and has ended. */
  public static boolean holdEndedRoot(List<TraceEvent> events) {
    return Stream.of(Origin.values())
        .flatMap(origin -> spans(events, origin).stream())
        .anyMatch(SpanEvents::isEndedRoot);
  }

  /**
   * A stored trace to which events were added, with the causes and the end that follow from all of
   * them; as it is if it was not made of spans.
   */
  public static FlowTrace completed(FlowTrace stored) {
    return TraceSpans.originOf(stored)
        .map(origin ->
            SpanPieces.withHeaderOf(stored, TraceMapper.map(origin, TraceSpans.of(stored, origin))))
        .orElse(stored);
  }
}
