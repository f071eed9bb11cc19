package io.tracestore.provider.clickhouse;

import io.tracestore.provider.support.BatchStoring;
import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes: it makes a block of all writes that arrived while it inserted the block
 * before. There is one such thread, because the server's work is per block, not per row: two
 * threads write blocks of half the size, and fewer rows, see ADR 31.
 */
final class Writer implements BatchStoring.Writers<TraceWrite>, AutoCloseable {
  /** How many bytes may wait, and go into one block. */
  private static final long MAX_QUEUED_BYTES = 32L << 20;

  private final GroupCommit<List<TraceWrite>> group;
  private final long rowWeight;

  Writer(String name, int batchSize, BlockWriter blocks, ServerFailures failures) {
    group = new GroupCommit<>(name, new Blocks(blocks, failures), MAX_QUEUED_BYTES);
    rowWeight = Math.max(1, MAX_QUEUED_BYTES / batchSize);
  }

  /**
   * The weight of a write, in bytes: a row weighs so much that one bound limits both the rows and
   * the bytes of a block.
   */
  @Override
  public long weight(TraceWrite write) {
    return Math.max(rowWeight * write.weightInEvents(), write.bytes());
  }

  @Override
  public long fullWeight() {
    return MAX_QUEUED_BYTES;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public int of(UUID traceId) {
    return 0;
  }

  @Override
  public void store(TraceWrite write) {
    group.call(weight(write), writes -> writes.add(write));
    TraceStoreException refusal = write.refusal();
    if (refusal != null) {
      throw refusal;
    }
  }

  @Override
  public GroupCommit.Ticket<Boolean> submit(int writer, List<TraceWrite> writes, long weight) {
    return group.submit(weight, all -> all.addAll(writes));
  }

  @Override
  public @Nullable TraceStoreException refusal(TraceWrite write) {
    return write.refusal();
  }

  @Override
  public void close() {
    group.close();
  }

  /** Collects the writes of a group, and does them all at its commit. */
  private record Blocks(BlockWriter writer, ServerFailures failures)
      implements GroupCommit.Transactions<List<TraceWrite>> {
    @Override
    public List<TraceWrite> begin() {
      return new ArrayList<>();
    }

    @Override
    public void commit(List<TraceWrite> writes) {
      writer.apply(writes);
    }

    /** Nothing to do: what was inserted may be inserted again. */
    @Override
    public void rollback(List<TraceWrite> writes) {}

    @Override
    public TraceStoreException translate(Exception failure) {
      return failures.translate(failure);
    }
  }
}
