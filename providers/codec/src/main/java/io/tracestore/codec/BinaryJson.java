package io.tracestore.codec;

import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNull;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON values in the binary form: a tag, then what it stands for. */
final class BinaryJson {
  private static final int NULL = 0;
  private static final int FALSE = 1;
  private static final int TRUE = 2;
  private static final int TEXT = 3;

  /** A short text, which may come again. */
  private static final int NAME = 4;

  /** A whole number from 0, as varint. */
  private static final int WHOLE = 5;

  /** A whole number below 0, as varint of its distance from -1. */
  private static final int NEGATIVE = 6;

  /** Any other number, as its canonical literal. */
  private static final int NUMBER = 7;

  private static final int ARRAY = 8;
  private static final int OBJECT = 9;

  private static final int MAX_NAME_LENGTH = 40;

  /** As many digits as always fit a long. */
  private static final int MAX_DIGITS = 18;

  private BinaryJson() {}

  static void writeObject(BinaryOutput out, Map<String, JsonValue> members) {
    out.varint(members.size());
    for (Map.Entry<String, JsonValue> member : members.entrySet()) {
      out.name(member.getKey());
      write(out, member.getValue());
    }
  }

  static Map<String, JsonValue> readObject(BinaryInput in) {
    return readObject(in, JsonValue.MAX_DEPTH);
  }

  private static void write(BinaryOutput out, JsonValue value) {
    switch (value) {
      case JsonString string -> writeText(out, string.value());
      case JsonNumber number -> writeNumber(out, number.literal());
      case JsonNull none -> out.u8(NULL);
      case JsonBoolean bool -> out.u8(bool.value() ? TRUE : FALSE);
      case JsonArray array -> {
        out.u8(ARRAY);
        out.varint(array.elements().size());
        for (JsonValue element : array.elements()) {
          write(out, element);
        }
      }
      case JsonObject object -> {
        out.u8(OBJECT);
        writeObject(out, object.members());
      }
    }
  }

  private static void writeText(BinaryOutput out, String text) {
    if (text.length() <= MAX_NAME_LENGTH) {
      out.u8(NAME);
      out.name(text);
    } else {
      out.u8(TEXT);
      out.text(text);
    }
  }

  private static void writeNumber(BinaryOutput out, String literal) {
    int start = literal.charAt(0) == '-' ? 1 : 0;
    int digits = literal.length() - start;
    boolean minusZero = start == 1 && literal.charAt(1) == '0';
    if (digits > MAX_DIGITS || minusZero) {
      writeLiteral(out, literal);
      return;
    }
    long value = 0;
    for (int i = start; i < literal.length(); i++) {
      char c = literal.charAt(i);
      if (c < '0' || c > '9') {
        writeLiteral(out, literal);
        return;
      }
      value = value * 10 + (c - '0');
    }
    out.u8(start == 0 ? WHOLE : NEGATIVE);
    out.varint(start == 0 ? value : value - 1);
  }

  private static void writeLiteral(BinaryOutput out, String literal) {
    out.u8(NUMBER);
    out.text(literal);
  }

  private static JsonValue read(BinaryInput in, int depth) {
    int tag = in.u8();
    return switch (tag) {
      case NULL -> JsonValue.NULL;
      case FALSE -> JsonValue.of(false);
      case TRUE -> JsonValue.of(true);
      case TEXT -> new JsonString(in.text());
      case NAME -> new JsonString(in.name());
      case WHOLE -> JsonNumber.of(whole(in));
      case NEGATIVE -> JsonNumber.of(-1 - whole(in));
      case NUMBER -> new JsonNumber(in.text());
      case ARRAY -> readArray(in, nested(in, depth));
      case OBJECT -> new JsonObject(readObject(in, nested(in, depth)));
      default -> throw in.corrupt("no kind of JSON value: " + tag);
    };
  }

  private static long whole(BinaryInput in) {
    long value = in.varint();
    if (value < 0) {
      throw in.corrupt("a whole number has more than 63 bits");
    }
    return value;
  }

  private static JsonValue readArray(BinaryInput in, int depth) {
    int count = in.count(1);
    List<JsonValue> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(read(in, depth));
    }
    return new JsonArray(elements);
  }

  private static Map<String, JsonValue> readObject(BinaryInput in, int depth) {
    int count = in.count(2);
    if (count == 0) {
      return Map.of();
    }
    Map<String, JsonValue> members = LinkedHashMap.newLinkedHashMap(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      String name = in.name();
      if (members.put(name, read(in, depth)) != null) {
        throw in.corrupt("a name comes twice in an object");
      }
    }
    return members;
  }

  private static int nested(BinaryInput in, int depth) {
    if (depth == 0) {
      throw in.corrupt("a JSON value is nested deeper than " + JsonValue.MAX_DEPTH);
    }
    return depth - 1;
  }
}
