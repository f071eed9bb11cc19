package io.tracestore.testing.redis;

import io.tracestore.testing.Needs;
import java.util.Optional;

/** The needs of tests of Redis. */
public final class RedisNeeds {
  /** The environment variable that names a server. */
  public static final String URI_VARIABLE = "TRACESTORE_REDIS_URI";

  private RedisNeeds() {}

  /** A server that is installed on this machine. */
  public static final class InstalledServer extends Needs {
    public InstalledServer() {
      super(
          RedisServer.installed().isPresent()
              ? Optional.empty()
              : Optional.of("no redis-server is installed (ci/redis does it)"));
    }
  }

  /** A server that the environment names. */
  public static final class NamedServer extends Needs {
    public NamedServer() {
      super(
          System.getenv(URI_VARIABLE) != null
              ? Optional.empty()
              : Optional.of(URI_VARIABLE + " is not set"));
    }
  }

  /** A container of Redis. */
  public static final class RedisContainer extends Needs {
    public RedisContainer() {
      super(RedisContainers.REDIS.whyNot());
    }
  }

  /** A container of Valkey. */
  public static final class ValkeyContainer extends Needs {
    public ValkeyContainer() {
      super(RedisContainers.VALKEY.whyNot());
    }
  }
}
