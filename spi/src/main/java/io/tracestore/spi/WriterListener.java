package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.util.List;

/**
 * Gets the items that a {@link TraceWriter} could not store, to write them elsewhere or at least to
 * report them. It is called by threads of the writer, and for dropped items by the thread that
 * wrote them, so by several at once. It should be quick, because writing waits for it. An exception
 * or error that it throws goes to the thread's {@link Thread.UncaughtExceptionHandler}, and the
 * writer goes on.
 *
 * <p><b>Calling the writer from here</b> never waits for the writer, which waits for the listener:
 * {@code write} takes an item if there is room and otherwise throws {@link StoreCapacityException},
 * {@code flush} throws where it would wait for itself, and {@code close} only begins the close. The
 * same in a thread that the listener waits for would never end.
 */
public interface WriterListener {
  /**
   * This trace was not stored, or it is not known whether it was; to store it again is safe.
   *
   * @param cause why
   */
  void traceNotWritten(FlowTrace trace, TraceStoreException cause);

  /**
   * These events were not stored, or it is not known whether they were; to store them again is
   * safe.
   *
   * @param traceId their trace
   * @param cause why
   */
  void eventsNotWritten(TraceId traceId, List<TraceEvent> events, TraceStoreException cause);
}
