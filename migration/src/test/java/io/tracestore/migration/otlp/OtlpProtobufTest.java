package io.tracestore.migration.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** OTLP's protobuf gives what its JSON gives. */
class OtlpProtobufTest {
  private static final long MEMORY = 256L << 20;
  private static final String JSON =
      """
      {"resourceSpans":[{
        "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
        "scopeSpans":[{
          "scope":{"name":"lib","version":"1"},
          "spans":[{
            "traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",
            "parentSpanId":"eee19b7ec3c1b173","name":"GET /","kind":2,"flags":1,
            "startTimeUnixNano":"1767600000000000001","endTimeUnixNano":"1767600000250000002",
            "attributes":[
              {"key":"a","value":{"doubleValue":"NaN"}},
              {"key":"b","value":{"bytesValue":"AAH/"}},
              {"key":"c","value":{"arrayValue":{"values":[{"intValue":"-5"},{"doubleValue":2.0}]}}}],
            "events":[{"timeUnixNano":"1767600000100000007","name":"miss"}],
            "links":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}],
            "status":{"code":2,"message":"declined"}}]}]}]}
      """;

  private static ByteString hex(String digits) {
    return ByteString.copyFrom(HexFormat.of().parseHex(digits));
  }

  private static KeyValue pair(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static Span.Builder span() {
    return Span.newBuilder()
        .setTraceId(hex("5b8efff798038103d269b633813fc60c"))
        .setSpanId(hex("eee19b7ec3c1b174"));
  }

  private static TracesData data(Span.Builder... spans) {
    ScopeSpans.Builder scope =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("lib").setVersion("1"));
    Arrays.stream(spans).forEach(scope::addSpans);
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(
                    Resource.newBuilder()
                        .addAttributes(
                            pair("service.name", AnyValue.newBuilder().setStringValue("shop"))))
                .addScopeSpans(scope))
        .build();
  }

  /** The same as {@link #JSON}. */
  private static byte[] message() {
    AnyValue.Builder list =
        AnyValue.newBuilder()
            .setArrayValue(
                ArrayValue.newBuilder()
                    .addValues(AnyValue.newBuilder().setIntValue(-5))
                    .addValues(AnyValue.newBuilder().setDoubleValue(2)));
    return data(span()
            .setParentSpanId(hex("eee19b7ec3c1b173"))
            .setName("GET /")
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .setFlags(1)
            .setStartTimeUnixNano(1767600000000000001L)
            .setEndTimeUnixNano(1767600000250000002L)
            .addAttributes(pair("a", AnyValue.newBuilder().setDoubleValue(Double.NaN)))
            .addAttributes(pair("b", AnyValue.newBuilder().setBytesValue(hex("0001ff"))))
            .addAttributes(pair("c", list))
            .addEvents(
                Span.Event.newBuilder().setTimeUnixNano(1767600000100000007L).setName("miss"))
            .addLinks(
                Span.Link.newBuilder()
                    .setTraceId(hex("0af7651916cd43dd8448eb211c80319c"))
                    .setSpanId(hex("b7ad6b7169203331")))
            .setStatus(
                Status.newBuilder()
                    .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                    .setMessage("declined")))
        .toByteArray();
  }

  private static Imported read(byte[] file) {
    return Imported.from(Origin.OTLP, OtlpFiles::open, MEMORY, file);
  }

  private static Imported json() {
    return Imported.from(Origin.OTLP, OtlpFiles::open, JSON);
  }

  @Test
  void aMessageGivesWhatItsJsonGives() {
    assertThat(read(message()).trace()).isEqualTo(json().trace());
  }

  @Test
  void messagesAfterTheirLengthsAreRead() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(file);
    byte[] other = data(span().setTraceId(hex("000000000000000000000000000000aa"))).toByteArray();
    for (byte[] message : new byte[][] {message(), other}) {
      out.writeInt(message.length);
      out.write(message);
    }

    Imported imported = read(file.toByteArray());

    assertThat(imported.rejections()).isEmpty();
    assertThat(imported.traces()).hasSize(2);
  }

  @Test
  void aWrongSpanIsNamedByItsByteAndTheOthersAreRead() {
    Imported imported = read(data(span().setSpanId(ByteString.EMPTY), span()).toByteArray());

    assertThat(imported.rejections()).containsExactly("a.json: byte 40: field 'spanId' is missing");
    assertThat(imported.traces()).hasSize(1);
  }

  @Test
  void aFileThatIsCutOffIsNamedAndWhatStoodBeforeIsTaken() {
    byte[] whole = data(span(), span().setSpanId(hex("eee19b7ec3c1b175"))).toByteArray();

    Imported imported = read(Arrays.copyOf(whole, whole.length - 10));

    assertThat(imported.traces()).hasSize(1);
    assertThat(imported.rejections())
        .singleElement()
        .asString()
        .matches(
            "a.json: byte \\d+: not valid OTLP protobuf: it ends in the middle of a message.*");
  }
}
