package io.tracestore.migration.spans;

import io.tracestore.migration.spans.EventIds.Role;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns the spans of one trace into a flow trace, losing nothing; {@code docs/importing.md} says
 * how.
 */
final class TraceMapper {
  private static final int SHORT_ID = 16;

  private final Origin origin;
  private final String own;
  private final SpanTree tree;
  private final SpanNode root;
  private final List<TraceEvent> events = new ArrayList<>();

  private TraceMapper(Origin origin, SpanTree tree) {
    this.origin = origin;
    this.own = origin.prefix();
    this.tree = tree;
    this.root = tree.root();
  }

  /**
   * The flow trace of {@code spans}.
   *
   * @param spans reports of all spans of one trace, in an order that does not depend on the file's
   * @throws IllegalArgumentException if together they make none, such as with a name that is too
   *     long
   */
  static FlowTrace map(Origin origin, List<Span> spans) {
    if (origin == Origin.OTLP && ReflowSpans.holds(spans)) {
      return ReflowSpans.trace(spans);
    }
    return new TraceMapper(origin, new SpanTree(SpanPieces.merge(spans))).map();
  }

  private FlowTrace map() {
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (SpanNode node : tree.nodes()) {
      addStart(node);
      addMessage(node);
      addAnnotations(node);
      addCall(node);
      addEnd(node);
      start = Math.min(start, node.timestamp);
      end = Math.max(end, endOf(node));
    }
    tree.nodes().forEach(this::addCallToOutside);
    String traceId = root.span.traceId();
    UUID uuid = uuid(traceId);
    String error = root.span.error();
    return FlowTrace.builder(flowId())
        .traceId(new TraceId(uuid))
        .executionId(new ExecutionId(uuid))
        .startTime(instant(start))
        .endTime(instant(end))
        .status(error == null ? ExecutionStatus.completed() : ExecutionStatus.failed(error))
        .events(events)
        .metadata(metadata(traceId))
        .build();
  }

  private TraceMetadata metadata(String traceId) {
    TraceMetadata.Builder metadata =
        TraceMetadata.builder().tag("source", origin.id()).tag(own + TraceSpans.TRACE_ID, traceId);
    if (origin == Origin.ZIPKIN && traceId.length() > SHORT_ID) {
      metadata.tag(SpanEvents.LOW_TRACE_ID, traceId.substring(traceId.length() - SHORT_ID));
    }
    return metadata.build();
  }

  private String flowId() {
    String name = root.span.name();
    return name == null ? root.actor() : root.actor() + " " + name;
  }

  /** The id's bits as they are; the upper half of a short one is zero. */
  static UUID uuid(String traceId) {
    String low = traceId.substring(traceId.length() - SHORT_ID);
    String high = traceId.substring(0, traceId.length() - SHORT_ID);
    return new UUID(
        high.isEmpty() ? 0 : HexFormat.fromHexDigitsToLong(high),
        HexFormat.fromHexDigitsToLong(low));
  }

  private void addStart(SpanNode node) {
    add(
        node.start,
        node.timestamp,
        TraceEventType.ACTOR_STARTED,
        node.actor(),
        data(node).attributes(attributes(node.span)),
        node.causalityOfStart(root));
  }

  private void addEnd(SpanNode node) {
    Span span = node.span;
    Long duration = span.duration();
    TraceEventData.Builder data = data(node);
    if (duration != null) {
      data.executionTimeNs(duration);
    }
    String error = span.error();
    add(
        node.ids.of(Role.ENDED, 0),
        endOf(node),
        error == null ? TraceEventType.ACTOR_COMPLETED : TraceEventType.ACTOR_FAILED,
        node.actor(),
        data.error(error),
        node.causalityBelow(root, span.id()));
  }

  private void addMessage(SpanNode node) {
    boolean received = node.span.isReceiver();
    if (received || node.span.isSender()) {
      add(
          node.ids.of(received ? Role.RECEIVED : Role.SENT, 0),
          node.timestamp,
          received ? TraceEventType.MESSAGE_RECEIVED : TraceEventType.MESSAGE_SENT,
          node.actor(),
          data(node),
          node.causalityBelow(root, node.span.id()));
    }
  }

  private void addAnnotations(SpanNode node) {
    int index = 0;
    for (Annotation annotation : node.span.annotations()) {
      Map<String, JsonValue> attributes = tags(annotation.tags());
      attributes.put(own + "annotation", JsonValue.of(annotation.value()));
      annotation.own().forEach((name, value) -> attributes.put(own + name, value));
      put(attributes, "timestamp_missing", annotation.timestamp() == null ? true : null);
      TraceEventData.Builder data = data(node).attributes(attributes);
      Long timestamp = annotation.timestamp();
      add(
          node.ids.of(Role.ANNOTATION, index++),
          timestamp == null ? node.timestamp : timestamp,
          TraceEventType.NETWORK_EVENT,
          node.actor(),
          data,
          node.causalityBelow(root, node.span.id()));
    }
  }

  /** A call that both services report: data flows from the caller to this node. */
  private void addCall(SpanNode node) {
    SpanNode caller = node.parent;
    if (caller == null
        || caller.span.service() == null
        || node.span.service() == null
        || caller.actor().equals(node.actor())) {
      return;
    }
    caller.callsOtherService = true;
    if (sameBroker(caller.span, node.span)) {
      return;
    }
    long sent = caller.span.isSender() ? caller.timestamp : node.timestamp;
    addFlow(node, 0, sent, caller.actor(), node.actor(), caller);
  }

  /** Both name the broker between them: data flows to it and from it, not past it. */
  private static boolean sameBroker(Span producer, Span consumer) {
    String broker = consumer.remoteService();
    return producer.isMessaging()
        && consumer.isMessaging()
        && broker != null
        && broker.equals(producer.remoteService());
  }

  /** A call to or from a service that reports nothing itself, such as a database or a broker. */
  private void addCallToOutside(SpanNode node) {
    Span span = node.span;
    String remote = span.remoteService();
    if (remote == null || remote.equals(node.actor())) {
      return;
    }
    SpanNode caller = node.parent;
    boolean toBroker = span.isMessaging();
    if (span.isSender() && (toBroker || !node.callsOtherService)) {
      addFlow(node, 1, node.timestamp, node.actor(), remote, node);
    } else if (span.isReceiver()
        && (toBroker || caller == null || caller.actor().equals(node.actor()))) {
      addFlow(node, 1, node.timestamp, remote, node.actor(), node);
    }
  }

  private void addFlow(
      SpanNode node, int index, long nanos, String from, String to, SpanNode cause) {
    String port = node.span.name();
    add(
        node.ids.of(Role.FLOW, index),
        nanos,
        TraceEventType.dataFlow(to, port == null ? "" : port),
        from,
        data(node),
        cause.causalityBelow(root, node.span.id()));
  }

  private void add(
      EventId id,
      long nanos,
      TraceEventType type,
      String actor,
      TraceEventData.Builder data,
      CausalityInfo causality) {
    events.add(new TraceEvent(id, instant(nanos), type, actor, data.build(), causality));
  }

  private static TraceEventData.Builder data(SpanNode node) {
    return TraceEventData.builder().port(node.span.name());
  }

  private static long endOf(SpanNode node) {
    Long duration = node.span.duration();
    if (duration == null) {
      return node.timestamp;
    }
    // A start that was found out may lie later than a reader of the duration could know.
    long end = node.timestamp + duration;
    return end < node.timestamp ? Long.MAX_VALUE : end;
  }

  private static Instant instant(long nanos) {
    return EpochNanos.toInstant(nanos);
  }

  /** The tags under their own names, and the rest under names of the format's. */
  private Map<String, JsonValue> attributes(Span span) {
    Map<String, JsonValue> attributes = tags(span.tags());
    span.own().forEach((name, value) -> attributes.put(own + name, value));
    put(attributes, "kind", span.kind());
    put(attributes, "parent_id", span.parentId());
    put(attributes, "service_missing", span.service() == null ? true : null);
    put(attributes, "timestamp_missing", span.timestamp() == null ? true : null);
    return attributes;
  }

  /** Renames tags that begin like our own attributes, so that they stay distinct. */
  private Map<String, JsonValue> tags(Map<String, JsonValue> tags) {
    Map<String, JsonValue> attributes = new LinkedHashMap<>();
    tags.forEach(
        (name, value) -> attributes.put(name.startsWith(own) ? own + "tag." + name : name, value));
    return attributes;
  }

  private void put(Map<String, JsonValue> attributes, String name, @Nullable Object value) {
    if (value != null) {
      attributes.put(own + name, JsonValue.from(value));
    }
  }
}
