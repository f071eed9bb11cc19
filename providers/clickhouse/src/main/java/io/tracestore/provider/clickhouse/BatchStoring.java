package io.tracestore.provider.clickhouse;

import io.tracestore.model.FlowTrace;
import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One call that stores many traces: in parts, each of which a writer takes at once. Not safe for
 * several threads.
 */
final class BatchStoring {
  private final Writers writers;
  private final List<Part> open;
  private final List<Part> submitted = new ArrayList<>();
  private final List<BatchStoreException.Failure> failures = new ArrayList<>();

  BatchStoring(Writers writers) {
    this.writers = writers;
    this.open =
        new ArrayList<>(IntStream.range(0, writers.count()).mapToObj(i -> new Part()).toList());
  }

  /** Takes the trace at {@code index} of the call; what goes wrong is told in the end. */
  void add(int index, FlowTrace trace, TraceWrite write) {
    try {
      int writer = writers.of(trace.traceId().value());
      long weight = writers.weight(write);
      if (open.get(writer).weight + weight > Writers.fullWeight()) {
        submit(writer);
      }
      open.get(writer).add(new Item(index, trace, write), weight);
    } catch (TraceStoreException e) {
      failures.add(new BatchStoreException.Failure(index, trace.traceId(), e));
    }
  }

  private void submit(int writer) {
    Part part = open.set(writer, new Part());
    if (part.items.isEmpty()) {
      return;
    }
    try {
      List<TraceWrite> writes = part.items.stream().map(Item::write).toList();
      part.ticket = writers.submit(writer, writes, part.weight);
      submitted.add(part);
    } catch (TraceStoreException e) {
      part.items.forEach(item -> fail(item, e));
    }
  }

  /** Waits for all and returns what was not stored, in the order of the call. */
  List<BatchStoreException.Failure> finish() {
    for (int writer = 0; writer < open.size(); writer++) {
      submit(writer);
    }
    submitted.forEach(this::settle);
    failures.sort(Comparator.comparingInt(BatchStoreException.Failure::index));
    return failures;
  }

  private void settle(Part part) {
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
    for (Item item : part.items) {
      TraceStoreException refusal = item.write.refusal();
      if (refusal != null) {
        fail(item, refusal);
      }
    }
  }

  private void storeAlone(Item item) {
    try {
      writers.store(item.write);
    } catch (TraceStoreException e) {
      fail(item, e);
    }
  }

  private void fail(Item item, TraceStoreException cause) {
    failures.add(new BatchStoreException.Failure(item.index, item.trace.traceId(), cause));
  }

  private record Item(int index, FlowTrace trace, TraceWrite write) {}

  /** What goes to one writer at once. */
  private static final class Part {
    private final List<Item> items = new ArrayList<>();
    private long weight;
    private GroupCommit.@Nullable Ticket<Boolean> ticket;

    void add(Item item, long more) {
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
