package io.tracestore.provider.clickhouse;

import io.tracestore.provider.support.BatchStoring;
import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The threads that write: each makes a block of what has come together while it inserted the one
 * before. A trace always goes to the same one, so that its writes keep their order.
 */
final class Writers implements BatchStoring.Writers<TraceWrite>, AutoCloseable {
  /** While one waits for the server, the other makes its block. */
  private static final int COUNT = 2;

  /** How many bytes may wait for one writer, and go into one block. */
  private static final long MAX_QUEUED_BYTES = 32L << 20;

  private final List<GroupCommit<List<Operation>>> groups;
  private final long rowWeight;

  Writers(String name, int batchSize, BlockWriter blocks, ServerFailures failures) {
    groups =
        IntStream.range(0, COUNT)
            .mapToObj(i ->
                new GroupCommit<>(name + " " + i, new Blocks(blocks, failures), MAX_QUEUED_BYTES))
            .toList();
    rowWeight = Math.max(1, MAX_QUEUED_BYTES / batchSize);
  }

  /** What lets both bounds of a block, of rows and of bytes, be one. */
  private long weight(Operation operation) {
    return Math.max(rowWeight * operation.weightInEvents(), operation.bytes());
  }

  @Override
  public long weight(TraceWrite write) {
    return weight((Operation) write);
  }

  @Override
  public long fullWeight() {
    return MAX_QUEUED_BYTES;
  }

  @Override
  public int count() {
    return COUNT;
  }

  @Override
  public int of(UUID traceId) {
    return Math.floorMod(traceId.hashCode(), COUNT);
  }

  @Override
  public void store(TraceWrite write) {
    apply(write);
    TraceStoreException refusal = write.refusal();
    if (refusal != null) {
      throw refusal;
    }
  }

  /** Does {@code operation} together with others, and waits until that is done. */
  void apply(Operation operation) {
    groups
        .get(of(operation.traceId()))
        .call(weight(operation), operations -> operations.add(operation));
  }

  @Override
  public GroupCommit.Ticket<Boolean> submit(int writer, List<TraceWrite> writes, long weight) {
    return groups.get(writer).submit(weight, operations -> operations.addAll(writes));
  }

  @Override
  public @Nullable TraceStoreException refusal(TraceWrite write) {
    return write.refusal();
  }

  @Override
  public void close() {
    groups.forEach(GroupCommit::close);
  }

  /** Collects the operations of a group, and does them all at its commit. */
  private record Blocks(BlockWriter writer, ServerFailures failures)
      implements GroupCommit.Transactions<List<Operation>> {
    @Override
    public List<Operation> begin() {
      return new ArrayList<>();
    }

    @Override
    public void commit(List<Operation> operations) {
      writer.apply(operations);
    }

    /** Nothing to do: what was inserted may be inserted again. */
    @Override
    public void rollback(List<Operation> operations) {}

    @Override
    public TraceStoreException translate(Exception failure) {
      return failures.translate(failure);
    }
  }
}
