package io.tracestore.codec;

import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStoreException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * The values of a JSON text in order, each checked against what the model expects there.
 *
 * <p>A value that is not as expected throws a {@link CorruptDataException}; the text after it can
 * still be read. Text that is not JSON throws Jackson's own exception, which {@link #unreadable}
 * explains.
 */
final class JsonTokens {
  private static final int SHOWN = 60;
  private static final int MAX_NAME_SHOWN = 60;
  private static final int MAX_PATH_SHOWN = 400;
  private static final int MAX_REASON_SHOWN = 400;
  private static final int INITIAL_BYTES = 1024;
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private final JsonParser parser;
  private final String source;

  /** Where paths in errors begin: at the value whose context is this deep. */
  private int pathDepth = 1;

  /** Whether the parser stands at the name of the object's first field already. */
  private boolean isAhead;

  JsonTokens(JsonParser parser, String source) {
    this.parser = parser;
    this.source = Messages.oneLine(source, 200);
  }

  /** The fields of one object, each at most once; those not known are passed over. */
  final class Fields {
    private final List<String> known;
    private long seen;
    private String name = "";

    private Fields(List<String> known) {
      this.known = known;
    }

    private @Nullable JsonToken nextInObject() {
      if (isAhead) {
        isAhead = false;
        return parser.currentToken();
      }
      return parser.nextToken();
    }

    /** Moves to the value of the next known field; false at the object's end. */
    boolean next() {
      while (nextInObject() == JsonToken.PROPERTY_NAME) {
        name = parser.currentName();
        int index = known.indexOf(name);
        if (index >= 0 && (seen & 1L << index) != 0) {
          throw wrong("duplicate field");
        }
        parser.nextToken();
        if (index >= 0) {
          seen |= 1L << index;
          return true;
        }
        parser.skipChildren();
      }
      return false;
    }

    String name() {
      return name;
    }

    /** The value read for {@code field}, at the end of the object. */
    <T> T required(String field, @Nullable T value) {
      if (value == null) {
        throw corrupt(parser.currentTokenLocation(), path(field), "missing field");
      }
      return value;
    }
  }

  // ---- structure ----

  /** Moves to the next value; null at the end of the text or of the array around it. */
  @Nullable JsonToken next() {
    return parser.nextToken();
  }

  /** Lets paths in errors begin at the current object. */
  void startPath() {
    pathDepth = depth();
  }

  /** How many arrays and objects are open. */
  int depth() {
    return parser.streamReadContext().getNestingDepth();
  }

  /** Passes over the rest of everything that is open deeper than {@code depth}. */
  void leave(int depth) {
    isAhead = false;
    while (depth() > depth && parser.nextToken() != null) {
      // The end of the text inside of a value is an error of the parser.
    }
  }

  /** The name of the first field of the current object, which {@link #object} then reads. */
  String firstName() {
    expect(JsonToken.START_OBJECT, "an object");
    isAhead = true;
    return parser.nextToken() == JsonToken.PROPERTY_NAME ? parser.currentName() : "";
  }

  Fields object(List<String> known) {
    if (!isAhead) {
      expect(JsonToken.START_OBJECT, "an object");
    }
    return new Fields(known);
  }

  /** Checks that an array begins here, whose elements are then read one by one. */
  boolean enterArray() {
    expect(JsonToken.START_ARRAY, "an array");
    return true;
  }

  <T> List<T> list(Supplier<T> element) {
    List<T> list = new ArrayList<>();
    elements(() -> list.add(element.get()));
    return list;
  }

  /** Calls {@code read} at the first token of each element. */
  void elements(Runnable read) {
    expect(JsonToken.START_ARRAY, "an array");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      read.run();
    }
  }

  /** A map; the last value of a name wins, as in Rust. */
  <T> Map<String, T> map(Supplier<T> value) {
    expect(JsonToken.START_OBJECT, "an object");
    Map<String, T> map = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = wellFormed(parser.currentName());
      parser.nextToken();
      map.put(name, value.get());
    }
    return map;
  }

  /**
   * A value of one of several kinds, tagged by its name: {@code "Name"}, or {@code {"Name":
   * detail}} read by {@code detail} from the detail on.
   */
  <T> T tagged(String what, Function<String, @Nullable T> plain, Function<String, T> detailed) {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      T value = plain.apply(text());
      if (value == null) {
        throw expected(what);
      }
      return value;
    }
    expect(JsonToken.START_OBJECT, what);
    if (parser.nextToken() != JsonToken.PROPERTY_NAME) {
      throw wrong("expected " + what + ", found an empty object");
    }
    String name = parser.currentName();
    parser.nextToken();
    T value = null;
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      value = plain.apply(name); // serde takes {"Running": null} for "Running"
    }
    if (value == null) {
      value = detailed.apply(name);
    }
    if (parser.nextToken() != JsonToken.END_OBJECT) {
      throw wrong("expected " + what + ", found an object of several fields");
    }
    return value;
  }

  // ---- scalars ----

  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  <T> @Nullable T orNull(Supplier<T> value) {
    return isNull() ? null : value.get();
  }

  String text() {
    expect(JsonToken.VALUE_STRING, "a string");
    return wellFormed(parser.getString());
  }

  /** A string that {@code parse} understands; its complaint is the reason of the error. */
  <T> T parsed(Function<String, T> parse) {
    String text = text();
    return valid(() -> parse.apply(text));
  }

  Instant instant() {
    return parsed(Rfc3339::parse);
  }

  long u32() {
    return whole(0xFFFF_FFFFL);
  }

  /** Rust's u64 or usize, as far as a long holds it. */
  long u63() {
    return whole(Long.MAX_VALUE);
  }

  int positiveInt() {
    return (int) whole(Integer.MAX_VALUE);
  }

  float f32() {
    float value = Float.parseFloat(number("a number"));
    if (!Float.isFinite(value)) {
      throw expected("a number that a 32-bit float holds");
    }
    return value;
  }

  double f64() {
    double value = Double.parseDouble(number("a number"));
    if (!Double.isFinite(value)) {
      throw expected("a number that a 64-bit float holds");
    }
    return value;
  }

  boolean bool() {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw expected("true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  /** An array of numbers from 0 to 255. */
  Bytes bytes() {
    expect(JsonToken.START_ARRAY, "an array of bytes");
    byte[] bytes = new byte[INITIAL_BYTES];
    int length = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, grown(length));
      }
      bytes[length++] = u8();
    }
    return Bytes.of(bytes, 0, length);
  }

  private int grown(int length) {
    if (length == MAX_BYTES) {
      throw wrong("more than %d bytes".formatted(MAX_BYTES));
    }
    return (int) Math.min(length + length / 2L, MAX_BYTES);
  }

  private byte u8() {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() <= 3) {
      char[] digits = parser.getStringCharacters();
      int at = parser.getStringOffset();
      int value = 0;
      for (int end = at + parser.getStringLength(); at < end && digits[at] != '-'; at++) {
        value = value * 10 + digits[at] - '0';
      }
      if (value <= 0xFF && digits[parser.getStringOffset()] != '-') {
        return (byte) value;
      }
    }
    throw expected("a byte (0 to 255)");
  }

  private long whole(long max) {
    String what = "a whole number from 0 to " + max;
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw expected(what);
    }
    String digits = number(what);
    if (digits.length() > 19 || digits.charAt(0) == '-') {
      throw expected(what);
    }
    long value = Long.parseUnsignedLong(digits);
    if (value < 0 || value > max) {
      throw expected(what);
    }
    return value;
  }

  private String number(String what) {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw expected(what);
    }
    if (parser.getStringLength() > JsonNumber.MAX_LENGTH) {
      throw wrong("a number is longer than %d characters".formatted(JsonNumber.MAX_LENGTH));
    }
    String number = parser.getString();
    if (parser.isNaN()) {
      throw wrong("expected " + what + ", found " + number);
    }
    return number;
  }

  // ---- any JSON ----

  JsonValue value() {
    return value(JsonValue.MAX_DEPTH);
  }

  private JsonValue value(int depth) {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> JsonValue.NULL;
      case VALUE_TRUE, VALUE_FALSE -> JsonValue.of(bool());
      case VALUE_STRING -> JsonValue.of(text());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        String number = number("a number");
        yield valid(() -> new JsonNumber(number));
      }
      case START_ARRAY -> {
        refuseTooDeep(depth);
        yield new JsonValue.JsonArray(list(() -> value(depth - 1)));
      }
      case START_OBJECT -> {
        refuseTooDeep(depth);
        yield new JsonValue.JsonObject(map(() -> value(depth - 1)));
      }
      default -> throw expected("a JSON value");
    };
  }

  private void refuseTooDeep(int depth) {
    if (depth == 0) {
      throw wrong("nested deeper than " + JsonValue.MAX_DEPTH);
    }
  }

  // ---- errors ----

  /**
   * Returns the result of {@code value}; if the model refuses the value, throws the error of the
   * current place.
   */
  <T> T valid(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /** The error of a current value that is not {@code what}. */
  CorruptDataException expected(String what) {
    return wrong("expected " + what + ", found " + found());
  }

  /** An error at the current value. */
  CorruptDataException wrong(String reason) {
    return corrupt(parser.currentTokenLocation(), path(""), reason);
  }

  /** The error that says why the text cannot be read any further. */
  TraceStoreException unreadable(JacksonException e) {
    if (e instanceof JacksonIOException && e.getCause() instanceof IOException failure) {
      return unreadable(failure);
    }
    TokenStreamLocation at = e.getLocation() != null ? e.getLocation() : parser.currentLocation();
    return corrupt(at, path(""), reason(e));
  }

  private static String reason(JacksonException e) {
    String message = e.getOriginalMessage();
    if (e instanceof UnexpectedEndOfInputException
        || message.startsWith("Unexpected end-of-input")) {
      return "the text ends in the middle of a value";
    }
    return e instanceof StreamConstraintsException ? exceeded(message) : "not JSON: " + message;
  }

  /** Jackson names its own settings here, which are of no use to a reader of the message. */
  private static String exceeded(String message) {
    if (message.contains("nesting depth")) {
      return "nested deeper than " + 2 * JsonValue.MAX_DEPTH;
    }
    return "a string, name or number is longer than %d characters"
        .formatted(FlowTrace.MAX_TEXT_LENGTH);
  }

  private TraceStoreException unreadable(IOException e) {
    boolean damaged =
        e instanceof CharacterCodingException
            || e instanceof EOFException
            || e instanceof ZipException;
    if (damaged) {
      return corrupt(parser.currentLocation(), path(""), String.valueOf(e.getMessage()));
    }
    String reason = Messages.oneLine(String.valueOf(e.getMessage()), MAX_REASON_SHOWN);
    return new TraceStoreException("cannot read " + source + ": " + reason, e);
  }

  private CorruptDataException corrupt(TokenStreamLocation at, String path, String reason) {
    StringBuilder message = new StringBuilder(source);
    if (at.getLineNr() > 0) {
      message.append(", line ").append(at.getLineNr());
      message.append(", column ").append(at.getColumnNr());
    }
    if (!path.isEmpty()) {
      message.append(", ").append(path);
    }
    message.append(": ").append(Messages.oneLine(reason, MAX_REASON_SHOWN));
    return new CorruptDataException(message.toString(), null);
  }

  private void expect(JsonToken token, String what) {
    if (parser.currentToken() != token) {
      throw expected(what);
    }
  }

  private String found() {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case null -> "the end";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case END_OBJECT, END_ARRAY -> "the end";
      case VALUE_STRING -> '"' + Messages.oneLine(parser.getString(), SHOWN) + '"';
      default -> Messages.oneLine(parser.getString(), SHOWN);
    };
  }

  /** The current value's path, such as {@code events[3].data}, and {@code field} in it. */
  private String path(String field) {
    List<TokenStreamContext> contexts = new ArrayList<>();
    TokenStreamContext context = parser.streamReadContext();
    while (context != null && context.getNestingDepth() >= pathDepth) {
      contexts.addFirst(context);
      context = context.getParent();
    }
    StringBuilder path = new StringBuilder();
    for (TokenStreamContext step : contexts) {
      if (step.inObject() && step.hasCurrentName()) {
        appendName(path, step.currentName());
      } else if (step.inArray() && step.hasCurrentIndex()) {
        path.append('[').append(step.getCurrentIndex()).append(']');
      }
    }
    if (!field.isEmpty()) {
      appendName(path, field);
    }
    return Messages.oneLine(path.toString(), MAX_PATH_SHOWN);
  }

  private static void appendName(StringBuilder path, String name) {
    String shown = Messages.oneLine(name, MAX_NAME_SHOWN);
    if (!shown.matches("[A-Za-z0-9_-]+")) {
      path.append("[\"").append(shown).append("\"]");
    } else if (path.isEmpty()) {
      path.append(shown);
    } else {
      path.append('.').append(shown);
    }
  }

  /** Refuses here, where the place is known, what the model would refuse later. */
  private String wellFormed(String text) {
    int length = text.length();
    int i = 0;
    while (i < length) {
      char c = text.charAt(i++);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isLowSurrogate(c) || i == length || !Character.isLowSurrogate(text.charAt(i))) {
        throw wrong("unpaired surrogate \\u%04x in a string".formatted((int) c));
      }
      i++;
    }
    return text;
  }
}
