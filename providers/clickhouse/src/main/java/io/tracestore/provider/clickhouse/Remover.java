package io.tracestore.provider.clickhouse;

import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The thread that deletes: calls that come together are one statement for each partition. It is not
 * the one that writes, because the server may let a delete wait for a merge.
 */
final class Remover implements AutoCloseable {
  /** How many calls may wait, and go into one statement. */
  private static final int MAX_CALLS = 1_000;

  private final GroupCommit<List<Deletion>> group;

  Remover(String name, Removal removal, ServerFailures failures) {
    group = new GroupCommit<>(name, new Deletions(removal, failures), MAX_CALLS);
  }

  /** Removes a trace, and returns whether there was anything to remove. */
  boolean remove(UUID traceId) {
    Deletion deletion = new Deletion(traceId);
    group.call(1, deletions -> deletions.add(deletion));
    return deletion.isFound();
  }

  @Override
  public void close() {
    group.close();
  }

  private record Deletions(Removal removal, ServerFailures failures)
      implements GroupCommit.Transactions<List<Deletion>> {
    @Override
    public List<Deletion> begin() {
      return new ArrayList<>();
    }

    @Override
    public void commit(List<Deletion> deletions) {
      removal.remove(deletions);
    }

    /** Nothing to do: what was removed may be removed again. */
    @Override
    public void rollback(List<Deletion> deletions) {}

    @Override
    public TraceStoreException translate(Exception failure) {
      return failures.translate(failure);
    }
  }
}
