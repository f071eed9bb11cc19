package io.tracestore.migration.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A protobuf message of OTLP as the object that JSON would have for it, so that both are read in
 * one place.
 */
final class ProtobufFields {
  private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");

  private ProtobufFields() {}

  static JsonObject of(Message message) {
    Map<String, JsonValue> members = new TreeMap<>();
    message
        .getAllFields()
        .forEach((field, value) -> members.put(field.getJsonName(), value(field, value)));
    return new JsonObject(members);
  }

  private static JsonValue value(FieldDescriptor field, Object value) {
    if (field.isRepeated()) {
      List<JsonValue> elements = new ArrayList<>();
      ((List<?>) value).forEach(element -> elements.add(single(field, element)));
      return new JsonArray(elements);
    }
    return single(field, value);
  }

  private static JsonValue single(FieldDescriptor field, Object value) {
    return switch (value) {
      case KeyValue pair -> keyValue(pair);
      case AnyValue any -> anyValue(any);
      case Message message -> of(message);
      case ByteString bytes ->
          JsonValue.of(
              IDS.contains(field.getJsonName())
                  ? HexFormat.of().formatHex(bytes.toByteArray())
                  : Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case EnumValueDescriptor constant -> JsonValue.of(constant.getNumber());
      case Long number -> JsonValue.of(text(field, number));
      case Integer number -> JsonValue.of(Integer.toUnsignedLong(number));
      case Double number when !Double.isFinite(number) -> JsonValue.of(number.toString());
      default -> JsonValue.from(value);
    };
  }

  /** {@link #of} without reflection, for the message that there is most of. */
  private static JsonObject keyValue(KeyValue pair) {
    Map<String, JsonValue> members = new TreeMap<>();
    if (!pair.getKey().isEmpty()) {
      members.put("key", JsonValue.of(pair.getKey()));
    }
    if (pair.hasValue()) {
      members.put("value", anyValue(pair.getValue()));
    }
    return new JsonObject(members);
  }

  private static JsonObject anyValue(AnyValue any) {
    return switch (any.getValueCase()) {
      case STRING_VALUE ->
          new JsonObject(Map.of("stringValue", JsonValue.of(any.getStringValue())));
      case BOOL_VALUE -> new JsonObject(Map.of("boolValue", JsonValue.of(any.getBoolValue())));
      case INT_VALUE ->
          new JsonObject(Map.of("intValue", JsonValue.of(Long.toString(any.getIntValue()))));
      default -> of(any);
    };
  }

  private static String text(FieldDescriptor field, long number) {
    return field.getType() == FieldDescriptor.Type.FIXED64
        ? Long.toUnsignedString(number)
        : Long.toString(number);
  }
}
