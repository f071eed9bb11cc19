package io.tracestore.migration.spans;

import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a Reflow program that Reflow's own server sent as OTLP: one span for the flow, one
 * for each event. A span id holds the first half of the id that it stands for; the second half of
 * an event's id is lost, and is the same for all of them here.
 */
final class ReflowSpans {
  private static final String OWN = "reflow.";
  private static final String FLOW_ID = OWN + "flow_id";
  private static final String EVENT_TYPE = OWN + "event_type";
  private static final long LOST_HALF = 0x8000_0000_0000_0000L;
  private static final String UNKNOWN = "unknown";
  private static final String FAILED = "Failed { error: \"";

  private ReflowSpans() {}

  /** Whether {@code spans} are of a trace of Reflow's. */
  static boolean holds(List<Span> spans) {
    return !spans.isEmpty() && spans.stream().allMatch(span -> isFlow(span) || isEvent(span));
  }

  private static boolean isFlow(Span span) {
    return text(span, FLOW_ID) != null;
  }

  private static boolean isEvent(Span span) {
    return text(span, EVENT_TYPE) != null;
  }

  /** The trace; without the span of the flow it is a running one of an unknown flow. */
  static FlowTrace trace(List<Span> spans) {
    FlowTrace header = header(spans).orElse(null);
    List<TraceEvent> events = events(spans, flowOf(spans, header));
    if (header != null) {
      return header.withEvents(events);
    }
    FlowTrace.Builder unknown = builder(UNKNOWN, SpanEvents.traceId(spans.getFirst()));
    events.stream()
        .map(TraceEvent::timestamp)
        .min(Instant::compareTo)
        .ifPresent(unknown::startTime);
    return unknown.events(events).build();
  }

  /** The trace without events; empty if the span of the flow is not among {@code spans}. */
  static Optional<FlowTrace> header(List<Span> spans) {
    return spans.stream().filter(ReflowSpans::isFlow).findFirst().map(ReflowSpans::header);
  }

  private static FlowTrace header(Span flow) {
    FlowTrace.Builder trace = builder(orUnknown(text(flow, FLOW_ID)), SpanEvents.traceId(flow));
    setFlow(trace, flow);
    return trace.build();
  }

  private static FlowTrace.Builder builder(String flowId, TraceId traceId) {
    return FlowTrace.builder(flowId)
        .traceId(traceId)
        .executionId(new ExecutionId(traceId.value()))
        .status(ExecutionStatus.running())
        .metadata(TraceMetadata.builder().environment(UNKNOWN).hostname(UNKNOWN).build());
  }

  /**
   * The id that stands for the flow where an event names its parent.
   *
   * @param header of the trace of {@code spans}
   * @return null if neither the span of the flow nor the header is known
   */
  static @Nullable EventId flowOf(List<Span> spans, @Nullable FlowTrace header) {
    return spans.stream()
        .filter(ReflowSpans::isFlow)
        .findFirst()
        .map(flow -> eventId(flow.id()))
        .orElseGet(() -> header == null ? null : idAsSent(header.executionId().value()));
  }

  /**
   * The events of a part of the spans of a trace.
   *
   * @param flow null if it is not known yet: then an event keeps it as its parent, see {@link
   *     #withoutFlow}
   */
  static List<TraceEvent> events(List<Span> spans, @Nullable EventId flow) {
    List<TraceEvent> events = new ArrayList<>();
    for (Span span : SpanPieces.merge(spans)) {
      if (isEvent(span)) {
        TraceEvent event = event(span);
        events.add(flow == null ? event : withoutFlow(event, flow));
      }
    }
    return events;
  }

  /** The event without a parent if that is {@code flow}, which is no event. */
  static TraceEvent withoutFlow(TraceEvent event, EventId flow) {
    CausalityInfo causality = event.causality();
    if (!flow.equals(causality.parentEventId())) {
      return event;
    }
    return event.toBuilder()
        .causality(
            new CausalityInfo(
                null,
                causality.rootCauseEventId(),
                causality.dependencyChain(),
                causality.spanId()))
        .build();
  }

  /** The id that is left of one in OTLP. */
  static EventId idAsSent(UUID whole) {
    return new EventId(new UUID(whole.getMostSignificantBits(), LOST_HALF));
  }

  private static void setFlow(FlowTrace.Builder trace, Span flow) {
    Instant start = start(flow);
    ExecutionStatus status = status(orUnknown(text(flow, OWN + "status")));
    trace.startTime(start).status(status);
    if (status.kind().isTerminal()) {
      Long duration = flow.duration();
      trace.endTime(start.plusNanos(duration == null ? 0 : duration));
    }
    String execution = text(flow, OWN + "execution_id");
    if (execution != null) {
      trace.executionId(ExecutionId.of(execution));
    }
  }

  private static String orUnknown(@Nullable String text) {
    return text == null ? UNKNOWN : text;
  }

  private static Instant start(Span span) {
    Long timestamp = span.timestamp();
    return EpochNanos.toInstant(timestamp == null ? 0 : timestamp);
  }

  /** As Rust's debug format writes it. */
  static ExecutionStatus status(String text) {
    if (text.startsWith(FAILED)) {
      return ExecutionStatus.failed(unescaped(text.substring(FAILED.length())));
    }
    return switch (text) {
      case "Pending" -> ExecutionStatus.pending();
      case "Completed" -> ExecutionStatus.completed();
      case "Cancelled" -> ExecutionStatus.cancelled();
      default -> ExecutionStatus.running();
    };
  }

  /** The text up to the quote that ends it. */
  private static String unescaped(String quoted) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < quoted.length() && quoted.charAt(at) != '"') {
      char c = quoted.charAt(at++);
      if (c != '\\' || at == quoted.length()) {
        text.append(c);
        continue;
      }
      char escaped = quoted.charAt(at++);
      int end = quoted.indexOf('}', at);
      if (escaped == 'u' && end > at && quoted.charAt(at) == '{') {
        text.appendCodePoint(HexFormat.fromHexDigits(quoted, at + 1, end));
        at = end + 1;
      } else {
        text.append(
            switch (escaped) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              case '0' -> '\0';
              default -> escaped;
            });
      }
    }
    return text.toString();
  }

  private static TraceEvent event(Span span) {
    EventId id = eventId(span.id());
    String parent = span.parentId();
    return new TraceEvent(
        id,
        start(span),
        type(span),
        orUnknown(text(span, OWN + "actor_id")),
        data(span),
        new CausalityInfo(parent == null ? null : eventId(parent), id, List.of(), span.id()));
  }

  private static EventId eventId(@Nullable String spanId) {
    long first = spanId == null ? 0 : HexFormat.fromHexDigitsToLong(spanId);
    return new EventId(new UUID(first, LOST_HALF));
  }

  private static TraceEventType type(Span span) {
    String name = orUnknown(text(span, EVENT_TYPE));
    if (name.equals(TraceEventType.DataFlow.TYPE_NAME)) {
      return TraceEventType.dataFlow(
          orEmpty(text(span, OWN + "to_actor")), orEmpty(text(span, OWN + "to_port")));
    }
    return TraceEventType.isTypeName(name)
        ? TraceEventType.plain(name)
        : TraceEventType.custom(name);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static TraceEventData data(Span span) {
    TraceEventData.Builder data =
        TraceEventData.builder().port(text(span, OWN + "port")).error(span.error());
    Long duration = span.duration();
    if (duration != null && duration > 0) {
      data.performanceMetrics(PerformanceMetrics.ofExecutionTimeNs(duration));
    }
    message(span).ifPresent(data::message);
    span.tags()
        .forEach((name, value) -> {
          if (!name.startsWith(OWN)) {
            data.attribute(name, value);
          }
        });
    return data.build();
  }

  private static Optional<MessageSnapshot> message(Span span) {
    String type = text(span, OWN + "message.type");
    if (type == null) {
      return Optional.empty();
    }
    return Optional.of(
        new MessageSnapshot(
            type,
            size(span),
            orEmpty(text(span, OWN + "message.checksum")),
            null)); // OTLP carries no content
  }

  private static long size(Span span) {
    String size = text(span, OWN + "message.size_bytes");
    try {
      return size == null ? 0 : Long.parseLong(size);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "reflow.message.size_bytes of span %s is no number from 0 to 2^63-1: %s"
              .formatted(span.id(), size),
          e);
    }
  }

  private static @Nullable String text(Span span, String name) {
    return span.tags().get(name) instanceof JsonString text ? text.value() : null;
  }
}
