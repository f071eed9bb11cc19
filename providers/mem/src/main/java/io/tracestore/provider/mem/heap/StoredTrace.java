package io.tracestore.provider.mem.heap;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.index.IndexedTrace;
import org.jspecify.annotations.Nullable;

/**
 * The place of one trace in a {@link TraceHeap}, stored or with early events only.
 *
 * <p>Readers take {@link #content} once and work on that. Fields that are neither final nor
 * volatile belong to the thread that holds the heap's lock; but {@link #start} does not change once
 * the trace is in an index, which is where readers get it from.
 */
final class StoredTrace extends IndexedTrace {
  private volatile Content content;

  /** When it was last used, as {@link Eviction} counts. */
  volatile long lastUsed;

  /** Where {@link Eviction} has it. */
  long queuedAt;

  /** Where {@link Eviction} has it. */
  int position;

  /** Its estimated bytes, without index entries. */
  long bytes;

  /** The actors, event types and indexed attributes; null if {@link #table} has them. */
  @Nullable EventKeys keys;

  /** The events by id; null as long as they came in one call. */
  @Nullable EventTable table;

  StoredTrace(TraceId id, Content content) {
    super(id);
    this.content = content;
    setStart(content.header());
  }

  Content content() {
    return content;
  }

  void publish(Content next) {
    if (content.header() == null) {
      setStart(next.header());
    }
    content = next;
  }

  private void setStart(@Nullable FlowTrace header) {
    if (header != null) {
      startWith(header);
    }
  }
}
