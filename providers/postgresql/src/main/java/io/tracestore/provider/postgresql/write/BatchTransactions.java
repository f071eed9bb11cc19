package io.tracestore.provider.postgresql.write;

import io.tracestore.provider.postgresql.connect.PostgresErrors;
import io.tracestore.provider.support.GroupCommit;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;

/** Collects the units of a group, and writes them all at its commit. */
final class BatchTransactions implements GroupCommit.Transactions<List<TraceWrite>> {
  private final PostgresWriteSink writer;
  private final PostgresErrors failures;

  BatchTransactions(PostgresWriteSink writer, PostgresErrors failures) {
    this.writer = writer;
    this.failures = failures;
  }

  @Override
  public List<TraceWrite> begin() {
    return new ArrayList<>();
  }

  @Override
  public void commit(List<TraceWrite> batch) {
    writer.write(batch);
  }

  /** Nothing to do: a write that failed has rolled its transaction back. */
  @Override
  public void rollback(List<TraceWrite> batch) {}

  @Override
  public TraceStoreException translate(Exception failure) {
    return failures.translate(failure);
  }
}
