package io.tracestore.provider.postgresql.connect;

import static io.tracestore.provider.postgresql.sql.SqlTemplates.waitForDisk;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import java.sql.SQLException;
import org.jooq.impl.SQLDataType;

/** Puts acknowledged writes onto the server's disk. */
public final class Durability {
  /**
   * Writes a record to the log alone. Its commit also puts everything on the disk that was
   * acknowledged before.
   */
  private static final Rendered FLUSH =
      Rendered.of(
          select(
              waitForDisk(),
              Catalog.call(
                  "pg_logical_emit_message",
                  SQLDataType.OTHER,
                  val(true),
                  val("tracestore"),
                  val(""))));

  private static final Rendered REACHES_DISK = Rendered.of(select(Catalog.setting("fsync")));

  private final Connections connections;

  public Durability(Connections connections) {
    this.connections = connections;
  }

  /** Whether everything acknowledged is on the disk now: not if the server never waits for it. */
  public boolean sync() {
    return connections.inTransaction(Durability::flush);
  }

  private static boolean flush(Session session) throws SQLException {
    session.list(FLUSH, row -> row.getString(1));
    return session.one(REACHES_DISK, row -> row.getString(1)).equals("on");
  }
}
