package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.spi.internal.TimedHealthCheck;
import io.tracestore.spi.writer.QueueingTraceWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A place that keeps {@link FlowTrace}s; the same calls give the same answers in every backend.
 *
 * <p><b>Threads.</b> All methods may be called from any number of threads, virtual ones included. A
 * call returns when its work is done; writes of concurrent callers are combined. A thread that is
 * interrupted while it waits gets a {@link TraceStoreException} and keeps its interrupt flag; its
 * write may still be done, and repeating it is safe.
 *
 * <p><b>Upsert.</b> Storing a trace sets its header and adds its events to those already there. An
 * event is identified by its event id within its trace; storing it again replaces it. The last
 * header wins, in the order in which the calls returned, but once a trace is finished ({@linkplain
 * io.tracestore.model.ExecutionStatus.Kind#isTerminal() completed, failed, cancelled}) a header
 * that is pending or running is passed over, and only its events are taken. Flow id, execution id
 * and start time never change: a write with others fails with {@link StoreConflictException} and
 * stores nothing. Storing the same again changes nothing, so every write may be repeated.
 *
 * <p><b>Early events.</b> Events may come before their trace: {@link #getEvents} shows them at
 * once, {@link #getTrace} and queries once the trace is stored.
 *
 * <p><b>Visibility.</b> Every later call on this store sees the traces and events that a call
 * stored. A reader sees a stored trace with all events stored with it, or not at all.
 *
 * <p><b>Errors.</b> All are {@link TraceStoreException}s; after {@link #close()} every method but
 * {@link #close()} and {@link #capabilities()} throws {@link StoreClosedException}.
 */
public interface TraceStore extends AutoCloseable {
  /**
   * Stores {@code trace} and its events, all or nothing where {@link Capability#ATOMIC} is
   * declared.
   *
   * @throws StoreConflictException if it is stored with another flow, execution or start
   * @throws StoreCapacityException if a bound of the store is reached
   */
  void storeTrace(FlowTrace trace);

  /**
   * Stores all of {@code traces} as {@link #storeTrace} does each, in their order, only faster. A
   * batch as a whole is not atomic.
   *
   * @throws BatchStoreException if some were not stored; it says exactly which, the others are
   */
  void storeTraces(Collection<FlowTrace> traces);

  /** The trace with all its events, or empty if it is not stored. */
  Optional<FlowTrace> getTrace(TraceId traceId);

  /** The trace without its events, or empty if it is not stored. */
  Optional<FlowTrace> getHeader(TraceId traceId);

  /**
   * The traces that match {@code query}, {@linkplain FlowTrace#NEWEST_FIRST newest first}; at most
   * {@value TraceQuery#DEFAULT_LIMIT} if it sets no limit.
   */
  List<FlowTrace> queryTraces(TraceQuery query);

  /**
   * The traces that match {@code query}, newest first, read as they are asked for; all of them if
   * it sets no limit.
   */
  TraceCursor openCursor(TraceQuery query);

  /**
   * Answers {@code query} as {@link #queryTraces} does, and returns how. Numbers of traces may
   * count those that other calls on this store read at the same moment.
   */
  QueryExplanation explain(TraceQuery query);

  /**
   * How many traces match the filters of {@code query}; its limit, offset and position do not
   * count.
   */
  long count(TraceQuery query);

  /**
   * Sums up events per bucket of time, actor and type, in the order {@link EventMetrics#ORDER}; an
   * unmodifiable list. An event that exists for the whole call is counted exactly once; an event
   * added or removed during the call may or may not be counted.
   *
   * @throws StoreCapacityException if that would be more than 200,000
   */
  List<EventMetrics> eventMetrics(EventMetricsQuery query);

  /**
   * Sums up the messages per pair of sender and receiver, in the order {@link ActorEdge#ORDER}; an
   * unmodifiable list. An event that exists for the whole call is counted exactly once; an event
   * added or removed during the call may or may not be counted.
   */
  List<ActorEdge> actorGraph(ActorGraphQuery query);

  /**
   * Adds one event to a trace, stored yet or not.
   *
   * @throws StoreCapacityException if a bound of the store is reached
   */
  void storeEvent(TraceId traceId, TraceEvent event);

  /**
   * Adds {@code events} to one trace, all or none. If two have one id, the later one is kept.
   *
   * @throws StoreCapacityException if a bound of the store is reached
   */
  void storeEvents(TraceId traceId, Collection<TraceEvent> events);

  /**
   * The events of a trace, stored yet or not, by {@link TraceEvent#ORDER}; an unmodifiable list,
   * empty if there are none.
   */
  List<TraceEvent> getEvents(TraceId traceId);

  /**
   * How many events each of {@code traceIds} has, stored yet or not: for lists of traces, which
   * need no events. Engines with columns for it read no contents of events. An unmodifiable map
   * with an entry for each id.
   */
  Map<TraceId, EventCounts> eventCounts(Collection<TraceId> traceIds);

  /**
   * The events of a trace, stored yet or not, that {@code range} asks for. An event that is added,
   * replaced or removed during the cursor's life may appear as it was before or after; one that
   * gets another time may not appear.
   */
  EventCursor openEvents(TraceId traceId, EventRange range);

  /**
   * The traces of which only events are stored, in no particular order, each once. A trace whose
   * header or first event is stored during the cursor's life may appear or not.
   */
  TraceIdCursor openEarlyTraces();

  /**
   * The names of one kind in the traces that started from {@code from} to {@code to}, both
   * included; null leaves an end open. An unmodifiable set in the order of {@link
   * String#compareTo}. Names that only early events have are not part of it.
   *
   * @throws StoreCapacityException if that would be more than 200,000
   */
  SortedSet<String> names(NameKind kind, @Nullable Instant from, @Nullable Instant to);

  /** Removes a trace and its events; false if neither was there. */
  boolean deleteTrace(TraceId traceId);

  /**
   * Removes the traces that {@link #openCursor} gives for {@code query}, with all their events,
   * step by step: not atomic, and safe to repeat. A trace that is changed during the call may be
   * removed although it does not match any more.
   *
   * @return how many traces were removed
   */
  long deleteTraces(TraceQuery query);

  /**
   * Removes the traces that started before {@code cutoff}, with all their events, and events before
   * {@code cutoff} whose trace was never stored.
   *
   * @return how many traces were removed
   */
  long purgeBefore(Instant cutoff);

  /**
   * A writer that stores in the background, in batches. The caller closes it, before this store.
   */
  default TraceWriter writer(WriterOptions options) {
    return new QueueingTraceWriter(this, options).start();
  }

  /**
   * Proves that the store could be written to and read from just now.
   *
   * @throws TraceStoreException if not; it says why
   */
  Health healthCheck();

  /**
   * {@link #healthCheck()} with a limit; a check that takes longer is interrupted.
   *
   * @throws StoreTimeoutException if it takes longer
   * @throws TraceStoreException if the store is not healthy, or the thread was interrupted
   */
  default Health healthCheck(Duration limit) {
    return TimedHealthCheck.start(this).await(limit);
  }

  /** Counts of the calls on this store object, and the size of its data. */
  StorageMetrics metrics();

  /** The capabilities of this store as it was opened. May be called after a close. */
  Set<Capability> capabilities();

  /**
   * The identity of the data of this store. Two store objects have equal identities exactly if they
   * read and write the same traces, however their URIs are spelled. The identity is created and
   * kept together with the data: data that were removed and created again have another one, and so
   * has a copy of a file. The text is opaque; it contains no secret. At most 200 characters.
   *
   * @throws TraceStoreException if it cannot be read
   */
  String identity();

  /**
   * The files and folders that belong to the engine of this store, as absolute paths with symbolic
   * links resolved; empty for a store without files on this machine. Nobody else may open, replace
   * or remove them while the store is open. Files that the engine may make later are listed too.
   */
  Set<Path> files();

  /**
   * Asks the engine to put everything that was acknowledged before this call onto the disk.
   * Acknowledged means safe from the end of this process ({@link Capability#DURABLE}); synced means
   * safe from a loss of power.
   *
   * @return true if everything acknowledged before the call is synced now; false if the engine, as
   *     it is configured, cannot promise that
   * @throws TraceStoreException if the engine tried and failed
   */
  boolean sync();

  /**
   * The store, or an object inside it that the provider documents, as a {@code type}.
   *
   * @throws IllegalArgumentException if it is none
   */
  <T> T unwrap(Class<T> type);

  /**
   * Waits until accepted writes are done and releases every thread, file and connection. Closing
   * again does nothing.
   */
  @Override
  void close();
}
