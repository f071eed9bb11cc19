package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.sql.Connection;
import javax.sql.DataSource;

/** Stores a trace, syncs while a reader needs the log, and ends without closing anything. */
final class SyncingProcess {
  private SyncingProcess() {}

  /** Argument: the file. */
  public static void main(String[] arguments) throws Exception {
    SqliteConfig config = SqliteConfig.of(Path.of(arguments[0]));
    TraceStore store = config.open();
    Connection reader = store.unwrap(DataSource.class).getConnection();
    store.storeTrace(Samples.trace(1, 3));
    PlainSql.execute(reader, "BEGIN");
    PlainSql.number(reader, "SELECT count(*) FROM traces");
    store.storeTrace(Samples.trace(2, 3));
    System.out.println("synced: " + store.sync());
    Runtime.getRuntime().halt(0);
  }
}
