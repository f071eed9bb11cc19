package io.tracestore.provider.sqlite;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite's result codes as the errors of a store, each one line that names the database. */
final class SqliteErrors {
  private static final int PRIMARY_CODE = 0xFF;

  private final String name;
  private final long busyTimeoutMs;

  SqliteErrors(String name, long busyTimeoutMs) {
    this.name = name;
    this.busyTimeoutMs = busyTimeoutMs;
  }

  TraceStoreException translate(Exception failure) {
    if (failure instanceof TraceStoreException known) {
      return known;
    }
    if (failure instanceof SQLException sql) {
      return translate(sql);
    }
    return new TraceStoreException("%s: %s".formatted(name, oneLine(failure)), failure);
  }

  TraceStoreException translate(SQLException e) {
    String message = oneLine(e);
    SQLiteErrorCode extended =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    if (extended == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) {
      return full(e); // what a full disk says when the WAL's index cannot grow
    }
    return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY_CODE)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new StoreUnavailableException(
              "%s is locked by another process; waited busyTimeoutMs=%d"
                  .formatted(name, busyTimeoutMs),
              e);
      case SQLITE_FULL -> full(e);
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

  private StoreCapacityException full(SQLException e) {
    return new StoreCapacityException(
        "%s: the disk is full; free some space or purge old traces".formatted(name), e);
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage() != null ? e.getMessage() : e.getClass().getName();
    return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
  }
}
