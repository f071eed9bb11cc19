package io.tracestore.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStoreException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads traces from a stream of Reflow's JSON, one at a time.
 *
 * <p>The stream holds one trace, an array of traces, or traces one behind the other (JSON Lines),
 * in UTF-8 with or without a byte order mark; which of these is found out while reading. Memory
 * holds one trace at a time, however long the stream is. An empty stream holds no traces.
 *
 * <p>What is JSON but no valid trace comes as {@link Item.Rejected}, and reading goes on behind it;
 * what is not JSON ends the reading with a {@link CorruptDataException}. Both say source, line,
 * column, field and reason. Not safe for use by several threads at once. Closing closes the stream.
 */
public final class ReflowJsonReader implements Closeable {
  /** What stands at one place of the stream. */
  public sealed interface Item {
    /** Which one of the stream it is, from 1. */
    long number();

    /**
     * A trace.
     *
     * @param number which one of the stream it is, from 1
     * @param trace the trace
     */
    record Trace(long number, FlowTrace trace) implements Item {}

    /**
     * Something that is no valid trace.
     *
     * @param number which one of the stream it is, from 1
     * @param reason what is wrong with it, and where
     */
    record Rejected(long number, CorruptDataException reason) implements Item {}
  }

  private final InputStream in;
  private final JsonParser parser;
  private final JsonTokens json;
  private final JsonToModel model;

  private long number;

  /** The depth of what contains the traces: 0, or 1 within an array. */
  private int outerDepth;

  private @Nullable TraceStoreException broken;

  /**
   * Reads from {@code in}, which is buffered here.
   *
   * @param sourceName what errors call it, such as the file's name
   */
  public ReflowJsonReader(InputStream in, String sourceName) {
    this.in = Objects.requireNonNull(in, "in");
    this.parser = Json.parser(in);
    this.json = new JsonTokens(parser, sourceName);
    this.model = new JsonToModel(json);
  }

  /**
   * The next trace, or what stands in its place; empty at the end.
   *
   * @throws CorruptDataException if nothing more can be read, now and at each later call
   * @throws TraceStoreException if the stream fails
   */
  public Optional<Item> next() {
    if (broken != null) {
      throw broken;
    }
    try {
      json.leave(outerDepth); // the rest of one that was rejected
      JsonToken token = nextValue();
      return token == null ? Optional.empty() : Optional.of(item(token));
    } catch (JacksonException e) {
      broken = json.unreadable(e);
      throw broken;
    }
  }

  private @Nullable JsonToken nextValue() {
    while (true) {
      JsonToken token = json.next();
      if (token == JsonToken.START_ARRAY && outerDepth == 0) {
        outerDepth = 1;
      } else if (token == JsonToken.END_ARRAY) {
        outerDepth = 0;
      } else {
        return token;
      }
    }
  }

  private Item item(JsonToken token) {
    number++;
    json.startPath();
    if (token != JsonToken.START_OBJECT && number == 1) {
      broken = json.wrong("no Reflow traces: expected an object of fields such as trace_id");
      throw broken;
    }
    try {
      return new Item.Trace(number, model.trace());
    } catch (CorruptDataException e) {
      return new Item.Rejected(number, e);
    }
  }

  /** Closes the stream. */
  @Override
  public void close() {
    try (in) {
      parser.close();
    } catch (IOException e) {
      throw new TraceStoreException("cannot close what was read: " + e.getMessage(), e);
    }
  }
}
