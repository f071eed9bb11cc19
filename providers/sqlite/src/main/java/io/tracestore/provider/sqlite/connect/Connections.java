package io.tracestore.provider.sqlite.connect;

import static io.tracestore.provider.sqlite.jooq.Tables.STORE;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.numberOf;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.pragma;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.sqliteSchema;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectCount;

import io.tracestore.provider.sqlite.JournalMode;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.provider.sqlite.schema.Schema;
import io.tracestore.provider.sqlite.sql.Pragma;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.Sql;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/** Makes connections to one database, each with every PRAGMA that its config asks for. */
public final class Connections {
  /** Lets SQLite read without locks and without a log. */
  private static final String UNCHANGING = "?immutable=1";

  /** One page. SQLite would take a file of one byte for an empty one, and write over it. */
  private static final long SMALLEST_DATABASE = 512;

  /** The length in bytes that a write-ahead log may have, and keeps when it starts over. */
  public static final long LOG_BYTES = 32L << 20;

  private static final Rendered OWNERSHIP =
      Rendered.of(
          select(
              numberOf(Pragma.APPLICATION_ID),
              numberOf(Pragma.USER_VERSION),
              field(selectCount().from(sqliteSchema()))));

  private final SqliteSettings config;

  /** The file itself, wherever the links to it lead later; null in memory. */
  private final @Nullable Path file;

  private final String url;

  public Connections(SqliteSettings config) {
    this.config = config;
    Path path = config.path();
    this.file = path == null ? null : new DatabaseFile(path).resolve();
    // A URI, so that the driver takes nothing in a file name for a parameter.
    this.url = "jdbc:sqlite:" + (file == null ? ":memory:" : fileUri(file.toUri()));
  }

  /** SQLite allows no host in a URI: a share of Windows is a path that begins with two slashes. */
  public static String fileUri(URI uri) {
    String host = uri.getRawAuthority();
    return host == null ? uri.toString() : "file:////" + host + uri.getRawPath();
  }

  /** Connections to another file with the same settings. */
  public Connections to(Path other) {
    return new Connections(new SqliteSettings(config.uri(), other, config.options()));
  }

  /** The file itself, where links lead; null in memory. */
  public @Nullable Path file() {
    return file;
  }

  /** The connection that writes, after it has made the tables if there are none. */
  public SQLiteConnection openWriter() throws SQLException {
    SQLiteConnection connection = connect(url, SQLiteOpenMode.READWRITE, SQLiteOpenMode.CREATE);
    try {
      BusyHandler.setHandler(connection, new ShortWaits(waitForLocks()));
      checkOwnership(connection);
      Schema.make(connection);
      setJournalMode(connection);
      setUpToWrite(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /**
   * Another connection that writes, after a failure; it never makes a file or tables.
   *
   * @param storeId {@link #storeId} of the database that it has to be
   */
  public SQLiteConnection reopenWriter(String storeId) throws SQLException {
    SQLiteConnection connection = connect(url, SQLiteOpenMode.READWRITE);
    try {
      BusyHandler.setHandler(connection, new ShortWaits(waitForLocks()));
      checkOwnership(connection);
      if (Schema.version(connection) == 0 || !storeId(connection).equals(storeId)) {
        throw new StoreUnavailableException(
            "%s was replaced while the store is open; open it again".formatted(config.path()),
            null);
      }
      setUpToWrite(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  private void setUpToWrite(Connection connection) throws SQLException {
    setUp(connection);
    if (config.get(SqliteConfig.JOURNAL_MODE) == JournalMode.WAL) {
      // Without a limit, a log that starts over keeps its greatest length.
      Sql.execute(connection, pragma(Pragma.JOURNAL_SIZE_LIMIT, LOG_BYTES));
    }
  }

  /** The random id that the database got when it was made. */
  public static String storeId(Connection connection) throws SQLException {
    return Sql.text(connection, select(STORE.ID).from(STORE));
  }

  /**
   * A connection that only reads.
   *
   * @throws SQLException if it cannot; also if only {@link #openUnchangingReader} could
   */
  public Connection openReader() throws SQLException {
    return openReader(url);
  }

  private SQLiteConnection openReader(String url) throws SQLException {
    SQLiteConnection connection = connect(url, SQLiteOpenMode.READONLY);
    try {
      Sql.execute(
          connection, pragma(Pragma.BUSY_TIMEOUT, config.get(SqliteConfig.BUSY_TIMEOUT_MS)));
      setUp(connection);
      Sql.execute(connection, pragma(Pragma.QUERY_ONLY, true));
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /** Whether the file is only read, so that {@link #openUnchangingReader} may read it. */
  public boolean onlyReads() {
    return file != null && config.get(SqliteConfig.READ_ONLY);
  }

  /** A connection that takes the file for one that never changes: without locks and a log. */
  public SQLiteConnection openUnchangingReader() throws SQLException {
    return openReader(url + UNCHANGING);
  }

  /** A connection that reads, and may copy what it reads to another file. */
  public Connection openSnapshotReader() throws SQLException {
    Connection connection = openReader();
    try {
      Sql.execute(connection, pragma(Pragma.QUERY_ONLY, false)); // forbids VACUUM INTO as well
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /**
   * Refuses a file that is no database of traces of this version, and leaves it as it is: opening
   * another application's database to write, or changing its journal mode, would change it. SQLite
   * looks only at the first page for that, and takes no lock.
   *
   * @throws StoreConfigurationException if it is none
   */
  public void checkHeader() throws SQLException {
    Path path = config.path();
    long size = file == null ? 0 : sizeOf(file);
    if (path == null || size == 0) {
      return;
    }
    DatabaseFile database = new DatabaseFile(path);
    if (size < SMALLEST_DATABASE) {
      throw database.refused("is not a SQLite database; name another file");
    }
    try (Connection connection = connect(url + UNCHANGING, SQLiteOpenMode.READONLY)) {
      int applicationId = (int) Sql.number(connection, pragma(Pragma.APPLICATION_ID));
      int version = Schema.version(connection);
      // No table was ever made in it: the process that began to make the database is still working,
      // or died.
      boolean isNew =
          applicationId == 0
              && version == 0
              && Sql.number(connection, pragma(Pragma.SCHEMA_VERSION)) == 0;
      if (!isNew) {
        database.check(applicationId, version);
      }
    } catch (SQLException e) {
      if (SqliteErrors.isNoDatabase(e)) {
        throw database.refused("is not a SQLite database; name another file");
      }
      if (!SqliteErrors.isDamage(e)) {
        throw e;
      }
      // Somebody may write just now: the connection that waits for that tells whether it is
      // damaged.
    }
  }

  /** 0 also for one that is missing. */
  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private static SQLiteConnection connect(String url, SQLiteOpenMode... modes) throws SQLException {
    SQLiteConfig driver = new SQLiteConfig();
    driver.resetOpenMode(SQLiteOpenMode.READWRITE);
    driver.resetOpenMode(SQLiteOpenMode.CREATE);
    for (SQLiteOpenMode mode : modes) {
      driver.setOpenMode(mode);
    }
    // Otherwise the driver asks for the last row id after every insert.
    driver.setGetGeneratedKeys(false);
    Properties properties = driver.toProperties();
    return JDBC.createConnection(url, properties);
  }

  /**
   * Checks again what the file's first bytes said: another process may have changed it since. Uses
   * one statement, because other processes may make the schema at the same time.
   */
  public void checkOwnership(Connection connection) throws SQLException {
    Path path = config.path();
    if (path == null) {
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(OWNERSHIP.sql())) {
      row.next();
      int applicationId = row.getInt(1);
      int version = row.getInt(2);
      boolean isNew = applicationId == 0 && version == 0 && row.getLong(3) == 0;
      if (!isNew) {
        new DatabaseFile(path).check(applicationId, version);
      }
    }
  }

  /** SQLite does not wait for others with this; so it is tried until the time is over. */
  private void setJournalMode(Connection connection) throws SQLException {
    if (config.path() == null || hasJournalMode(connection)) {
      return;
    }
    RetryPolicy.Attempts attempts = waitForLocks().start();
    while (!trySetJournalMode(connection)) {
      if (!attempts.isTimeLeft()) {
        throw new StoreUnavailableException(
            "%s is in use by another process, so journalMode=%s cannot be set; close it there"
                .formatted(config.path(), config.get(SqliteConfig.JOURNAL_MODE)),
            null);
      }
      attempts.pause("waiting to set the journal mode of " + config);
    }
  }

  /** How other processes' locks are waited for: SQLite does not say when a lock is free. */
  private RetryPolicy waitForLocks() {
    return RetryPolicy.every(
        Duration.ofMillis(1), Duration.ofMillis(config.get(SqliteConfig.BUSY_TIMEOUT_MS)));
  }

  private boolean trySetJournalMode(Connection connection) throws SQLException {
    try {
      Sql.execute(connection, pragma(Pragma.JOURNAL_MODE, config.get(SqliteConfig.JOURNAL_MODE)));
    } catch (SQLException e) {
      if ((e.getErrorCode() & 0xFF) != SQLiteErrorCode.SQLITE_BUSY.code) {
        throw e;
      }
    }
    return hasJournalMode(connection);
  }

  private boolean hasJournalMode(Connection connection) throws SQLException {
    String mode = Sql.text(connection, pragma(Pragma.JOURNAL_MODE));
    return mode.equalsIgnoreCase(config.get(SqliteConfig.JOURNAL_MODE).name());
  }

  private void setUp(Connection connection) throws SQLException {
    Sql.execute(connection, pragma(Pragma.SYNCHRONOUS, config.get(SqliteConfig.SYNCHRONOUS)));
    // A negative size is one in KiB.
    Sql.execute(
        connection, pragma(Pragma.CACHE_SIZE, -1024L * config.get(SqliteConfig.CACHE_SIZE_MB)));
    Sql.execute(connection, pragma(Pragma.TEMP_STORE, config.get(SqliteConfig.TEMP_STORE)));
    Sql.execute(
        connection, pragma(Pragma.MMAP_SIZE, (long) config.get(SqliteConfig.MMAP_SIZE_MB) << 20));
  }

  public static void close(Connection connection, @Nullable Throwable failure) {
    try {
      connection.close();
    } catch (SQLException e) {
      if (failure != null) {
        failure.addSuppressed(e);
      }
    }
  }

  /**
   * Waits for other processes in short steps. SQLite's own waits grow to 100 ms, and so seldom hit
   * the moment between two transactions of another process that writes without a pause.
   */
  private static final class ShortWaits extends BusyHandler {
    private final RetryPolicy policy;
    private RetryPolicy.Attempts attempts;

    ShortWaits(RetryPolicy policy) {
      this.policy = policy;
      this.attempts = policy.start();
    }

    @Override
    protected int callback(int failed) {
      if (failed == 0) {
        attempts = policy.start();
      }
      if (!attempts.isTimeLeft()) {
        return 0;
      }
      try {
        attempts.pause("waiting for a lock");
        return 1;
      } catch (TraceStoreException e) {
        return 0; // the thread's flag says why
      }
    }
  }
}
