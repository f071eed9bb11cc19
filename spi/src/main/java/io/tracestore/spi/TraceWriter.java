package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;

/**
 * Stores traces and events in the background, in batches. Made by {@link TraceStore#writer}.
 *
 * <p><b>Threads.</b> Safe for any number. Of one trace, what a thread writes first is stored first;
 * what concerns different traces may be stored in any order.
 *
 * <p><b>Nothing is lost silently.</b> Everything that was taken is stored or, if that is not
 * possible, handed to the {@link WriterListener}. Failures that may pass, such as a server that is
 * away, are tried again, after a wait that doubles each time and is partly random. A process that
 * dies takes with it what is still waiting: what must not be lost so belongs into {@link
 * TraceStore#storeTrace}.
 *
 * <p><b>Bounded.</b> What waits is bounded by {@link WriterOptions#queueBytes()}, counted with all
 * that a trace or an event holds. What the writer cannot store at once it stores one by one: of
 * events that a store refuses together, it keeps those that it takes alone.
 *
 * <p>Close it before its store.
 */
public interface TraceWriter extends AutoCloseable {
  /**
   * Takes a trace with its events to be stored. While the queue is full, it waits or lets the trace
   * go, as {@link WriterOptions#overflow()} says.
   *
   * @throws StoreClosedException after {@link #close()}
   * @throws StoreCapacityException if the listener calls it and there is no room
   * @throws TraceStoreException if the thread was interrupted while it waited; the trace is not
   *     taken then
   */
  void write(FlowTrace trace);

  /**
   * Takes one event of a trace, which need not be stored yet.
   *
   * @throws TraceStoreException as {@link #write(FlowTrace)} does
   */
  void write(TraceId traceId, TraceEvent event);

  /**
   * Waits until everything that was taken before is stored or was handed to the listener.
   *
   * @throws TraceStoreException if the thread was interrupted, or is the writer's own
   */
  void flush();

  /** Counts of its work so far; a snapshot. */
  WriterMetrics metrics();

  /**
   * Takes no more and waits until all that was taken is stored or was handed to the listener; after
   * {@link WriterOptions#closeTimeout()} the store is interrupted and everything left goes to the
   * listener, a second later also what a store that heeds no interrupt is still busy with. Closing
   * again does nothing more.
   */
  @Override
  void close();
}
