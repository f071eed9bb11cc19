package io.tracestore.migration.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracestore.migration.SampleTraces;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import io.tracestore.model.FlowTrace;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** OTLP is read and written as protobuf's own JSON reads and writes OpenTelemetry's messages. */
class OtlpReferenceTest {
  private static final ByteString TRACE =
      ByteString.copyFrom(HexFormat.of().parseHex("5b8efff798038103d269b633813fc60c"));

  @Property
  void json_that_protobuf_writes_is_read_like_the_message(@ForAll("messages") TracesData data)
      throws InvalidProtocolBufferException {
    String json = JsonFormat.printer().print(data);

    assertThat(read(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(read(data.toByteArray()));
  }

  @Property
  void json_that_is_written_is_the_message_that_was_read(@ForAll("messages") TracesData data)
      throws InvalidProtocolBufferException {
    assertThat(flat(parsed(written(read(data.toByteArray())))))
        .containsExactlyInAnyOrderElementsOf(flat(withHexIds(data)));
  }

  @Test
  void spans_of_any_trace_are_messages_that_protobuf_reads() throws Exception {
    List<FlowTrace> traces = SampleTraces.of(4).next(50);

    assertThat(flat(parsed(written(traces))))
        .hasSize(traces.stream().mapToInt(trace -> OtlpWriter.spans(trace).size()).sum());
  }

  private static List<FlowTrace> read(byte[] file) {
    Imported imported = Imported.from(Origin.OTLP, OtlpFiles::open, 1 << 28, file);
    assertThat(imported.rejections()).isEmpty();
    return imported.traces();
  }

  private static String written(List<FlowTrace> traces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OtlpWriter writer = new OtlpWriter(out)) {
      traces.forEach(writer::write);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Refuses a field that OpenTelemetry does not have. */
  private static TracesData parsed(String json) throws InvalidProtocolBufferException {
    TracesData.Builder data = TracesData.newBuilder();
    JsonFormat.parser().merge(json, data);
    return data.build();
  }

  /** Ids as protobuf takes the hexadecimal digits of OTLP, which it believes to be base64. */
  private static TracesData withHexIds(TracesData data) {
    TracesData.Builder all = data.toBuilder();
    for (ResourceSpans.Builder resource : all.getResourceSpansBuilderList()) {
      for (ScopeSpans.Builder scope : resource.getScopeSpansBuilderList()) {
        for (Span.Builder span : scope.getSpansBuilderList()) {
          span.setTraceId(hex(span.getTraceId()));
          span.setSpanId(hex(span.getSpanId()));
          span.setParentSpanId(hex(span.getParentSpanId()));
          for (Span.Link.Builder link : span.getLinksBuilderList()) {
            link.setTraceId(hex(link.getTraceId()));
            link.setSpanId(hex(link.getSpanId()));
          }
        }
      }
    }
    return all.build();
  }

  private static ByteString hex(ByteString id) {
    return ByteString.copyFrom(
        Base64.getDecoder().decode(HexFormat.of().formatHex(id.toByteArray())));
  }

  /** Each span with its resource and scope; attributes have no order. */
  private static List<ResourceSpans> flat(TracesData data) {
    List<ResourceSpans> flat = new ArrayList<>();
    for (ResourceSpans resource : data.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          InstrumentationScope from = scope.getScope();
          flat.add(
              ResourceSpans.newBuilder()
                  .setResource(
                      Resource.newBuilder()
                          .addAllAttributes(sorted(resource.getResource().getAttributesList())))
                  .addScopeSpans(
                      ScopeSpans.newBuilder()
                          .setScope(
                              from.toBuilder()
                                  .clearAttributes()
                                  .addAllAttributes(sorted(from.getAttributesList())))
                          .addSpans(sorted(span)))
                  .build());
        }
      }
    }
    return flat;
  }

  private static Span sorted(Span span) {
    Span.Builder sorted =
        span.toBuilder().clearAttributes().addAllAttributes(sorted(span.getAttributesList()));
    sorted.setStatus(span.getStatus());
    for (Span.Event.Builder event : sorted.getEventsBuilderList()) {
      List<KeyValue> attributes = sorted(event.getAttributesList());
      event.clearAttributes().addAllAttributes(attributes);
    }
    for (Span.Link.Builder link : sorted.getLinksBuilderList()) {
      List<KeyValue> attributes = sorted(link.getAttributesList());
      link.clearAttributes().addAllAttributes(attributes);
    }
    return sorted.build();
  }

  private static List<KeyValue> sorted(List<KeyValue> attributes) {
    return attributes.stream()
        .map(each -> each.toBuilder().setValue(sorted(each.getValue())).build())
        .sorted(Comparator.comparing(KeyValue::getKey))
        .toList();
  }

  private static AnyValue sorted(AnyValue value) {
    return switch (value.getValueCase()) {
      case ARRAY_VALUE ->
          AnyValue.newBuilder()
              .setArrayValue(
                  ArrayValue.newBuilder()
                      .addAllValues(
                          value.getArrayValue().getValuesList().stream()
                              .map(OtlpReferenceTest::sorted)
                              .toList()))
              .build();
      case KVLIST_VALUE ->
          AnyValue.newBuilder()
              .setKvlistValue(
                  KeyValueList.newBuilder()
                      .addAllValues(sorted(value.getKvlistValue().getValuesList())))
              .build();
      default -> value;
    };
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.of("", "service.name", "peer.service", "shop"),
        Arbitraries.strings()
            .ofMaxLength(8)
            .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text)));
  }

  private static Arbitrary<AnyValue> values() {
    return Arbitraries.lazyOf(
        () -> texts().map(each -> AnyValue.newBuilder().setStringValue(each).build()),
        () -> Arbitraries.longs().map(each -> AnyValue.newBuilder().setIntValue(each).build()),
        () ->
            Arbitraries.oneOf(
                    Arbitraries.doubles(),
                    Arbitraries.of(
                        Double.NaN, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, Double.MIN_VALUE))
                .map(each -> AnyValue.newBuilder().setDoubleValue(each).build()),
        () ->
            Arbitraries.of(true, false)
                .map(each -> AnyValue.newBuilder().setBoolValue(each).build()),
        () ->
            Arbitraries.bytes()
                .array(byte[].class)
                .ofMaxSize(5)
                .map(
                    each -> AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(each)).build()),
        () ->
            values()
                .list()
                .ofMaxSize(2)
                .map(each ->
                    AnyValue.newBuilder()
                        .setArrayValue(ArrayValue.newBuilder().addAllValues(each))
                        .build()),
        () ->
            attributes()
                .map(each ->
                    AnyValue.newBuilder()
                        .setKvlistValue(KeyValueList.newBuilder().addAllValues(each))
                        .build()));
  }

  private static Arbitrary<List<KeyValue>> attributes() {
    return Arbitraries.maps(texts(), values())
        .ofMaxSize(2)
        .map(each ->
            each.entrySet().stream()
                .map(pair ->
                    KeyValue.newBuilder().setKey(pair.getKey()).setValue(pair.getValue()).build())
                .toList());
  }

  private static Arbitrary<Long> times() {
    return Arbitraries.longs().between(0, Long.MAX_VALUE);
  }

  private static Arbitrary<Span.Event> events() {
    return Combinators.combine(times(), texts(), attributes(), Arbitraries.integers())
        .as((time, name, attributes, dropped) ->
            Span.Event.newBuilder()
                .setTimeUnixNano(time)
                .setName(name)
                .addAllAttributes(attributes)
                .setDroppedAttributesCount(dropped)
                .build());
  }

  private static Arbitrary<Span.Link> links() {
    return Combinators.combine(attributes(), texts(), Arbitraries.integers())
        .as((attributes, state, flags) ->
            Span.Link.newBuilder()
                .setTraceId(TRACE)
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex("eee19b7ec3c1b174")))
                .setTraceState(state)
                .addAllAttributes(attributes)
                .setFlags(flags)
                .build());
  }

  private static Arbitrary<Span.Builder> spans() {
    Arbitrary<Span.Builder> heads =
        Combinators.combine(
                texts(),
                Arbitraries.of(0, 1, 2, 3, 4, 5),
                times(),
                times(),
                texts(),
                Arbitraries.integers(),
                Arbitraries.of(0, 1, 2),
                texts())
            .as((name, kind, start, end, state, flags, code, message) ->
                Span.newBuilder()
                    .setTraceId(TRACE)
                    .setName(name)
                    .setKindValue(kind)
                    .setStartTimeUnixNano(start)
                    .setEndTimeUnixNano(end)
                    .setTraceState(state)
                    .setFlags(flags)
                    .setDroppedEventsCount(flags)
                    .setStatus(Status.newBuilder().setCodeValue(code).setMessage(message)));
    return Combinators.combine(
            heads, attributes(), events().list().ofMaxSize(2), links().list().ofMaxSize(2))
        .as((span, attributes, events, links) ->
            span.clone().addAllAttributes(attributes).addAllEvents(events).addAllLinks(links));
  }

  private static Span numbered(Span.Builder span, long number) {
    return span.clone()
        .setSpanId(id(number))
        .setParentSpanId(number == 1 ? ByteString.EMPTY : id(number - 1))
        .build();
  }

  private static ByteString id(long number) {
    return ByteString.copyFrom(HexFormat.of().parseHex("%016x".formatted(number)));
  }

  @Provide
  Arbitrary<TracesData> messages() {
    return Combinators.combine(
            attributes(), attributes(), texts(), texts(), spans().list().ofMinSize(1).ofMaxSize(4))
        .as((resource, scope, name, version, spans) -> {
          ScopeSpans.Builder scopeSpans =
              ScopeSpans.newBuilder()
                  .setScope(
                      InstrumentationScope.newBuilder()
                          .setName(name)
                          .setVersion(version)
                          .addAllAttributes(scope));
          for (int i = 0; i < spans.size(); i++) {
            scopeSpans.addSpans(numbered(spans.get(i), i + 1));
          }
          return TracesData.newBuilder()
              .addResourceSpans(
                  ResourceSpans.newBuilder()
                      .setResource(Resource.newBuilder().addAllAttributes(resource))
                      .addScopeSpans(scopeSpans))
              .build();
        });
  }
}
