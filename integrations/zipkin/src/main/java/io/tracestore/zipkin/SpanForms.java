package io.tracestore.zipkin;

import io.tracestore.migration.otlp.PlainSpans;
import io.tracestore.migration.spans.KeptFields;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.migration.zipkin.ZipkinReader;
import io.tracestore.migration.zipkin.ZipkinWriter;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.codec.SpanBytesEncoder;

/** Spans as Zipkin has them, and as the importer has them. */
final class SpanForms {
  private static final Pattern NAME = Pattern.compile("name(\\.\\d+)?");
  private static final String AGAIN = "again";
  private static final long NANOS_PER_MICRO = 1000;
  private static final int MAX_PORT = 65_535;

  private SpanForms() {}

  /**
   * Spans for the importer, which reads them from Zipkin's JSON.
   *
   * @throws IllegalArgumentException if one is not valid
   */
  static List<io.tracestore.migration.spans.Span> toOurs(List<Span> spans) {
    byte[] json = SpanBytesEncoder.JSON_V2.encodeList(spans);
    List<io.tracestore.migration.spans.Span> ours = new ArrayList<>(spans.size());
    try (SpanReader reader =
        new ZipkinReader(new ByteArrayInputStream(json), "span", Integer.MAX_VALUE)) {
      for (SpanReader.Item item = reader.next(); item != null; item = reader.next()) {
        if (item instanceof SpanReader.Found found) {
          ours.add(found.span());
        } else if (item instanceof SpanReader.Refused refused) {
          throw new IllegalArgumentException(refused.rejection().message());
        }
      }
    }
    return ours;
  }

  /**
   * The spans of a trace of any origin. A span that was reported under several names stands once
   * for each, the last name first: in this order Zipkin puts reports together.
   */
  static List<Span> toZipkin(FlowTrace trace) {
    List<Span> spans = new ArrayList<>();
    ZipkinWriter.spans(trace).forEach(span -> addZipkin(span, spans));
    return spans;
  }

  private static void addZipkin(io.tracestore.migration.spans.Span span, List<Span> spans) {
    Map<String, JsonValue> own = new TreeMap<>(span.own());
    Map<String, JsonValue> tags = new TreeMap<>(span.tags());
    List<String> otherNames = takeNames(own);
    KeptFields.keep(own, tags);
    Long timestamp = span.timestamp();
    Long duration = span.duration();
    Span.Builder identity =
        Span.newBuilder()
            .traceId(span.traceId())
            .parentId(span.parentId())
            .id(span.id())
            .kind(kind(span.kind()))
            .timestamp(timestamp == null ? 0 : timestamp / NANOS_PER_MICRO)
            .localEndpoint(endpoint(own.remove("local_endpoint")))
            .shared(flag(own.remove("shared")));
    Span.Builder whole =
        identity
            .clone()
            .name(span.name())
            .duration(duration == null ? 0 : duration / NANOS_PER_MICRO)
            .remoteEndpoint(endpoint(own.remove("remote_endpoint")))
            .debug(flag(own.remove("debug")));
    for (Annotation each : span.annotations()) {
      Long time = each.timestamp() == null ? timestamp : each.timestamp();
      whole.addAnnotation(time == null ? 0 : time / NANOS_PER_MICRO, each.value());
    }
    tags.forEach((name, value) -> whole.putTag(name, PlainSpans.textOf(value)));
    own.forEach(
        (name, value) -> whole.putTag(Origin.ZIPKIN.prefix() + name, PlainSpans.textOf(value)));
    otherNames.forEach(name -> spans.add(identity.clone().name(name).build()));
    spans.add(whole.build());
  }

  /** Takes the further names of a span out of {@code own}. */
  private static List<String> takeNames(Map<String, JsonValue> own) {
    if (!(own.get(AGAIN) instanceof JsonObject again)) {
      return List.of();
    }
    Map<String, JsonValue> rest = new TreeMap<>(again.members());
    List<String> names = new ArrayList<>();
    again
        .members()
        .forEach((field, value) -> {
          if (NAME.matcher(field).matches() && value instanceof JsonString name) {
            names.add(name.value());
            rest.remove(field);
          }
        });
    if (rest.isEmpty()) {
      own.remove(AGAIN);
    } else {
      own.put(AGAIN, JsonValue.object(rest));
    }
    return names.reversed();
  }

  /** Zipkin has no other kinds than its own. */
  private static Span.@Nullable Kind kind(@Nullable String kind) {
    return Arrays.stream(Span.Kind.values())
        .filter(known -> known.name().equals(kind))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Boolean flag(@Nullable JsonValue value) {
    return value instanceof JsonBoolean flag ? (Boolean) flag.value() : null;
  }

  private static @Nullable Endpoint endpoint(@Nullable JsonValue value) {
    if (!(value instanceof JsonObject object)) {
      return null;
    }
    Map<String, JsonValue> members = object.members();
    Endpoint.Builder endpoint = Endpoint.newBuilder().serviceName(text(members.get("serviceName")));
    endpoint.ip(text(members.get("ipv4")));
    endpoint.ip(text(members.get("ipv6")));
    if (members.get("port") instanceof JsonNumber number) {
      int port = number.toBigDecimal().intValue();
      if (port > 0 && port <= MAX_PORT) {
        endpoint.port(port);
      }
    }
    return endpoint.build();
  }

  private static @Nullable String text(@Nullable JsonValue value) {
    return value instanceof JsonString text ? text.value() : null;
  }
}
