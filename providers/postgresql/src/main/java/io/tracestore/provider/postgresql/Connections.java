package io.tracestore.provider.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.Serial;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * The connections of one store. What fails because a connection was lost, or because transactions
 * met, is done again until {@code connectionTimeoutMs} have passed: everything a store does may be
 * repeated. Safe for many threads.
 */
final class Connections implements AutoCloseable {
  private static final long FIRST_PAUSE_MS = 20;
  private static final long LONGEST_PAUSE_MS = 500;

  /** After so long without an answer a connection is given up, unless an option says otherwise. */
  private static final int SOCKET_TIMEOUT_SECONDS = 60;

  /** The same for statements that go through whole partitions. */
  private static final int LONG_SOCKET_TIMEOUT_SECONDS = 600;

  private final PostgresConfig config;
  private final SqlFailures failures;
  private final HikariDataSource pool;
  private final LongAdder repeats = new LongAdder();

  /**
   * Something to do with a connection; it may be done again after it failed.
   *
   * @param <T> what it gives
   */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  Connections(PostgresConfig config, SqlFailures failures) {
    this.config = config;
    this.failures = failures;
    this.pool = new HikariDataSource(hikariConfig(config));
  }

  private static HikariConfig hikariConfig(PostgresConfig config) {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName("tracestore " + config.database() + "/" + config.schemaName());
    // The driver itself, not its class name: one that only its module's class loader sees works
    // too.
    hikari.setDataSource(new DriverSource(url(config), properties(config)));
    hikari.setMaximumPoolSize(config.maxConnections());
    hikari.setMinimumIdle(config.minConnections());
    hikari.setConnectionTimeout(config.connectionTimeoutMs());
    hikari.setValidationTimeout(Math.min(config.connectionTimeoutMs(), 5_000));
    hikari.setIdleTimeout(config.idleTimeoutMs());
    hikari.setMaxLifetime(config.maxLifetimeMs());
    // The first connection was tried before, with a clearer error than the pool's.
    hikari.setInitializationFailTimeout(-1);
    return hikari;
  }

  private static String url(PostgresConfig config) {
    return "jdbc:postgresql://%s/%s"
        .formatted(
            String.join(",", config.hosts()),
            URLEncoder.encode(config.database(), StandardCharsets.UTF_8));
  }

  private static Properties properties(PostgresConfig config) {
    long seconds = Math.ceilDiv(config.connectionTimeoutMs(), TimeUnit.SECONDS.toMillis(1));
    Properties properties = new Properties();
    PGProperty.APPLICATION_NAME.set(properties, "tracestore");
    PGProperty.CONNECT_TIMEOUT.set(properties, (int) seconds);
    PGProperty.LOGIN_TIMEOUT.set(properties, (int) seconds);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.SOCKET_TIMEOUT.set(properties, SOCKET_TIMEOUT_SECONDS);
    if (config.hosts().size() > 1) {
      PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
      // Ask every host each time: the one that was down or a standby may be the primary by now.
      PGProperty.HOST_RECHECK_SECONDS.set(properties, 0);
    }
    properties.putAll(config.driverOptions());
    PGProperty.CURRENT_SCHEMA.set(properties, quoted(config.schemaName()));
    if (config.user() != null) {
      PGProperty.USER.set(properties, config.user());
    }
    if (config.password() != null) {
      PGProperty.PASSWORD.set(properties, config.password());
    }
    return properties;
  }

  /** {@code name} as an identifier in SQL, whatever it is. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** One connection outside of the pool, for long statements, which belongs to the caller. */
  static Connection connect(PostgresConfig config) throws SQLException {
    Properties properties = properties(config);
    if (!hasOwnSocketTimeout(config)) {
      PGProperty.SOCKET_TIMEOUT.set(properties, LONG_SOCKET_TIMEOUT_SECONDS);
    }
    return new DriverSource(url(config), properties).getConnection();
  }

  private static boolean hasOwnSocketTimeout(PostgresConfig config) {
    return config.driverOptions().containsKey(PGProperty.SOCKET_TIMEOUT.getName());
  }

  /** Works with one connection in which every statement is a transaction of its own. */
  <T extends @Nullable Object> T call(Work<T> work) {
    return repeat(work);
  }

  /** Works in one transaction. */
  <T extends @Nullable Object> T inTransaction(Work<T> work) {
    return repeat(connection -> transaction(connection, work));
  }

  /** Works in one transaction whose statements may take minutes. */
  <T extends @Nullable Object> T inLongTransaction(Work<T> work) {
    return hasOwnSocketTimeout(config)
        ? inTransaction(work)
        : inTransaction(connection -> {
          // The pool sets it back.
          connection.setNetworkTimeout(
              Runnable::run, (int) TimeUnit.SECONDS.toMillis(LONG_SOCKET_TIMEOUT_SECONDS));
          return work.with(connection);
        });
  }

  private static <T extends @Nullable Object> T transaction(Connection connection, Work<T> work)
      throws SQLException {
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      T result = work.with(connection);
      connection.commit();
      done = true;
      return result;
    } finally {
      if (!done) {
        rollBack(connection);
      }
    }
  }

  private static void rollBack(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // The failure that led here is under way; a connection that cannot roll back is broken.
    }
  }

  private <T extends @Nullable Object> T repeat(Work<T> work) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.connectionTimeoutMs());
    long pause = FIRST_PAUSE_MS;
    while (true) {
      if (Thread.currentThread().isInterrupted()) {
        throw new TraceStoreException("interrupted before anything was done", null);
      }
      try {
        return once(work);
      } catch (SQLException e) {
        boolean again =
            e instanceof RowVanishedException
                || (SqlFailures.isWorthRetrying(e) && deadline - System.nanoTime() > 0);
        if (!again) {
          throw failures.translate(e);
        }
      } catch (TraceStoreException e) {
        throw e;
      } catch (RuntimeException e) {
        throw failures.translate(e);
      }
      repeats.increment();
      pause(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  private <T extends @Nullable Object> T once(Work<T> work) throws SQLException {
    if (pool.isClosed()) {
      throw new StoreUnavailableException("the store is being closed", null);
    }
    try (Connection connection = pool.getConnection()) {
      try {
        return work.with(connection);
      } catch (SQLException e) {
        if (SqlFailures.isReadOnlyServer(e)) {
          pool.evictConnection(connection);
        }
        throw e;
      }
    }
  }

  /** Before another attempt: there is nothing to wait for that would say when it is worth it. */
  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to try again", e);
    }
  }

  /** How often something was done again. */
  long repeats() {
    return repeats.sum();
  }

  DataSource dataSource() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }

  /** A trace was removed between two statements of a transaction, which has to begin again. */
  static final class RowVanishedException extends SQLException {
    @Serial private static final long serialVersionUID = 1L;

    RowVanishedException() {
      super("a trace was removed meanwhile");
    }
  }

  /** Connections of the driver, whose URL holds no secret. */
  private static final class DriverSource extends UnpooledDataSource {
    private final String url;
    private final Properties properties;

    DriverSource(String url, Properties properties) {
      this.url = url;
      this.properties = properties;
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = new Driver().connect(url, properties);
      if (connection == null) {
        throw new SQLException("not a URL of the driver: " + url);
      }
      return connection;
    }
  }
}
