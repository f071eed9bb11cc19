package io.tracestore.migration.spans;

import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The spans that a trace was made from: the way back from {@link TraceMapper}. */
public final class TraceSpans {
  /** A tag of a trace, and until it is stored an attribute of its events, after the prefix. */
  static final String TRACE_ID = "trace_id";

  private final Origin origin;
  private final String own;

  private TraceSpans(Origin origin) {
    this.origin = origin;
    this.own = origin.prefix();
  }

  /** The format that {@code trace} was imported from; empty if it was no format of spans. */
  public static Optional<Origin> originOf(FlowTrace trace) {
    Map<String, String> tags = trace.metadata().tags();
    for (Origin origin : Origin.values()) {
      if (origin.id().equals(tags.get("source")) && tags.containsKey(origin.prefix() + TRACE_ID)) {
        return Optional.of(origin);
      }
    }
    return Optional.empty();
  }

  /**
   * A span at its place.
   *
   * @param parent the span that called it; null at the top
   */
  public record Placed(Span span, @Nullable Span parent) {}

  /**
   * The spans of {@code trace}, which was imported from {@code origin}, in order of their starts.
   */
  public static List<Span> of(FlowTrace trace, Origin origin) {
    return placed(trace, origin).stream().map(Placed::span).toList();
  }

  /** {@link #of} with the parent of each. */
  public static List<Placed> placed(FlowTrace trace, Origin origin) {
    return new TraceSpans(origin).spans(trace);
  }

  /** The events that one span became. */
  private static final class Events {
    final TraceEvent start;
    @Nullable TraceEvent end;
    final List<TraceEvent> annotations = new ArrayList<>();

    Events(TraceEvent start) {
      this.start = start;
    }
  }

  /** The spans of {@code events}, which are stored without their trace yet. */
  static List<Span> of(String traceId, List<TraceEvent> events, Origin origin) {
    return new TraceSpans(origin).spans(traceId, events).stream().map(Placed::span).toList();
  }

  private List<Placed> spans(FlowTrace trace) {
    return spans(trace.metadata().tags().getOrDefault(own + TRACE_ID, ""), trace.events());
  }

  private List<Placed> spans(String traceId, List<TraceEvent> all) {
    Map<EventId, Events> byStart = new LinkedHashMap<>();
    for (TraceEvent event : all) {
      if (event.eventType().equals(TraceEventType.ACTOR_STARTED)) {
        byStart.put(event.eventId(), new Events(event));
      }
    }
    for (TraceEvent event : all) {
      EventId cause = event.causality().parentEventId();
      Events events = cause == null ? null : byStart.get(cause);
      if (events != null) {
        add(events, event);
      }
    }
    Map<EventId, Span> spans = new LinkedHashMap<>();
    byStart.forEach((id, events) -> spans.put(id, span(traceId, events)));
    return byStart.values().stream()
        .map(events -> {
          EventId cause = events.start.causality().parentEventId();
          return new Placed(
              Objects.requireNonNull(spans.get(events.start.eventId())),
              cause == null ? null : spans.get(cause));
        })
        .toList();
  }

  private void add(Events events, TraceEvent event) {
    TraceEventType type = event.eventType();
    if (type.equals(TraceEventType.ACTOR_COMPLETED) || type.equals(TraceEventType.ACTOR_FAILED)) {
      events.end = event;
    } else if (event.data().customAttributes().containsKey(own + "annotation")) {
      events.annotations.add(event);
    }
  }

  private Span span(String traceId, Events events) {
    TraceEvent start = events.start;
    Map<String, JsonValue> tags = new TreeMap<>();
    Map<String, JsonValue> rest = new TreeMap<>();
    split(start.data().customAttributes(), tags, rest);
    rest.remove(TRACE_ID);
    String service = take(rest, "service_missing") ? null : start.actorId();
    Span.Builder span =
        Span.builder(traceId, start.causality().spanId())
            .parentId(text(rest.remove("parent_id")))
            .kind(text(rest.remove("kind")))
            .name(start.data().port())
            .timestamp(
                take(rest, "timestamp_missing") ? null : (Long) EpochNanos.of(start.timestamp()))
            .service(service)
            .remoteService(remoteService(tags, rest))
            .place(place(service, rest))
            .tags(tags)
            .shared(rest.get("shared") instanceof JsonBoolean shared && shared.value())
            .annotations(
                events.annotations.stream()
                    .sorted(Comparator.comparingInt(event -> EventIds.indexOf(event.eventId())))
                    .map(this::annotation)
                    .toList());
    TraceEvent end = events.end;
    if (end != null) {
      OptionalLong duration = end.data().performanceMetrics().executionTimeNs();
      span.duration(duration.isPresent() ? (Long) duration.getAsLong() : null);
      boolean failed = end.eventType().equals(TraceEventType.ACTOR_FAILED);
      String error = end.data().error();
      span.error(failed ? (error == null ? "" : error) : null);
    }
    rest.forEach(span::own);
    return span.build();
  }

  private @Nullable String remoteService(Map<String, JsonValue> tags, Map<String, JsonValue> rest) {
    if (origin == Origin.ZIPKIN) {
      return rest.get("remote_endpoint") instanceof JsonObject endpoint
          ? text(endpoint.members().get("serviceName"))
          : null;
    }
    return text(tags.get("peer.service"));
  }

  private String place(@Nullable String service, Map<String, JsonValue> rest) {
    if (origin == Origin.ZIPKIN) {
      JsonValue endpoint = rest.get("local_endpoint");
      return endpoint == null ? "" : endpoint.toString();
    }
    return service == null ? "" : service;
  }

  private Annotation annotation(TraceEvent event) {
    Map<String, JsonValue> tags = new TreeMap<>();
    Map<String, JsonValue> rest = new TreeMap<>();
    split(event.data().customAttributes(), tags, rest);
    JsonValue value = rest.remove("annotation");
    boolean isMissing = take(rest, "timestamp_missing");
    return new Annotation(
        isMissing ? null : (Long) EpochNanos.of(event.timestamp()),
        value instanceof JsonString text ? text.value() : "",
        tags,
        rest);
  }

  private void split(
      Map<String, JsonValue> attributes, Map<String, JsonValue> tags, Map<String, JsonValue> rest) {
    String tag = own + "tag.";
    attributes.forEach((name, value) -> {
      if (name.startsWith(tag)) {
        tags.put(name.substring(tag.length()), value);
      } else if (name.startsWith(own)) {
        rest.put(name.substring(own.length()), value);
      } else {
        tags.put(name, value);
      }
    });
  }

  private static boolean take(Map<String, JsonValue> rest, String name) {
    return rest.remove(name) != null;
  }

  private static @Nullable String text(@Nullable JsonValue value) {
    return value instanceof JsonString text && !text.value().isEmpty() ? text.value() : null;
  }
}
