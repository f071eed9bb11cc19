package io.tracestore.provider.clickhouse.write;

import io.tracestore.provider.clickhouse.connect.ClickHouseErrors;
import io.tracestore.provider.support.write.WriteOutcome;
import io.tracestore.provider.support.write.WriteSink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Deletes traces by id: calls that come together are one statement for each partition. An outcome
 * counts 1 if the call removed a trace. Deletions have a writer of their own, because the server
 * may let them wait for a merge.
 */
public record RemovalSink(ClickHousePurge purge, ClickHouseErrors failures)
    implements WriteSink<UUID> {
  @Override
  public List<WriteOutcome> write(List<UUID> batch) {
    try {
      Set<UUID> removed = new HashSet<>(purge.remove(batch));
      // Of several calls for one trace the first one removes it.
      return batch.stream().map(id -> WriteOutcome.stored(removed.remove(id) ? 1 : 0)).toList();
    } catch (Exception e) {
      // No id fails by itself. Repeated, the deletion would not count what it had removed.
      return batch.stream().map(id -> WriteOutcome.refused(failures.again(e))).toList();
    }
  }
}
