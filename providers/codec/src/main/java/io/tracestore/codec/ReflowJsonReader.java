package io.tracestore.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStoreException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads traces from a stream of Reflow's JSON, one at a time.
 *
 * <p>The stream holds one trace, an array of traces, or traces one after the other (JSON Lines), in
 * UTF-8 with or without a byte order mark; which of these is found out while reading. Memory holds
 * one trace at a time, however long the stream is. An empty stream holds no traces.
 *
 * <p>Messages of Reflow's protocol may stand in the place of traces. Those that carry traces
 * ({@code TraceData}, {@code TracesFound}, {@code QueryResults}, {@code StoreTrace}) are read as
 * these. Those that record one ({@code StartTrace}, {@code RecordEvent}, {@code EndTrace}) are put
 * together; memory holds the traces that have not ended. All other messages are passed over.
 *
 * <p>JSON that is not a valid trace is returned as {@link Item.Rejected}, and reading goes on after
 * it. Text that is not JSON ends the reading with a {@link CorruptDataException}. Both say source,
 * line, column, field and reason. Not safe for use by several threads at once. Closing closes the
 * stream.
 */
public final class ReflowJsonReader implements Closeable {
  /** One element of the stream. */
  public sealed interface Item {
    /** The number of the element in the stream, from 1. */
    long number();

    /**
     * A trace.
     *
     * @param number which one of the stream it is, from 1
     * @param trace the trace
     */
    record Trace(long number, FlowTrace trace) implements Item {}

    /**
     * An element that is not a valid trace.
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

  private final ReflowMessages messages;
  private long number;

  /** The depth of what contains the traces: 0, or 1 within an array. */
  private int outerDepth;

  /** The depth of a message whose traces are being read. */
  private int messageDepth;

  private @Nullable TraceStoreException broken;

  /**
   * Reads from {@code in}, which is buffered here.
   *
   * @param sourceName what errors call it, such as the file's name
   */
  public ReflowJsonReader(InputStream in, String sourceName) {
    this(in, sourceName, null);
  }

  /**
   * Reads from {@code in} as {@link #ReflowJsonReader(InputStream, String)} does, and holds of a
   * large trace a few megabytes alone.
   *
   * @param overflow gets the other events of a large trace, before the trace is returned without
   *     them, or rejected; null to hold every trace whole
   */
  public ReflowJsonReader(
      InputStream in, String sourceName, @Nullable Consumer<TraceEvent> overflow) {
    this.in = Objects.requireNonNull(in, "in");
    this.parser = Json.parser(in);
    this.json = new JsonTokens(parser, sourceName);
    this.model = new JsonToModel(json, overflow);
    this.messages = new ReflowMessages(json, model);
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
      while (true) {
        json.leave(outerDepth); // the rest of one that was rejected
        JsonToken token = nextValue();
        Optional<Item> item = token == null ? messages.rest().map(this::read) : item(token);
        if (token == null || item.isPresent()) {
          return item;
        }
      }
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
        outerDepth = messageDepth;
        messageDepth = 0;
        json.leave(outerDepth); // the rest of a message that had the array
      } else {
        return token;
      }
    }
  }

  /** The item in the current value; empty if the value completes no trace. */
  private Optional<Item> item(JsonToken token) {
    json.startPath();
    if (token == JsonToken.VALUE_STRING && ReflowMessages.isSignal(json.text())) {
      return Optional.empty();
    }
    if (token != JsonToken.START_OBJECT && number == 0) {
      broken = json.wrong("no Reflow traces: expected an object of fields such as trace_id");
      throw broken;
    }
    try {
      String first = json.firstName();
      if (!ReflowMessages.isMessage(first)) {
        return Optional.of(read(model.trace()));
      }
      if (ReflowMessages.holdsTraces(first) && messages.enterTraces(first)) {
        messageDepth = outerDepth;
        outerDepth = json.depth();
        return Optional.empty();
      }
      return messages.read(first).map(this::read);
    } catch (CorruptDataException e) {
      number++;
      return Optional.of(new Item.Rejected(number, e));
    }
  }

  private Item read(FlowTrace trace) {
    number++;
    return new Item.Trace(number, trace);
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
