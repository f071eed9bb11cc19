package io.tracestore.testing.postgresql;

import io.tracestore.testing.Needs;

/** Skips the tests of a class where no container of PostgreSQL can be started. */
public final class NeedsContainer extends Needs {
  public NeedsContainer() {
    super(PostgresContainer.whyNot());
  }
}
