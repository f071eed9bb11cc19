package io.tracestore.testing.clickhouse;

import io.tracestore.testing.Needs;
import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.util.Optional;

/** The needs of tests of ClickHouse. */
public final class ClickHouseNeeds {
  private ClickHouseNeeds() {}

  /** The server of the test run, wherever it comes from. */
  public static final class AnyServer extends Needs {
    public AnyServer() {
      super(unlessRequired(ClickHouseServers::whyNot));
    }
  }

  /** A cluster, wherever it comes from. */
  public static final class Cluster extends Needs {
    public Cluster() {
      super(unlessRequired(ClickHouseCluster::whyNot));
    }
  }

  /** A server that a test may kill, and start as it likes. */
  public static final class OwnServer extends Needs {
    public OwnServer() {
      super(
          unlessRequired(() ->
              ClickHouseProcess.library().isPresent()
                  ? Optional.empty()
                  : Optional.of("no libchdb is installed (ci/clickhouse does it)")));
    }
  }
}
