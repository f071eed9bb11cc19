package io.tracestore.provider.clickhouse;

import java.util.UUID;

/** What a writer does for one call; operations on one trace are done in their order. */
sealed interface Operation permits TraceWrite, Deletion {
  /** The trace it is about. */
  UUID traceId();

  /** How many events it holds, at least one: what {@code batchSize} counts. */
  long weightInEvents();

  /** How many bytes it holds, about. */
  long bytes();
}
