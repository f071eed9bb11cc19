package io.tracestore.provider.sqlite.write;

import java.sql.SQLException;

/**
 * One write: what it does in a transaction, and about how many bytes of rows it brings.
 *
 * @param weight the bytes
 * @param action the work; a {@link io.tracestore.spi.TraceStoreException} from it refuses the write
 */
public record SqliteWrite(long weight, Action action) {
  /** Puts on disk what was committed before it. */
  public static final SqliteWrite SYNC = of(WriteSession::prepareSync);

  /** The work of a write. */
  @FunctionalInterface
  public interface Action {
    /** Does the work and returns what it counts. */
    long apply(WriteSession session) throws SQLException;
  }

  /** Work that counts nothing. */
  @FunctionalInterface
  public interface Change {
    void apply(WriteSession session) throws SQLException;
  }

  public static SqliteWrite of(Change change) {
    return of(0, change);
  }

  public static SqliteWrite of(long weight, Change change) {
    return new SqliteWrite(
        weight,
        session -> {
          change.apply(session);
          return 0;
        });
  }

  /** Work that brings no rows and counts something. */
  public static SqliteWrite counting(Action action) {
    return new SqliteWrite(0, action);
  }
}
