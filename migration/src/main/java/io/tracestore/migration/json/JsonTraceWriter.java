package io.tracestore.migration.json;

import io.tracestore.migration.spans.EventSpool;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStoreException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * A writer of traces in a JSON format of another tool. It holds the spans of one trace at a time,
 * but of a large one not the events, and is not safe for several threads.
 */
public abstract class JsonTraceWriter implements Closeable {
  protected final JsonGenerator json;
  private final OutputStream out;
  private boolean closed;

  /**
   * @param out closed with this writer
   */
  protected JsonTraceWriter(OutputStream out) {
    this.out = out;
    this.json = JsonTree.FACTORY.createGenerator(ObjectWriteContext.empty(), out);
  }

  /**
   * Writes {@code trace} after those written before.
   *
   * @throws TraceStoreException if the stream fails
   */
  public final void write(FlowTrace trace) {
    write(trace, trace.events().iterator());
  }

  /**
   * Writes the trace of {@code header} and {@code events}.
   *
   * @param header its own events are passed over
   * @throws TraceStoreException if the stream fails
   */
  public final void write(FlowTrace header, Iterator<TraceEvent> events) {
    try {
      writeTrace(header, events);
    } catch (JacksonException e) {
      throw failed(e);
    }
  }

  /** Writes one trace; by default with all its events at hand. */
  protected void writeTrace(FlowTrace header, Iterator<TraceEvent> events) {
    try (EventSpool all = EventSpool.of(events)) {
      writeTrace(header, all);
    }
  }

  /**
   * Writes one trace.
   *
   * @param events all of the trace, which may be decoded each time they are asked for
   */
  protected abstract void writeTrace(FlowTrace header, List<TraceEvent> events);

  /** Writes what stands after the last trace. */
  protected abstract void writeEnd();

  /** Writes a text; nothing if it is null or empty. */
  protected final void writeText(String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.writeStringProperty(name, value);
    }
  }

  /**
   * Writes the end, flushes and closes the stream; does nothing the second time.
   *
   * @throws TraceStoreException if the stream fails
   */
  @Override
  public final void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      writeEnd();
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
