package io.tracestore.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStoreException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/**
 * Writes traces to a stream as Reflow's JSON in UTF-8, one at a time; memory holds one trace at
 * most, or one event of those that are asked for.
 *
 * <p>Not safe for use by several threads at once. A failing stream throws {@link
 * TraceStoreException}.
 */
public final class ReflowJsonWriter implements Closeable {
  /** The arrangement of the traces in the stream. */
  public enum Layout {
    /** One trace in each line (JSON Lines). */
    LINES,
    /** One array, without spaces. */
    ARRAY,
    /** One array, indented for people. */
    PRETTY_ARRAY
  }

  private final OutputStream out;
  private final Layout layout;
  private final JsonGenerator json;
  private final ModelToJson model;
  private boolean closed;

  /** Writes to {@code out}, which is buffered here. */
  public ReflowJsonWriter(OutputStream out, Layout layout) {
    this.out = Objects.requireNonNull(out, "out");
    this.layout = Objects.requireNonNull(layout, "layout");
    this.json = Json.generator(out, layout == Layout.PRETTY_ARRAY);
    this.model = new ModelToJson(json);
    if (layout != Layout.LINES) {
      json.writeStartArray();
    }
  }

  /**
   * Writes {@code trace} after those that were written before.
   *
   * @throws TraceStoreException if the stream fails
   */
  public void write(FlowTrace trace) {
    long unused = write(trace, trace.events().iterator());
  }

  /**
   * Writes the trace of {@code header} and {@code events}, which are asked for one by one.
   *
   * @param header its own events are passed over
   * @return how many events were written
   * @throws TraceStoreException if the stream fails
   */
  public long write(FlowTrace header, Iterator<TraceEvent> events) {
    return write(header, events, null);
  }

  /**
   * Writes {@code trace} with a first member {@code mark}, which is true; readers of traces pass
   * over it.
   *
   * @throws TraceStoreException if the stream fails
   */
  public void writeMarked(FlowTrace trace, String mark) {
    long unused = write(trace, trace.events().iterator(), mark);
  }

  private long write(FlowTrace header, Iterator<TraceEvent> events, @Nullable String mark) {
    try {
      long written = model.trace(header, events, mark);
      if (layout == Layout.LINES) {
        json.writeRaw('\n');
      }
      return written;
    } catch (JacksonException e) {
      throw failed(e);
    }
  }

  /**
   * Finishes the array, flushes and closes the stream; does nothing the second time.
   *
   * @throws TraceStoreException if the stream fails
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      if (layout != Layout.LINES) {
        json.writeEndArray();
        json.writeRaw('\n');
      }
      json.close();
    } catch (JacksonException | IOException e) {
      throw failed(e);
    }
  }

  private static TraceStoreException failed(Exception e) {
    Throwable cause = e instanceof JacksonException && e.getCause() != null ? e.getCause() : e;
    return new TraceStoreException("cannot write JSON: " + cause.getMessage(), cause);
  }
}
