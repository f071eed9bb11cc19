package io.tracestore.migration.otlp;

import io.tracestore.migration.spans.EventAttributes;
import io.tracestore.migration.spans.LazyList;
import io.tracestore.migration.spans.SpanDraft;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a trace that no span was the source of: one for the flow, and one for each actor at
 * work. Every actor is a service, in the namespace of the flow.
 */
final class NativeSpans {
  private static final int INTERNAL = 1;

  private final FlowTrace trace;

  NativeSpans(FlowTrace trace) {
    this.trace = trace;
  }

  OtlpSpan span(SpanDraft draft) {
    TraceEvent first = draft.first();
    OtlpSpan span = new OtlpSpan(draft.id);
    span.parentId = draft.parent == null ? null : draft.parent.id;
    span.kind = INTERNAL;
    span.startNanos = draft.startNanos;
    span.endNanos = draft.endNanos;
    span.scope = JsonValue.object(Map.of("name", "tracestore"));
    if (first == null) {
      setFlow(span);
    } else {
      setWork(span, draft, first);
    }
    return span;
  }

  private void setFlow(OtlpSpan span) {
    TraceMetadata metadata = trace.metadata();
    span.name = trace.flowId();
    setResource(span, trace.flowId());
    Map<String, JsonValue> attributes = span.attributes;
    put(attributes, "flow_id", trace.flowId());
    put(attributes, "execution_id", trace.executionId().toString());
    put(attributes, "status", trace.status().kind().name());
    put(attributes, "user_id", metadata.userId());
    put(attributes, "session_id", metadata.sessionId());
    metadata.tags().forEach((key, value) -> put(attributes, "tag." + key, value));
    if (trace.status() instanceof ExecutionStatus.Failed failed) {
      span.statusCode = OtlpSpans.STATUS_ERROR;
      span.statusMessage = failed.error();
    }
  }

  private void setResource(OtlpSpan span, String service) {
    TraceMetadata metadata = trace.metadata();
    Map<String, JsonValue> resource = span.resource;
    resource.put("service.name", JsonValue.of(service));
    resource.put("service.namespace", JsonValue.of(trace.flowId()));
    putText(resource, "host.name", metadata.hostname());
    putText(resource, "deployment.environment.name", metadata.environment());
    if (metadata.processId() != 0) {
      resource.put("process.pid", JsonValue.of(metadata.processId()));
    }
    span.resource.put(
        "service.version",
        JsonValue.of(
            "%d.%d.%d"
                .formatted(
                    trace.version().major(), trace.version().minor(), trace.version().patch())));
  }

  private static void putText(Map<String, JsonValue> members, String name, String text) {
    if (!text.isEmpty()) {
      members.put(name, JsonValue.of(text));
    }
  }

  private void setWork(OtlpSpan span, SpanDraft draft, TraceEvent first) {
    String port = first.data().port();
    span.name = port == null || port.isEmpty() ? first.actorId() : port;
    setResource(span, first.actorId());
    span.attributes.putAll(EventAttributes.of(first));
    TraceEvent end = draft.end();
    if (end == null) {
      put(span.attributes, "unfinished", true);
    } else if (!end.equals(first)) {
      EventAttributes.of(end).forEach(span.attributes::putIfAbsent);
    }
    if (end != null && end.eventType().equals(TraceEventType.ACTOR_FAILED)) {
      String error = end.data().error();
      span.statusCode = OtlpSpans.STATUS_ERROR;
      span.statusMessage = error == null ? "" : error;
    }
    List<TraceEvent> details = draft.details();
    span.events = LazyList.of(details.size(), i -> event(details.get(i)));
  }

  private static OtlpSpan.Event event(TraceEvent detail) {
    return new OtlpSpan.Event(
        EpochNanos.of(detail.timestamp()),
        detail.eventType().typeName(),
        EventAttributes.of(detail),
        Map.of(),
        null);
  }

  private static void put(Map<String, JsonValue> attributes, String name, @Nullable Object value) {
    if (value != null) {
      attributes.put(EventAttributes.OWN + name, JsonValue.from(value));
    }
  }
}
