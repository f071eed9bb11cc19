package io.tracestore.provider.sqlite;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/** Makes connections to one database, each with every PRAGMA that its config asks for. */
final class Connections {
  private final SqliteConfig config;
  private final String url;

  Connections(SqliteConfig config) {
    this.config = config;
    Path path = config.path();
    // A URI, so that the driver takes nothing in a file name for a parameter.
    this.url = "jdbc:sqlite:" + (path == null ? ":memory:" : path.toAbsolutePath().toUri());
  }

  /** The connection that writes, after it has brought the schema up to date. */
  Connection openWriter() throws SQLException {
    Connection connection = connect(url, SQLiteOpenMode.READWRITE, SQLiteOpenMode.CREATE);
    try {
      BusyHandler.setHandler(connection, new ShortWaits(config.busyTimeoutMs()));
      checkOwnership(connection);
      Schema.migrate(connection);
      setJournalMode(connection);
      setUp(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /** A connection that only reads. */
  Connection openReader() throws SQLException {
    Connection connection =
        connect(url + (isImmutable() ? "?immutable=1" : ""), SQLiteOpenMode.READONLY);
    try {
      Sql.execute(connection, "PRAGMA busy_timeout = " + config.busyTimeoutMs());
      setUp(connection);
      Sql.execute(connection, "PRAGMA query_only = ON");
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /** A connection that reads, and may copy what it reads to another file. */
  Connection openSnapshotReader() throws SQLException {
    Connection connection = openReader();
    try {
      Sql.execute(connection, "PRAGMA query_only = OFF"); // forbids VACUUM INTO as well
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /**
   * The first reading connection of a store that only reads.
   *
   * @throws StoreConfigurationException if the schema is not of this version
   */
  Connection openFirstReader() throws SQLException {
    Connection connection = openReader();
    try {
      checkOwnership(connection);
      int version = Schema.version(connection);
      if (version < Schema.VERSION) {
        throw new StoreConfigurationException(
            "%s has schema version %d; open it once without readOnly to bring it to %d"
                .formatted(config.path(), version, Schema.VERSION),
            null);
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /** A file on a read-only medium has no room for the WAL's index, and nobody who changes it. */
  private boolean isImmutable() {
    Path path = config.path();
    if (path == null || !config.readOnly()) {
      return false;
    }
    Path directory = path.toAbsolutePath().getParent();
    return directory != null
        && !Files.isWritable(directory)
        && !Files.exists(directory.resolve(path.getFileName() + "-wal"));
  }

  private Connection connect(String url, SQLiteOpenMode... modes) throws SQLException {
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
   * What the file's first bytes said, again: another process may have changed it since. One
   * statement, because others make the schema meanwhile.
   */
  private void checkOwnership(Connection connection) throws SQLException {
    Path path = config.path();
    if (path == null) {
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
                    + " FROM pragma_application_id, pragma_user_version")) {
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
    ShortWaits waits = new ShortWaits(config.busyTimeoutMs());
    for (int attempt = 0; !trySetJournalMode(connection); attempt++) {
      if (!waits.waitAgain(attempt)) {
        throw new StoreUnavailableException(
            "%s is in use by another process, so journalMode=%s cannot be set; close it there"
                .formatted(config.path(), config.journalMode()),
            null);
      }
    }
  }

  private boolean trySetJournalMode(Connection connection) throws SQLException {
    try {
      Sql.execute(connection, "PRAGMA journal_mode = " + config.journalMode());
    } catch (SQLException e) {
      if ((e.getErrorCode() & 0xFF) != SQLiteErrorCode.SQLITE_BUSY.code) {
        throw e;
      }
    }
    return hasJournalMode(connection);
  }

  private boolean hasJournalMode(Connection connection) throws SQLException {
    String mode = Sql.text(connection, "PRAGMA journal_mode");
    return mode.equalsIgnoreCase(config.journalMode().name());
  }

  private void setUp(Connection connection) throws SQLException {
    Sql.execute(connection, "PRAGMA synchronous = " + config.synchronous());
    Sql.execute(connection, "PRAGMA cache_size = -" + config.cacheSizeMb() * 1024L);
    Sql.execute(connection, "PRAGMA temp_store = " + config.tempStore());
    Sql.execute(connection, "PRAGMA mmap_size = " + ((long) config.mmapSizeMb() << 20));
  }

  static void close(Connection connection, @Nullable Exception failure) {
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
    private final long timeoutNanos;
    private long startNanos;

    ShortWaits(long timeoutMs) {
      this.timeoutNanos = timeoutMs * 1_000_000;
    }

    @Override
    protected int callback(int attempts) throws SQLException {
      return waitAgain(attempts) ? 1 : 0;
    }

    /**
     * Waits for a moment, as SQLite does not say when a lock is free; false if the time is over.
     */
    boolean waitAgain(int attempts) {
      if (attempts == 0) {
        startNanos = System.nanoTime();
      }
      if (System.nanoTime() - startNanos >= timeoutNanos) {
        return false;
      }
      try {
        Thread.sleep(1);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
