package io.tracestore.provider.sqlite.connect;

import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite's result codes as the errors of a store, each one line that names the database. */
public final class SqliteErrors {
  private static final int PRIMARY_CODE = 0xFF;

  /** Less than SQLite needs for anything. */
  private static final long NO_SPACE = 64 << 10;

  private final String name;
  private final long busyTimeoutMs;
  private final @Nullable Path path;

  public SqliteErrors(SqliteSettings config) {
    this.name = config.toString();
    this.busyTimeoutMs = config.get(SqliteConfig.BUSY_TIMEOUT_MS);
    this.path = config.path();
  }

  public TraceStoreException translate(Throwable failure) {
    if (failure instanceof TraceStoreException known) {
      return known;
    }
    if (failure instanceof SQLException sql) {
      return translate(sql);
    }
    return new TraceStoreException("%s: %s".formatted(name, oneLine(failure)), failure);
  }

  /** Whether another process has locked the file; nothing was done then. */
  public static boolean isBusy(Throwable failure) {
    return failure instanceof SQLException e
        && (has(e, SQLiteErrorCode.SQLITE_BUSY) || has(e, SQLiteErrorCode.SQLITE_LOCKED));
  }

  public static boolean isCannotOpen(SQLException e) {
    return has(e, SQLiteErrorCode.SQLITE_CANTOPEN);
  }

  public static boolean isNoDatabase(SQLException e) {
    return has(e, SQLiteErrorCode.SQLITE_NOTADB);
  }

  public static boolean isDamage(SQLException e) {
    return has(e, SQLiteErrorCode.SQLITE_CORRUPT);
  }

  public static boolean isFull(SQLException e) {
    return has(e, SQLiteErrorCode.SQLITE_FULL);
  }

  private static boolean has(SQLException e, SQLiteErrorCode primary) {
    return (e.getErrorCode() & PRIMARY_CODE) == primary.code;
  }

  public TraceStoreException translate(SQLException e) {
    String message = oneLine(e);
    if (isDiskFull(e)) {
      return full(e);
    }
    TraceStoreException missing = MissingDriver.explain(name, e);
    if (missing != null) {
      return missing;
    }
    return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY_CODE)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new StoreUnavailableException(
              "%s is locked by another process; waited busyTimeoutMs=%d"
                  .formatted(name, busyTimeoutMs),
              e);
      case SQLITE_TOOBIG ->
          new StoreCapacityException(
              "%s: larger than SQLite can hold in one value".formatted(name), e);
      case SQLITE_CORRUPT ->
          new CorruptDataException(
              "%s is damaged or cut off; restore it from a backup (%s)".formatted(name, message),
              e);
      case SQLITE_NOTADB ->
          new StoreConfigurationException(
              "%s is not a SQLite database; name another file".formatted(name), e);
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
          new StoreConfigurationException(
              "%s cannot be written to; open it with readOnly=true (%s)".formatted(name, message),
              e);
      case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_PROTOCOL, SQLITE_NOLFS ->
          new StoreUnavailableException("%s cannot be used: %s".formatted(name, message), e);
      default -> new TraceStoreException("%s: %s".formatted(name, message), e);
    };
  }

  /** Whether the disk is full. It is checked here because not every failed system call says so. */
  public boolean isDiskFull(SQLException e) {
    SQLiteErrorCode extended =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    // SHMSIZE is what a full disk says when the WAL's index cannot grow.
    return isFull(e)
        || extended == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE
        || ((has(e, SQLiteErrorCode.SQLITE_IOERR) || isCannotOpen(e)) && hasNoSpace());
  }

  private boolean hasNoSpace() {
    try {
      return path != null && Files.getFileStore(path).getUsableSpace() < NO_SPACE;
    } catch (IOException e) {
      return false;
    }
  }

  private StoreCapacityException full(SQLException e) {
    return new StoreCapacityException(
        "%s: the disk is full; free some space or purge old traces".formatted(name), e);
  }

  private static String oneLine(Throwable e) {
    String message = e.getMessage() != null ? e.getMessage() : e.getClass().getName();
    return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
  }
}
