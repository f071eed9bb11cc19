package io.tracestore.provider.postgresql;

import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.TraceStoreException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The few threads that write, each with a connection of its own while it does. A trace always goes
 * to the same one, so that its writes keep their order and do not wait for each other in the
 * server.
 */
final class Writers implements AutoCloseable {
  /** While one waits for the disk, the other works: more gain nothing, see ADR 10. */
  private static final int COUNT = 2;

  /** How many bytes may wait for one writer, and go into one transaction. */
  private static final long MAX_QUEUED_BYTES = 16L << 20;

  private final List<GroupCommit<List<TraceWrite>>> groups;

  Writers(String name, BatchWriter batches, SqlFailures failures) {
    groups =
        IntStream.range(0, COUNT)
            .mapToObj(i ->
                new GroupCommit<>(
                    name + " " + i, new BatchTransactions(batches, failures), MAX_QUEUED_BYTES))
            .toList();
  }

  int count() {
    return COUNT;
  }

  /** The number of the writer that a trace belongs to. */
  int of(UUID traceId) {
    return Math.floorMod(traceId.hashCode(), COUNT);
  }

  /** Stores {@code write} together with others, and waits until that is committed. */
  void store(TraceWrite write) {
    groups.get(of(write.traceId())).call(write.weight(), batch -> batch.add(write));
    TraceStoreException refusal = write.refusal();
    if (refusal != null) {
      throw refusal;
    }
  }

  /** Queues writes of one writer's traces; they are in one transaction. */
  GroupCommit.Ticket<Boolean> submit(int writer, List<TraceWrite> writes, long weight) {
    return groups.get(writer).submit(weight, batch -> batch.addAll(writes));
  }

  @Override
  public void close() {
    groups.forEach(GroupCommit::close);
  }
}
