package io.tracestore.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import java.io.StringWriter;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * Single values as Reflow's JSON in strings; {@link ReflowJsonReader} and {@link ReflowJsonWriter}
 * are for files.
 *
 * <p>Numbers keep every digit, fields stand in Reflow's order, names of maps are sorted, and times
 * are RFC 3339 in UTC. Reading throws {@link CorruptDataException}, which tells line, column and
 * field, for text that is not exactly one such value. Safe for use by many threads.
 */
public final class ReflowJson {
  private static final String SOURCE = "JSON";

  private ReflowJson() {}

  /** {@code trace} as one line. */
  public static String write(FlowTrace trace) {
    return written(json -> new ModelToJson(json).trace(trace));
  }

  /**
   * The trace that {@code text} holds.
   *
   * @throws CorruptDataException if it does not hold exactly one
   */
  public static FlowTrace readTrace(String text) {
    return read(text, json -> new JsonToModel(json).trace());
  }

  /** {@code event} as one line. */
  public static String write(TraceEvent event) {
    return written(json -> new ModelToJson(json).event(event));
  }

  /**
   * The event that {@code text} holds.
   *
   * @throws CorruptDataException if it does not hold exactly one
   */
  public static TraceEvent readEvent(String text) {
    return read(text, json -> new JsonToModel(json).event());
  }

  /**
   * {@code value} as one line.
   *
   * @throws IllegalArgumentException if it is nested deeper than 1000
   */
  public static String write(JsonValue value) {
    return written(json -> new ModelToJson(json).value(value));
  }

  /**
   * The value that {@code text} holds, of any kind.
   *
   * @throws CorruptDataException if it does not hold exactly one
   */
  public static JsonValue readValue(String text) {
    return read(text, JsonTokens::value);
  }

  /**
   * {@code query} as one line: Reflow's TraceQuery, and fields of our own, written where set, for
   * filters that Reflow does not have.
   */
  public static String write(TraceQuery query) {
    return written(json -> QueryJson.write(query, json));
  }

  /**
   * The query that {@code text} holds; a field that is absent or null filters nothing.
   *
   * @throws CorruptDataException if it does not hold exactly one
   */
  public static TraceQuery readQuery(String text) {
    return read(text, QueryJson::read);
  }

  static String written(Consumer<JsonGenerator> value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.generator(text)) {
      value.accept(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("cannot be JSON: " + e.getOriginalMessage(), e);
    }
    return text.toString();
  }

  static <T> T read(String text, Function<JsonTokens, T> read) {
    try (JsonParser parser = Json.parser(text)) {
      JsonTokens json = new JsonTokens(parser, SOURCE);
      try {
        if (json.next() == null) {
          throw json.wrong("expected a value, found the end");
        }
        T value = read.apply(json);
        if (json.next() != null) {
          throw json.wrong("expected the end, found another value");
        }
        return value;
      } catch (JacksonException e) {
        throw json.unreadable(e);
      }
    }
  }
}
