package io.tracestore.testing.postgresql;

import io.tracestore.testing.Needs;
import java.util.Optional;

/** Skips the tests of a class where pgbouncer is not installed. */
public final class NeedsPooler extends Needs {
  public NeedsPooler() {
    super(
        unlessRequired(() ->
            Pooler.isInstalled()
                ? Optional.empty()
                : Optional.of("pgbouncer is not installed (ci/pgbouncer does it)")));
  }
}
