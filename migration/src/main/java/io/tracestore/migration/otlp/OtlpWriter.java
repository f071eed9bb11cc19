package io.tracestore.migration.otlp;

import io.tracestore.migration.spans.JsonTree;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceStoreException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * Writes traces as one object of OTLP's JSON, {@code {"resourceSpans":[...]}}: ids in lower-case
 * hexadecimal, times as texts of nanoseconds, kinds as numbers. Holds one trace at a time; not safe
 * for several threads.
 *
 * <p>A trace that was imported from OTLP has the spans it came with. Any other becomes spans as
 * {@code docs/importing.md} says. Times before 1970, which OTLP does not have, are written as 0.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON Protobuf
 *     Encoding</a>
 */
public final class OtlpWriter implements Closeable {
  private final OutputStream out;
  private final JsonGenerator json;
  private boolean closed;

  /**
   * @param out closed with this writer
   */
  public OtlpWriter(OutputStream out) {
    this.out = out;
    this.json = JsonTree.FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    json.writeStartObject();
    json.writeName("resourceSpans");
    json.writeStartArray();
  }

  /**
   * Writes {@code trace} behind those written before.
   *
   * @throws TraceStoreException if the stream fails
   */
  public void write(FlowTrace trace) {
    try {
      String traceId = hex(trace.traceId().value());
      Map<List<Object>, Map<List<Object>, List<OtlpSpan>>> byResource = new LinkedHashMap<>();
      for (OtlpSpan span : spans(trace)) {
        byResource
            .computeIfAbsent(key(span.resource, span.resourceOther), each -> new LinkedHashMap<>())
            .computeIfAbsent(key(span.scope), each -> new ArrayList<>())
            .add(span);
      }
      byResource.values().forEach(scopes -> writeResource(traceId, scopes));
      json.writeRaw('\n');
    } catch (JacksonException e) {
      throw failed(e);
    }
  }

  private static List<Object> key(@Nullable Object... parts) {
    return Arrays.stream(parts).<Object>map(part -> part == null ? "" : part).toList();
  }

  private static String hex(UUID uuid) {
    return "%016x%016x".formatted(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  private static List<OtlpSpan> spans(FlowTrace trace) {
    Optional<ImportedSpans> imported = ImportedSpans.of(trace);
    if (imported.isEmpty()) {
      NativeSpans spans = new NativeSpans(trace);
      return SpanDrafts.of(trace, true).stream().map(spans::span).toList();
    }
    List<OtlpSpan> spans = new ArrayList<>();
    for (SpanDraft draft : SpanDrafts.of(trace, false)) {
      TraceEvent first = draft.first;
      // What flowed from a service without spans makes a draft, and no span.
      if (first != null && first.eventType().equals(TraceEventType.ACTOR_STARTED)) {
        spans.add(imported.get().span(draft, first));
      }
    }
    return spans;
  }

  private void writeResource(String traceId, Map<List<Object>, List<OtlpSpan>> scopes) {
    OtlpSpan any = scopes.values().iterator().next().getFirst();
    json.writeStartObject();
    json.writeName("resource");
    json.writeStartObject();
    json.writeName("attributes");
    OtlpValues.writeMembers(json, any.resource);
    writeOther(any.resourceOther);
    json.writeEndObject();
    json.writeName("scopeSpans");
    json.writeStartArray();
    scopes.values().forEach(spans -> writeScope(traceId, spans));
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeOther(@Nullable JsonValue other) {
    if (other instanceof JsonObject object) {
      writeFields(object.members());
    }
  }

  private void writeFields(Map<String, JsonValue> fields) {
    fields.forEach((name, value) -> {
      json.writeName(name);
      JsonTree.write(json, value);
    });
  }

  private void text(String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.writeStringProperty(name, value);
    }
  }

  private void writeScope(String traceId, List<OtlpSpan> spans) {
    OtlpSpan any = spans.getFirst();
    json.writeStartObject();
    if (any.scope instanceof JsonObject scope) {
      Map<String, JsonValue> members = scope.members();
      json.writeName("scope");
      json.writeStartObject();
      text("name", textOf(members.get("name")));
      text("version", textOf(members.get("version")));
      if (members.get("attributes") instanceof JsonObject attributes) {
        json.writeName("attributes");
        OtlpValues.writeMembers(json, attributes.members());
      }
      writeOther(members.get("other"));
      json.writeEndObject();
    }
    json.writeName("spans");
    json.writeStartArray();
    spans.forEach(span -> writeSpan(traceId, span));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static @Nullable String textOf(@Nullable JsonValue value) {
    return value instanceof JsonString text ? text.value() : null;
  }

  private void writeSpan(String traceId, OtlpSpan span) {
    json.writeStartObject();
    json.writeStringProperty("traceId", traceId);
    json.writeStringProperty("spanId", span.id);
    text("parentSpanId", span.parentId);
    json.writeStringProperty("name", span.name);
    json.writeNumberProperty("kind", span.kind);
    nanos("startTimeUnixNano", span.startNanos);
    nanos("endTimeUnixNano", span.endNanos);
    json.writeName("attributes");
    OtlpValues.writeMembers(json, span.attributes);
    if (!span.events.isEmpty()) {
      json.writeName("events");
      json.writeStartArray();
      span.events.forEach(this::writeEvent);
      json.writeEndArray();
    }
    json.writeName("status");
    json.writeStartObject();
    if (span.statusCode != 0) {
      json.writeNumberProperty("code", span.statusCode);
    }
    text("message", span.statusMessage);
    json.writeEndObject();
    writeFields(span.fields);
    json.writeEndObject();
  }

  private void nanos(String name, long nanos) {
    json.writeStringProperty(name, Long.toString(Math.max(nanos, 0)));
  }

  private void writeEvent(OtlpSpan.Event event) {
    json.writeStartObject();
    nanos("timeUnixNano", event.nanos());
    json.writeStringProperty("name", event.name());
    json.writeName("attributes");
    OtlpValues.writeMembers(json, event.attributes());
    if (event.dropped() != 0) {
      json.writeNumberProperty("droppedAttributesCount", event.dropped());
    }
    json.writeEndObject();
  }

  /**
   * Ends the object, flushes and closes the stream; does nothing the second time.
   *
   * @throws TraceStoreException if the stream fails
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
      json.close();
    } catch (JacksonException | IOException e) {
      throw failed(e);
    }
  }

  private static TraceStoreException failed(Exception e) {
    Throwable cause = e instanceof JacksonException && e.getCause() != null ? e.getCause() : e;
    return new TraceStoreException("cannot write JSON: " + cause.getMessage(), cause);
  }
}
