package io.tracestore.provider.postgresql;

import io.tracestore.testing.postgresql.NeedsPooler;
import io.tracestore.testing.postgresql.Pooler;
import org.junit.jupiter.api.extension.ExtendWith;

/** Behind a pgbouncer that gives each transaction another session, the limits are the same. */
@ExtendWith(NeedsPooler.class)
class PostgresPoolerTimeLimitsTest extends PostgresTimeLimitsTest {
  @Override
  String newUri(String options) {
    return Pooler.through(super.newUri(options));
  }

  /** Not a test here: pgbouncer takes no options of a session. */
  @Override
  void aLowerLimitOfTheSessionStaysInForce() {}
}
