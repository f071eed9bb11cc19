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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
   * @param parent the index of the span that called it in the same list; -1 at the top
   */
  public record Placed(Span span, int parent) {}

  /**
   * The spans of {@code trace}, which was imported from {@code origin}, in order of their starts.
   */
  public static List<Span> of(FlowTrace trace, Origin origin) {
    return of(trace, trace.events(), origin);
  }

  /**
   * {@link #of(FlowTrace, Origin)} of {@code events}. The spans of a large list are made each time
   * they are asked for.
   */
  public static List<Span> of(FlowTrace header, List<TraceEvent> events, Origin origin) {
    List<Placed> placed = placed(header, events, origin);
    return LazyList.of(placed.size(), i -> placed.get(i).span());
  }

  /** The same with the parent of each. */
  public static List<Placed> placed(FlowTrace header, List<TraceEvent> events, Origin origin) {
    String traceId = header.metadata().tags().getOrDefault(origin.prefix() + TRACE_ID, "");
    return new TraceSpans(origin).spans(traceId, events);
  }

  /** The events that one span became, by their indexes. */
  private static final class Events {
    final int index;
    final int start;
    int end = -1;
    final Indexes annotations = new Indexes();

    Events(int index, int start) {
      this.index = index;
      this.start = start;
    }
  }

  /** The spans of {@code events}, which are stored without their trace yet. */
  static List<Span> of(String traceId, List<TraceEvent> events, Origin origin) {
    return new TraceSpans(origin).spans(traceId, events).stream().map(Placed::span).toList();
  }

  private List<Placed> spans(String traceId, List<TraceEvent> all) {
    Map<EventId, Events> byStart = new HashMap<>();
    List<Events> spans = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      TraceEvent event = all.get(i);
      if (event.eventType().equals(TraceEventType.ACTOR_STARTED)) {
        Events started = new Events(spans.size(), i);
        byStart.put(event.eventId(), started);
        spans.add(started);
      }
    }
    for (int i = 0; i < all.size(); i++) {
      TraceEvent event = all.get(i);
      EventId cause = event.causality().parentEventId();
      Events events = cause == null ? null : byStart.get(cause);
      if (events != null) {
        add(events, event, i);
      }
    }
    List<Placed> placed =
        LazyList.of(
            spans.size(),
            i -> {
              Events events = spans.get(i);
              EventId cause = all.get(events.start).causality().parentEventId();
              Events parent = cause == null ? null : byStart.get(cause);
              return new Placed(span(traceId, events, all), parent == null ? -1 : parent.index);
            });
    return EventSpool.isLarge(all) ? placed : List.copyOf(placed);
  }

  private void add(Events events, TraceEvent event, int index) {
    TraceEventType type = event.eventType();
    if (type.equals(TraceEventType.ACTOR_COMPLETED) || type.equals(TraceEventType.ACTOR_FAILED)) {
      events.end = index;
    } else if (event.data().customAttributes().containsKey(own + "annotation")) {
      events.annotations.add(index);
    }
  }

  private Span span(String traceId, Events events, List<TraceEvent> all) {
    TraceEvent start = all.get(events.start);
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
                events.annotations.in(all).stream()
                    .sorted(Comparator.comparingInt(event -> EventIds.indexOf(event.eventId())))
                    .map(this::annotation)
                    .toList());
    if (events.end >= 0) {
      TraceEvent end = all.get(events.end);
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
