package io.tracestore.provider.postgresql.connect;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.lockShared;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.readOneMoment;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.queries;
import static org.jooq.impl.DSL.setLocal;
import static org.jooq.impl.DSL.val;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Renderer;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.RetryPolicy;
import java.io.Serial;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * One pool of connections of a store: that for reading, or that for writing. So readers, however
 * many and slow, never keep a write waiting. Work that fails because a connection was lost, or
 * because of a conflict between transactions, is repeated until {@code connectionTimeoutMs} have
 * passed: everything that a store does may be repeated. Safe for many threads.
 */
public final class Connections implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  /** How long a server may take to end a statement that it was asked to end. */
  private static final int SECONDS_TO_END = 10;

  /** The two threads that write, and one for partitions, names and health. */
  private static final int MOST_FOR_WRITING = 3;

  /**
   * Without compiling, which takes longer than what is compiled: the planner counts partitions that
   * are not read. A dropped partition is gone from older snapshots too, while headers are not, so
   * none is dropped until the end. The lock comes first: it takes no snapshot.
   */
  private static final Rendered BEGIN_SNAPSHOT =
      Rendered.of(queries(readOneMoment(), lockShared(EVENTS), setLocal(name("jit"), val(false))));

  private final PostgresSettings config;
  private final PostgresErrors failures;
  private final DriverSource source;
  private final HikariDataSource pool;
  private final Renderer renderer;
  private final RetryPolicy retries;
  private final StatementLimit ofCalls;
  private final StatementLimit ofMaintenance;
  private final StatementWatch watch;
  private final LongAdder repeats = new LongAdder();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Work with a connection; it may be repeated after a failure.
   *
   * @param <T> the type of its result
   */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T with(Session session) throws SQLException;
  }

  private Connections(
      PostgresSettings config, PostgresErrors failures, HikariConfig hikari, DriverSource source) {
    this.config = config;
    this.failures = failures;
    this.source = source;
    hikari.setDataSource(source);
    this.pool = new HikariDataSource(hikari);
    this.watch = new StatementWatch(hikari.getPoolName());
    this.renderer = new Renderer(config.get(PostgresConfig.SCHEMA_NAME));
    this.retries =
        new RetryPolicy(
            Duration.ofMillis(config.get(PostgresConfig.CONNECTION_TIMEOUT_MS)),
            FIRST_PAUSE,
            LONGEST_PAUSE);
    this.ofCalls = StatementLimit.ofCalls(config);
    this.ofMaintenance = StatementLimit.ofMaintenance(config);
  }

  /** Those for reading: all but {@link #forWriting}. */
  public static Connections forReading(PostgresSettings config, PostgresErrors failures) {
    HikariConfig hikari = hikariConfig(config, "reading");
    hikari.setMaximumPoolSize(config.get(PostgresConfig.MAX_CONNECTIONS) - mostForWriting(config));
    hikari.setMinimumIdle(config.minConnections() - leastForWriting(config));
    return new Connections(config, failures, hikari, new DriverSource(config));
  }

  /**
   * Those for everything that writes: up to half of {@code maxConnections}, and at most three.
   *
   * @param first one of {@link #connect}, which becomes the pool's
   */
  public static Connections forWriting(
      PostgresSettings config, PostgresErrors failures, Connection first) {
    HikariConfig hikari = hikariConfig(config, "writing");
    hikari.setMaximumPoolSize(mostForWriting(config));
    hikari.setMinimumIdle(leastForWriting(config));
    DriverSource source = new DriverSource(config);
    source.offer(first);
    return new Connections(config, failures, hikari, source);
  }

  private static int mostForWriting(PostgresSettings config) {
    return Math.min(MOST_FOR_WRITING, config.get(PostgresConfig.MAX_CONNECTIONS) / 2);
  }

  private static int leastForWriting(PostgresSettings config) {
    int most = config.get(PostgresConfig.MAX_CONNECTIONS) - mostForWriting(config);
    int least = Math.min(mostForWriting(config), config.minConnections() / 2);
    return Math.max(least, config.minConnections() - most);
  }

  private static HikariConfig hikariConfig(PostgresSettings config, String purpose) {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(
        "tracestore %s/%s, %s"
            .formatted(config.database(), config.get(PostgresConfig.SCHEMA_NAME), purpose));
    hikari.setConnectionTimeout(config.get(PostgresConfig.CONNECTION_TIMEOUT_MS));
    hikari.setValidationTimeout(Math.min(config.get(PostgresConfig.CONNECTION_TIMEOUT_MS), 5_000));
    hikari.setIdleTimeout(config.get(PostgresConfig.IDLE_TIMEOUT_MS));
    hikari.setMaxLifetime(config.get(PostgresConfig.MAX_LIFETIME_MS));
    // Otherwise the pool asks its first connection for its level. If that is cut meanwhile, every
    // later one gets level -1, and refuses it. Each transaction of a store says its own level.
    hikari.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // The first connection was tried before, with a clearer error than the pool's.
    hikari.setInitializationFailTimeout(-1);
    return hikari;
  }

  private static String url(PostgresSettings config) {
    return "jdbc:postgresql://%s/%s"
        .formatted(
            String.join(",", config.hosts()),
            URLEncoder.encode(config.database(), StandardCharsets.UTF_8));
  }

  private static Properties properties(PostgresSettings config) {
    long seconds =
        Math.ceilDiv(
            config.get(PostgresConfig.CONNECTION_TIMEOUT_MS), TimeUnit.SECONDS.toMillis(1));
    Properties properties = new Properties();
    PGProperty.APPLICATION_NAME.set(properties, "tracestore");
    PGProperty.CONNECT_TIMEOUT.set(properties, (int) seconds);
    PGProperty.LOGIN_TIMEOUT.set(properties, (int) seconds);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.SOCKET_TIMEOUT.set(properties, withoutAnswer(StatementLimit.ofCalls(config)));
    if (config.hosts().size() > 1) {
      PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
      // Ask every host each time: the one that was down or a standby may be the primary by now.
      PGProperty.HOST_RECHECK_SECONDS.set(properties, 0);
    }
    properties.putAll(config.driverOptions());
    if (config.user() != null) {
      PGProperty.USER.set(properties, config.user());
    }
    if (config.password() != null) {
      PGProperty.PASSWORD.set(properties, config.password());
    }
    return properties;
  }

  /** One connection outside of the pools, which belongs to the caller. */
  public static Connection connect(PostgresSettings config) throws SQLException {
    return new DriverSource(config).getConnection();
  }

  /** {@code connection} for statements that may take as long as maintenance. */
  public static Session forMaintenance(Connection connection, PostgresSettings config)
      throws SQLException {
    StatementLimit limit = StatementLimit.ofMaintenance(config);
    setSocketTimeout(connection, config, limit);
    return new Session(
        connection,
        new Renderer(config.get(PostgresConfig.SCHEMA_NAME)),
        statement -> statement.setQueryTimeout(limit.seconds()));
  }

  private static void setSocketTimeout(
      Connection connection, PostgresSettings config, StatementLimit limit) throws SQLException {
    if (!hasOwnSocketTimeout(config)) {
      long millis = TimeUnit.SECONDS.toMillis(withoutAnswer(limit));
      connection.setNetworkTimeout(Runnable::run, (int) Math.min(millis, Integer.MAX_VALUE));
    }
  }

  /** Seconds without an answer after which a connection is given up: the server is gone. */
  private static int withoutAnswer(StatementLimit limit) {
    return limit.seconds() + SECONDS_TO_END;
  }

  private static boolean hasOwnSocketTimeout(PostgresSettings config) {
    return config.driverOptions().containsKey(PGProperty.SOCKET_TIMEOUT.getName());
  }

  /** Works with one connection in which every statement is a transaction of its own. */
  public <T extends @Nullable Object> T call(Work<T> work) {
    return repeat(work, ofCalls);
  }

  /** Works in one transaction. */
  public <T extends @Nullable Object> T inTransaction(Work<T> work) {
    return repeat(session -> transaction(session, work), ofCalls);
  }

  /** Works in one transaction whose statements all see one moment, and write nothing. */
  public <T extends @Nullable Object> T inSnapshot(Work<T> work) {
    return inTransaction(session -> {
      session.execute(BEGIN_SNAPSHOT);
      return work.with(session);
    });
  }

  /** Works in one transaction whose statements may take as long as maintenance. */
  public <T extends @Nullable Object> T inLongTransaction(Work<T> work) {
    return repeat(
        session -> {
          // The pool sets it back.
          setSocketTimeout(session.connection(), config, ofMaintenance);
          return transaction(session, work);
        },
        ofMaintenance);
  }

  /** Works in one transaction of {@code session}, which is left without auto-commit. */
  public static <T extends @Nullable Object> T transaction(Session session, Work<T> work)
      throws SQLException {
    Connection connection = session.connection();
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      T result = work.with(session);
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

  private <T extends @Nullable Object> T repeat(Work<T> work, StatementLimit limit) {
    RetryPolicy.Attempts attempts = retries.start();
    while (true) {
      if (Thread.currentThread().isInterrupted()) {
        throw new TraceStoreException("interrupted before anything was done", null);
      }
      try {
        return once(work, limit);
      } catch (SQLException e) {
        boolean again =
            e instanceof RowVanishedException
                || (PostgresErrors.isWorthRetrying(e) && attempts.isTimeLeft());
        if (!again) {
          throw failures.translate(e, limit);
        }
      } catch (TraceStoreException e) {
        throw e;
      } catch (RuntimeException e) {
        throw failures.translate(e, limit);
      }
      repeats.increment();
      pause(attempts);
    }
  }

  private <T extends @Nullable Object> T once(Work<T> work, StatementLimit limit)
      throws SQLException {
    if (pool.isClosed()) {
      throw closing();
    }
    try (Connection connection = pool.getConnection()) {
      StatementWatch.Call call = watch.begin(connection, limit);
      try {
        return work.with(new Session(connection, renderer, call::limit));
      } catch (SQLException e) {
        if (PostgresErrors.isReadOnlyServer(e)) {
          pool.evictConnection(connection);
        }
        throw e;
      } finally {
        watch.end(call);
      }
    }
  }

  /**
   * Waits before another attempt, less long if the pool is closed. Nothing tells when the server is
   * there again.
   */
  private void pause(RetryPolicy.Attempts attempts) {
    try {
      if (attempts.pause(closed)) {
        throw closing();
      }
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting to try again", e);
    }
  }

  private static StoreUnavailableException closing() {
    return new StoreUnavailableException("the store is being closed", null);
  }

  /** Ends the statement that {@code thread} is at, if it is at one. */
  public void cancel(Thread thread) {
    watch.cancel(thread);
  }

  /** How long a statement may take that is not of maintenance. */
  public StatementLimit limitOfCalls() {
    return ofCalls;
  }

  /** How often something was done again. */
  public long repeats() {
    return repeats.sum();
  }

  public DataSource dataSource() {
    return pool;
  }

  @Override
  public void close() {
    closed.countDown();
    pool.close();
    watch.close();
    source.close();
  }

  /** A trace was removed between two statements of a transaction, which has to begin again. */
  public static final class RowVanishedException extends SQLException {
    @Serial private static final long serialVersionUID = 1L;

    public RowVanishedException() {
      super("a trace was removed during the transaction");
    }
  }

  /**
   * Connections of the driver, whose URL holds no secret. It calls the driver itself and not by
   * name, so that a driver works that only its module's class loader sees.
   */
  private static final class DriverSource extends UnpooledDataSource implements AutoCloseable {
    private final PostgresSettings config;
    private final AtomicReference<@Nullable Connection> offered = new AtomicReference<>();

    DriverSource(PostgresSettings config) {
      this.config = config;
    }

    /** Gives {@code connection} to the first who asks for one. */
    void offer(Connection connection) {
      offered.set(connection);
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection ready = offered.getAndSet(null);
      if (ready != null) {
        setSocketTimeout(ready, config, StatementLimit.ofCalls(config));
        return ready;
      }
      String url = url(config);
      Connection connection = new Driver().connect(url, properties(config));
      if (connection == null) {
        throw new SQLException("not a URL of the driver: " + url);
      }
      return connection;
    }

    /** Closes the offered connection if nobody took it. */
    @Override
    public void close() {
      Connection left = offered.getAndSet(null);
      if (left != null) {
        try {
          left.close();
        } catch (SQLException e) {
          // The server has closed it.
        }
      }
    }
  }
}
