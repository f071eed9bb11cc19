package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;

/**
 * Stores traces and events in the background, in batches. Made by {@link TraceStore#writer}.
 *
 * <p><b>Threads.</b> Safe for any number. The items of one trace that a thread writes are stored in
 * their order; items of different traces may be stored in any order.
 *
 * <p><b>Nothing is lost silently.</b> Everything that was taken is stored or, if that is not
 * possible, handed to the {@link WriterListener}. Failures that may pass, such as a server that is
 * away, are tried again, after a wait that doubles each time and is partly random. The items that
 * wait in a process that dies are lost: use {@link TraceStore#storeTrace} for traces that must not
 * be lost in this way.
 *
 * <p><b>Bounded.</b> The waiting items are bounded by {@link WriterOptions#queueBytes()}, counted
 * with everything that a trace or an event holds. If a store refuses several events together, the
 * writer stores them one by one, so that only the faulty ones are lost.
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
   * listener, a second later also the items of a store that ignores the interrupt. Closing again
   * does nothing more.
   */
  @Override
  void close();
}
