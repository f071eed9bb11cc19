package io.tracestore.migration;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Files of spans with any values in any fields, valid ones more often than others. */
final class GeneratedSpans {
  private static final String TRACE = "1122334455667788";
  private static final long NANOS = 1_760_000_000_000_000_000L;
  private static final long MICROS = NANOS / 1000;

  private GeneratedSpans() {}

  private static Arbitrary<String> text() {
    return Arbitraries.oneOf(
        Arbitraries.of("", "shop", "bakery", "error", "true", "kind", "a.b", "5"),
        Arbitraries.strings().withChars("aB é€\u0000\"\\\n\u2028").ofMaxLength(6),
        Arbitraries.just("\uD83C\uDF5E"));
  }

  private static Arbitrary<String> name(String format) {
    return Arbitraries.oneOf(
        text(),
        Arbitraries.of(
            "error",
            "peer.service",
            "span.kind",
            "event",
            "service.name",
            "http.path",
            format + ".other",
            format + ".tag.x",
            "tracestore.kept.again",
            "tracestore.kept.repaired_text"));
  }

  private static Arbitrary<Object> any() {
    return Arbitraries.lazyOf(
        GeneratedSpans::scalar,
        GeneratedSpans::scalar,
        () -> any().list().ofMaxSize(2).map(each -> (Object) each),
        () -> Arbitraries.maps(text(), any()).ofMaxSize(2).map(each -> (Object) each));
  }

  private static Arbitrary<Object> scalar() {
    return Arbitraries.oneOf(
        text().map(each -> (Object) each),
        Arbitraries.of(true, false),
        Arbitraries.longs().map(each -> (Object) each),
        Arbitraries.doubles().map(each -> (Object) each),
        Arbitraries.just(JsonValue.NULL));
  }

  private static Arbitrary<Object> object(Map<String, Arbitrary<Object>> fields) {
    return Arbitraries.subsetOf(fields.keySet())
        .flatMap(names -> {
          List<String> order = names.stream().sorted().toList();
          List<Arbitrary<Object>> values =
              order.stream().map(each -> fields.getOrDefault(each, any())).toList();
          return Combinators.combine(values)
              .as(each -> {
                Map<String, Object> object = new LinkedHashMap<>();
                for (int i = 0; i < order.size(); i++) {
                  object.put(order.get(i), each.get(i));
                }
                return (Object) object;
              });
        });
  }

  private static Arbitrary<Object> list(Arbitrary<Object> elements) {
    return elements.list().ofMaxSize(3).map(each -> (Object) each);
  }

  private static Arbitrary<Object> asObject(Arbitrary<?> values) {
    return values.map(each -> (Object) each);
  }

  private static Arbitrary<Object> time(long base) {
    return Arbitraries.frequencyOf(
        Tuple.of(6, asObject(Arbitraries.longs().between(base, base + 5000))),
        Tuple.of(1, asObject(Arbitraries.longs().between(base, base + 5000).map(String::valueOf))),
        Tuple.of(1, asObject(Arbitraries.of(0L, -1L, 1L, Long.MAX_VALUE, Long.MAX_VALUE / 1000))),
        Tuple.of(1, scalar()));
  }

  private static Arbitrary<Object> id() {
    return asObject(
        Arbitraries.of("0000000000000001", "0000000000000002", "3", "00000000000000aB"));
  }

  @SuppressWarnings("unchecked")
  private static Arbitrary<Map<String, Object>> span(
      Map<String, Arbitrary<Object>> required, Map<String, Arbitrary<Object>> optional) {
    List<String> names = new ArrayList<>(required.keySet());
    return Combinators.combine(
            Combinators.combine(new ArrayList<>(required.values())).as(each -> each),
            object(optional))
        .as((values, rest) -> {
          Map<String, Object> span = new LinkedHashMap<>((Map<String, Object>) rest);
          for (int i = 0; i < names.size(); i++) {
            span.put(names.get(i), values.get(i));
          }
          return span;
        });
  }

  private static String json(Object value) {
    return ReflowJson.write(JsonValue.from(value));
  }

  /** Gives each span an id of its own: reports of one span would be put together. */
  private static List<Map<String, Object>> numbered(List<Map<String, Object>> spans, String id) {
    List<Map<String, Object>> numbered = new ArrayList<>();
    for (Map<String, Object> span : spans) {
      Map<String, Object> copy = new LinkedHashMap<>(span);
      copy.put(id, "%016x".formatted(numbered.size() + 1));
      numbered.add(copy);
    }
    return numbered;
  }

  static Arbitrary<String> zipkin() {
    Map<String, Arbitrary<Object>> endpoint =
        Map.of(
            "serviceName",
            asObject(text()),
            "ipv4",
            asObject(text()),
            "port",
            scalar(),
            "colour",
            any());
    Map<String, Arbitrary<Object>> annotation =
        Map.of("timestamp", time(MICROS), "value", asObject(text()), "colour", any());
    Map<String, Arbitrary<Object>> fields = new LinkedHashMap<>();
    fields.put("parentId", id());
    fields.put("kind", asObject(Arbitraries.of("CLIENT", "SERVER", "PRODUCER", "CONSUMER", "")));
    fields.put("name", asObject(text()));
    fields.put("timestamp", time(MICROS));
    fields.put("duration", time(0));
    fields.put("localEndpoint", object(endpoint));
    fields.put("remoteEndpoint", object(endpoint));
    fields.put("annotations", list(object(annotation)));
    fields.put("tags", asObject(Arbitraries.maps(name("zipkin"), scalar()).ofMaxSize(3)));
    fields.put("shared", asObject(Arbitraries.of(true, false)));
    fields.put("debug", asObject(Arbitraries.of(true, false)));
    fields.put("colour", any());
    return span(Map.of("traceId", asObject(Arbitraries.just(TRACE))), fields)
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(spans -> json(numbered(spans, "id")));
  }

  static Arbitrary<String> jaeger() {
    Arbitrary<Object> tag =
        Combinators.combine(
                name("jaeger"),
                Arbitraries.oneOf(
                    scalar().map(each -> tagOf("", each)),
                    text().map(each -> tagOf("string", each)),
                    Arbitraries.just(tagOf("binary", "AAEC")),
                    Arbitraries.integers().map(each -> tagOf("int64", each.toString())),
                    Arbitraries.of("true", "false").map(each -> tagOf("bool", each))))
            .as((key, value) -> {
              Map<String, Object> tagged = new LinkedHashMap<>(value);
              tagged.put("key", key);
              return (Object) tagged;
            });
    Arbitrary<Object> tags = list(tag);
    Arbitrary<Object> reference =
        asObject(
            Combinators.combine(
                    Arbitraries.of("CHILD_OF", "FOLLOWS_FROM"),
                    Arbitraries.of(TRACE, "0000000000000099"),
                    id())
                .as((type, trace, span) ->
                    Map.of("refType", type, "traceID", trace, "spanID", span)));
    Map<String, Arbitrary<Object>> fields = new LinkedHashMap<>();
    fields.put("parentSpanID", id());
    fields.put("operationName", asObject(text()));
    fields.put("references", list(reference));
    fields.put("startTime", time(MICROS));
    fields.put("duration", time(0));
    fields.put("flags", asObject(Arbitraries.integers().between(0, 3)));
    fields.put("tags", tags);
    fields.put(
        "logs", list(object(Map.of("timestamp", time(MICROS), "fields", tags, "colour", any()))));
    fields.put("processID", asObject(Arbitraries.of("p1", "p2", "p3")));
    fields.put("warnings", list(asObject(text())));
    fields.put("colour", any());
    Map<String, Arbitrary<Object>> process =
        Map.of("serviceName", asObject(text()), "tags", tags, "colour", any());
    return Combinators.combine(
            span(Map.of("traceID", asObject(Arbitraries.just(TRACE))), fields)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(spans -> numbered(spans, "spanID")),
            object(process),
            object(process),
            any())
        .as((spans, p1, p2, other) ->
            json(
                Map.of(
                    "data",
                    List.of(
                        Map.of(
                            "traceID", TRACE,
                            "spans", spans,
                            "processes", Map.of("p1", p1, "p2", p2),
                            "colour", other)))));
  }

  private static Map<String, Object> tagOf(String type, Object value) {
    return type.isEmpty() ? Map.of("value", value) : Map.of("type", type, "value", value);
  }

  static Arbitrary<String> otlp() {
    Arbitrary<Object> attributes =
        list(
            asObject(
                Combinators.combine(name("otlp"), anyValue())
                    .as((key, value) -> Map.of("key", key, "value", value))));
    Map<String, Arbitrary<Object>> event = new LinkedHashMap<>();
    event.put("timeUnixNano", time(NANOS));
    event.put("name", asObject(text()));
    event.put("attributes", attributes);
    event.put("droppedAttributesCount", asObject(Arbitraries.integers().between(0, 3)));
    event.put("colour", any());
    Map<String, Arbitrary<Object>> fields = new LinkedHashMap<>();
    fields.put(
        "parentSpanId", asObject(Arbitraries.of("0000000000000001", "", "00000000000000ff")));
    fields.put("name", asObject(text()));
    fields.put(
        "kind",
        asObject(Arbitraries.of(0, 1, 2, 3, 4, 5, 9, "SPAN_KIND_SERVER", "SPAN_KIND_NEW", "2")));
    fields.put("startTimeUnixNano", time(NANOS));
    fields.put("endTimeUnixNano", time(NANOS + 2000));
    fields.put("attributes", attributes);
    fields.put("events", list(object(event)));
    fields.put(
        "links",
        list(
            object(Map.of("traceId", asObject(text()), "spanId", id(), "attributes", attributes))));
    fields.put(
        "status",
        object(
            Map.of(
                "code", asObject(Arbitraries.of(0, 1, 2, 7, "STATUS_CODE_ERROR", "STATUS_CODE_OK")),
                "message", asObject(text()),
                "colour", any())));
    fields.put("traceState", asObject(text()));
    fields.put("flags", asObject(Arbitraries.integers().between(0, 257)));
    fields.put("droppedEventsCount", asObject(Arbitraries.integers().between(0, 3)));
    fields.put("colour", any());
    Map<String, Arbitrary<Object>> scope =
        Map.of(
            "name",
            asObject(text()),
            "version",
            asObject(text()),
            "attributes",
            attributes,
            "colour",
            any());
    Arbitrary<Map<String, Object>> span =
        span(
            Map.of(
                "traceId",
                asObject(Arbitraries.just("1122334455667788" + TRACE)),
                "spanId",
                asObject(Arbitraries.longs().between(1, Long.MAX_VALUE).map("%016x"::formatted))),
            fields);
    Arbitrary<Object> scopeSpans =
        asObject(
            Combinators.combine(object(scope), span.list().ofMinSize(1).ofMaxSize(3))
                .as((from, spans) -> ordered("scope", from, "spans", spans)));
    Arbitrary<Object> resource = object(Map.of("attributes", attributes, "colour", any()));
    return Combinators.combine(resource, scopeSpans.list().ofMinSize(1).ofMaxSize(2))
        .as((from, scopes) -> (Object) ordered("resource", from, "scopeSpans", scopes))
        .list()
        .ofMinSize(1)
        .ofMaxSize(2)
        .map(resources -> json(Map.of("resourceSpans", resources)));
  }

  private static Map<String, Object> ordered(
      String first, Object firstValue, String second, Object secondValue) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(first, firstValue);
    object.put(second, secondValue);
    return object;
  }

  private static Arbitrary<Object> anyValue() {
    return Arbitraries.lazyOf(
        () -> text().map(each -> (Object) Map.of("stringValue", each)),
        () -> Arbitraries.longs().map(each -> (Object) Map.of("intValue", each.toString())),
        () -> Arbitraries.doubles().map(each -> (Object) Map.of("doubleValue", each)),
        () -> Arbitraries.of("NaN", "-Infinity").map(each -> (Object) Map.of("doubleValue", each)),
        () -> Arbitraries.of(true, false).map(each -> (Object) Map.of("boolValue", each)),
        () -> Arbitraries.just((Object) Map.of("bytesValue", "AAEC")),
        () -> Arbitraries.just((Object) Map.of()),
        () ->
            anyValue()
                .list()
                .ofMaxSize(2)
                .map(each -> (Object) Map.of("arrayValue", Map.of("values", each))),
        () ->
            Combinators.combine(text(), anyValue())
                .as((key, value) ->
                    (Object)
                        Map.of(
                            "kvlistValue",
                            Map.of("values", List.of(Map.of("key", key, "value", value))))));
  }
}
