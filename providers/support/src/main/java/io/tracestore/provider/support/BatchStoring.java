package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One call that stores many traces: in parts, each of which a writer takes at once, while the next
 * is made ready. A part that fails for a reason that will not go away is tried again trace by
 * trace, so that a bad one does not fail the others. Not safe for several threads.
 *
 * @param <W> the write of one trace
 */
public final class BatchStoring<W> {
  /**
   * The threads of a store that write, each with a queue; a trace always goes to the same one.
   *
   * @param <W> the write of one trace
   */
  public interface Writers<W> {
    /** How many there are. */
    int count();

    /** The number of the writer that a trace belongs to, from 0. */
    int of(UUID traceId);

    /** How much of {@link #fullWeight} the write takes. */
    long weight(W write);

    /** The greatest weight of a part, unless one trace alone weighs more. */
    long fullWeight();

    /** Queues writes of one writer's traces, for one transaction. */
    GroupCommit.Ticket<Boolean> submit(int writer, List<W> writes, long weight);

    /**
     * Stores one, and waits until that is done.
     *
     * @throws TraceStoreException if it is not stored
     */
    void store(W write);

    /** Why the write was not stored though its transaction was committed, or null if it was. */
    @Nullable TraceStoreException refusal(W write);
  }

  private final Writers<W> writers;
  private final List<Part<W>> open;
  private final List<Part<W>> submitted = new ArrayList<>();
  private final List<BatchStoreException.Failure> failures = new ArrayList<>();

  /** A call that has no traces yet. */
  public BatchStoring(Writers<W> writers) {
    this.writers = writers;
    this.open =
        new ArrayList<>(IntStream.range(0, writers.count()).mapToObj(i -> new Part<W>()).toList());
  }

  /**
   * Takes the trace at {@code index} of the call. A failure is reported when the call ends.
   *
   * @param encode makes the write of it, or throws a {@link TraceStoreException}
   */
  public void add(int index, FlowTrace trace, Supplier<W> encode) {
    try {
      W write = encode.get();
      int writer = writers.of(trace.traceId().value());
      long weight = writers.weight(write);
      if (open.get(writer).weight + weight > writers.fullWeight()) {
        submit(writer);
      }
      open.get(writer).add(new Item<>(index, trace, write), weight);
    } catch (TraceStoreException e) {
      failures.add(new BatchStoreException.Failure(index, trace.traceId(), e));
    }
  }

  private void submit(int writer) {
    Part<W> part = open.set(writer, new Part<>());
    if (part.items.isEmpty()) {
      return;
    }
    try {
      List<W> writes = part.items.stream().map(Item::write).toList();
      part.ticket = writers.submit(writer, writes, part.weight);
      submitted.add(part);
    } catch (TraceStoreException e) {
      part.items.forEach(item -> fail(item, e));
    }
  }

  /** Waits for all and returns the traces that were not stored, in the order of the call. */
  public List<BatchStoreException.Failure> finish() {
    for (int writer = 0; writer < open.size(); writer++) {
      submit(writer);
    }
    submitted.forEach(this::settle);
    failures.sort(Comparator.comparingInt(BatchStoreException.Failure::index));
    return failures;
  }

  private void settle(Part<W> part) {
    try {
      part.await();
    } catch (TraceStoreException e) {
      boolean oneMayBeBad =
          part.items.size() > 1
              && !e.isRetryable()
              && !(e instanceof StoreClosedException)
              && !Thread.currentThread().isInterrupted();
      part.items.forEach(oneMayBeBad ? this::storeAlone : item -> fail(item, e));
      return;
    }
    for (Item<W> item : part.items) {
      TraceStoreException refusal = writers.refusal(item.write);
      if (refusal != null) {
        fail(item, refusal);
      }
    }
  }

  private void storeAlone(Item<W> item) {
    try {
      writers.store(item.write);
    } catch (TraceStoreException e) {
      fail(item, e);
    }
  }

  private void fail(Item<W> item, TraceStoreException cause) {
    failures.add(new BatchStoreException.Failure(item.index, item.trace.traceId(), cause));
  }

  private record Item<W>(int index, FlowTrace trace, W write) {}

  /** The writes that go to one writer together. */
  private static final class Part<W> {
    private final List<Item<W>> items = new ArrayList<>();
    private long weight;
    private GroupCommit.@Nullable Ticket<Boolean> ticket;

    void add(Item<W> item, long more) {
      items.add(item);
      weight += more;
    }

    void await() {
      GroupCommit.Ticket<Boolean> queued = ticket;
      if (queued != null) {
        queued.await();
      }
    }
  }
}
