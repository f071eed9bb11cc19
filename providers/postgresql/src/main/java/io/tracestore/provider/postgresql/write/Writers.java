package io.tracestore.provider.postgresql.write;

import io.tracestore.provider.postgresql.connect.PostgresErrors;
import io.tracestore.provider.support.BatchStoring;
import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.TraceStoreException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The few threads that write, each with a connection of its own while it does. A trace always goes
 * to the same one, so that its writes keep their order and do not wait for each other in the
 * server.
 */
public final class Writers implements BatchStoring.Writers<TraceWrite>, AutoCloseable {
  /** While one waits for the disk, the other works: more gain nothing, see ADR 10. */
  private static final int COUNT = 2;

  /**
   * The bytes of a call that go into one part: enough to make the cost of a transaction small in
   * comparison.
   */
  private static final long PART_BYTES = 4L << 20;

  /** How many bytes may wait for one writer, and go into one transaction. */
  private static final long MAX_QUEUED_BYTES = 16L << 20;

  private final List<GroupCommit<List<TraceWrite>>> groups;

  public Writers(String name, PostgresWriteSink batches, PostgresErrors failures) {
    groups =
        IntStream.range(0, COUNT)
            .mapToObj(i ->
                new GroupCommit<>(
                    name + " " + i, new BatchTransactions(batches, failures), MAX_QUEUED_BYTES))
            .toList();
  }

  @Override
  public int count() {
    return COUNT;
  }

  @Override
  public long weight(TraceWrite write) {
    return write.weight();
  }

  @Override
  public long fullWeight() {
    return PART_BYTES;
  }

  @Override
  public int of(UUID traceId) {
    return Math.floorMod(traceId.hashCode(), COUNT);
  }

  @Override
  public void store(TraceWrite write) {
    groups.get(of(write.traceId())).call(write.weight(), batch -> batch.add(write));
    TraceStoreException refusal = write.refusal();
    if (refusal != null) {
      throw refusal;
    }
  }

  @Override
  public GroupCommit.Ticket<Boolean> submit(int writer, List<TraceWrite> writes, long weight) {
    return groups.get(writer).submit(weight, batch -> batch.addAll(writes));
  }

  @Override
  public @Nullable TraceStoreException refusal(TraceWrite write) {
    return write.refusal();
  }

  @Override
  public void close() {
    groups.forEach(GroupCommit::close);
  }
}
