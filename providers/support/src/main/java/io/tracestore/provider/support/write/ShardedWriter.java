package io.tracestore.provider.support.write;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException.Failure;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One or several {@link GroupWriter}s, of which a trace always gets the same, so that its writes
 * keep their order. Safe for many threads.
 *
 * <p>A call that stores many traces is cut into parts: while one part is written, the next is
 * encoded.
 *
 * @param <W> one write
 */
public final class ShardedWriter<W> implements AutoCloseable {
  private final List<GroupWriter<W>> writers;
  private final int partWrites;
  private final long partWeight;

  /**
   * A writer over {@code writers}, which it closes.
   *
   * @param partWrites the largest number of traces in a part
   * @param partWeight the greatest weight of a part, unless one trace alone weighs more
   */
  public ShardedWriter(List<GroupWriter<W>> writers, int partWrites, long partWeight) {
    this.writers = List.copyOf(writers);
    if (this.writers.isEmpty() || partWrites <= 0 || partWeight <= 0) {
      throw new IllegalArgumentException("at least one writer, and parts that hold something");
    }
    this.partWrites = partWrites;
    this.partWeight = partWeight;
  }

  private int indexOf(TraceId traceId) {
    return Math.floorMod(traceId.value().hashCode(), writers.size());
  }

  /**
   * Writes to the trace {@code traceId}, and waits until that is done.
   *
   * @return what the write counted
   * @throws StoreClosedException after {@link #close()}
   * @throws TraceStoreException if the write was refused, or the thread was interrupted
   */
  public long write(TraceId traceId, W write) {
    return writers.get(indexOf(traceId)).write(write).orThrow();
  }

  /**
   * Stores all traces that can be stored, and waits until that is done.
   *
   * @param encode makes the write of a trace, or throws a {@link TraceStoreException}
   * @return the traces that were not stored, in the order of {@code traces}
   */
  public List<Failure> storeAll(List<FlowTrace> traces, Function<FlowTrace, W> encode) {
    return new Call(traces).store(encode);
  }

  /** The sums of {@link GroupWriter#gauges()}. */
  public Map<String, Long> gauges() {
    return sum(writers.stream().map(GroupWriter::gauges));
  }

  /** The sums of {@link GroupWriter#counters()}. */
  public Map<String, Long> counters() {
    return sum(writers.stream().map(GroupWriter::counters));
  }

  private static Map<String, Long> sum(Stream<Map<String, Long>> parts) {
    Map<String, Long> sums = new HashMap<>();
    parts.forEach(part -> part.forEach((name, value) -> sums.merge(name, value, Long::sum)));
    return sums;
  }

  /** Refuses new writes and waits until the accepted ones are done. */
  @Override
  public void close() {
    writers.forEach(GroupWriter::close);
  }

  /** Writes that one writer gets together, and the places of their traces in the call. */
  private static final class Part<W> {
    private final List<Integer> places = new ArrayList<>();
    private final List<W> writes = new ArrayList<>();
    private long weight;

    void add(int place, W write, long more) {
      places.add(place);
      writes.add(write);
      weight += more;
    }
  }

  /** The places of a part that is queued. The writes are not kept: they may be large. */
  private record Queued(List<Integer> places, GroupWriter.Submission submission) {}

  /** One call that stores many traces; for one thread. */
  private final class Call {
    private final List<FlowTrace> traces;
    private final List<@Nullable Part<W>> open = new ArrayList<>();
    private final List<Queued> queued = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    Call(List<FlowTrace> traces) {
      this.traces = traces;
      writers.forEach(writer -> open.add(null));
    }

    List<Failure> store(Function<FlowTrace, W> encode) {
      for (int place = 0; place < traces.size(); place++) {
        try {
          add(place, encode.apply(traces.get(place)));
        } catch (TraceStoreException e) {
          fail(place, e);
        }
      }
      for (int shard = 0; shard < open.size(); shard++) {
        finish(shard);
      }
      queued.forEach(part -> settle(part.places(), part.submission()::await));
      failures.sort(Comparator.comparingInt(Failure::index));
      return failures;
    }

    private void add(int place, W write) {
      int shard = indexOf(traces.get(place).traceId());
      long weight = writers.get(shard).weight(write);
      Part<W> part = open.get(shard);
      if (part != null && part.weight + weight > partWeight) {
        submit(shard, part);
        part = null;
      }
      if (part == null) {
        part = new Part<>();
        open.set(shard, part);
      }
      part.add(place, write, weight);
      if (part.writes.size() >= partWrites || part.weight >= partWeight) {
        submit(shard, part);
      }
    }

    private void submit(int shard, Part<W> part) {
      open.set(shard, null);
      try {
        queued.add(new Queued(part.places, writers.get(shard).submit(part.writes)));
      } catch (TraceStoreException e) {
        part.places.forEach(place -> fail(place, e));
      }
    }

    /** The last part of all needs no other thread: the caller has nothing else to do. */
    private void finish(int shard) {
      Part<W> part = open.get(shard);
      if (part == null) {
        return;
      }
      if (open.subList(shard + 1, open.size()).stream().anyMatch(Objects::nonNull)) {
        submit(shard, part);
      } else {
        settle(part.places, () -> writers.get(shard).write(part.writes));
      }
    }

    private void settle(List<Integer> places, Supplier<List<WriteOutcome>> result) {
      List<WriteOutcome> outcomes;
      try {
        outcomes = result.get();
      } catch (TraceStoreException e) {
        places.forEach(place -> fail(place, e));
        return;
      }
      for (int i = 0; i < outcomes.size(); i++) {
        if (outcomes.get(i) instanceof WriteOutcome.Refused refused) {
          fail(places.get(i), refused.reason());
        }
      }
    }

    private void fail(int place, TraceStoreException cause) {
      failures.add(new Failure(place, traces.get(place).traceId(), cause));
    }
  }
}
