package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.util.List;

/**
 * Is given what a {@link TraceWriter} could not store: to write it elsewhere, or at least to say
 * so. Called by threads of the writer, of events that were dropped by the thread that wrote them,
 * so by several at once; it should be quick, as writing waits for it. What it throws, errors too,
 * goes to the thread's {@link Thread.UncaughtExceptionHandler}, and the writer goes on.
 *
 * <p><b>Calling the writer from here</b> never waits for the writer, which waits for the listener:
 * {@code write} takes what there is room for and else throws {@link StoreCapacityException}, {@code
 * flush} throws where it would wait for itself, and {@code close} only begins the close. The same
 * in a thread that the listener waits for would never end.
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
