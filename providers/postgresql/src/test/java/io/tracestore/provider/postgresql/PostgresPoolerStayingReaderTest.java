package io.tracestore.provider.postgresql;

import io.tracestore.testing.postgresql.NeedsPooler;
import io.tracestore.testing.postgresql.Pooler;
import org.junit.jupiter.api.extension.ExtendWith;

/** Behind a pgbouncer that gives each transaction another session, nobody waits longer. */
@ExtendWith(NeedsPooler.class)
class PostgresPoolerStayingReaderTest extends PostgresStayingReaderTest {
  @Override
  String newUri(String options) {
    return Pooler.through(super.newUri(options));
  }

  /** Not a test here: pgbouncer keeps its connections. */
  @Override
  void aCloseEndsTheStatementThatMaintenanceIsAt() {}
}
