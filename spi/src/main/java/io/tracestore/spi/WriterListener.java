package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.util.List;

/**
 * Is given what a {@link TraceWriter} could not store: to write it elsewhere, or at least to say
 * so. Called by threads of the writer, of events that were dropped by the thread that wrote them,
 * so by several at once; it should be quick, as writing waits for it. What it throws goes to the
 * thread's {@link Thread.UncaughtExceptionHandler}, and the writer goes on.
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
