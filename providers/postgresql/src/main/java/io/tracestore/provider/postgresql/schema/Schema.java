package io.tracestore.provider.postgresql.schema;

import static io.tracestore.provider.postgresql.jooq.Tables.SCHEMA_VERSION;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLES;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE_NAME;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static org.jooq.impl.DSL.createSchemaIfNotExists;
import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.setLocal;
import static org.jooq.impl.DSL.val;

import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.spi.StoreConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jooq.impl.SQLDataType;

/**
 * Makes and upgrades the tables, by the scripts next to it, under a lock: any number of processes
 * may start at once. The version in force stands in the table {@code schema_version}.
 */
public final class Schema {
  /** Grows when the script changes; there is no way from one version to another. */
  private static final int VERSION = 5;

  private static final String SCRIPT = "V1__traces.sql";

  /** How long another process that makes the schema, or uses it, is waited for. */
  private static final int LOCK_WAIT_MS = 30_000;

  private static final int OLDEST_SERVER = 130_000;

  private static final Rendered SERVER =
      Rendered.of(
          select(
              Catalog.setting("server_version_num").cast(SQLDataType.INTEGER),
              Catalog.setting("server_version"),
              Catalog.setting("server_encoding")));

  private static final Rendered EXISTS =
      Rendered.of(
          select(
              field(
                  exists(
                      selectOne()
                          .from(TABLES)
                          .where(TABLE_NAME.eq(SCHEMA_VERSION.getName()))
                          .and(Catalog.ofStore())))));

  private static final Rendered INSTALLED =
      Rendered.of(select(max(SCHEMA_VERSION.VERSION)).from(SCHEMA_VERSION));

  private static final Rendered INSTALL =
      Rendered.of(
          insertInto(SCHEMA_VERSION, SCHEMA_VERSION.VERSION, SCHEMA_VERSION.INSTALLED)
              .values(constant(VERSION), currentOffsetDateTime()));

  private final String schema;

  public Schema(String name) {
    schema = name;
  }

  /**
   * Makes the schema if it is missing. Nothing is written if it is there.
   *
   * @param create whether it may be made
   * @throws StoreConfigurationException if it is missing and may not be made, if it is of another
   *     version, or if the server does not fit
   */
  public void prepare(Session session, boolean create) throws SQLException {
    checkServer(session);
    int version = version(session);
    if (version == VERSION) {
      return;
    }
    if (version == 0 && !create) {
      throw new StoreConfigurationException(
          "there is no store in schema '%s', and create=false; open it without that to make it"
              .formatted(schema),
          null);
    }
    Connection connection = session.connection();
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      session.execute(setLocal(name("lock_timeout"), val(LOCK_WAIT_MS)));
      lock(session, "schema");
      make(session, version(session));
      connection.commit();
      done = true;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }

  private void make(Session session, int version) throws SQLException {
    if (version == 0) {
      session.execute(createSchemaIfNotExists(name(schema)));
      // Only here: the script is plain SQL that people can read, and run.
      session.execute(setLocal(name("search_path"), val(schema)));
      session.run(script(SCRIPT));
      session.execute(INSTALL);
    } else if (version != VERSION) {
      throw new StoreConfigurationException(
          "schema '%s' has version %d, and this release knows version %d: %s"
              .formatted(
                  schema,
                  version,
                  VERSION,
                  version > VERSION
                      ? "take a newer release"
                      : "export its traces with the release that made it, and restore them with this one"),
          null);
    }
  }

  private static void checkServer(Session session) throws SQLException {
    String encoding =
        session.one(
            SERVER,
            row -> {
              checkVersion(row.getInt(1), row.getString(2));
              return row.getString(3);
            });
    if (!encoding.equals("UTF8")) {
      throw new StoreConfigurationException(
          "the database has encoding %s; create one with ENCODING 'UTF8'".formatted(encoding),
          null);
    }
  }

  /** Refuses a server that is older than those this provider was tried with. */
  static void checkVersion(int number, String name) {
    if (number < OLDEST_SERVER) {
      throw new StoreConfigurationException(
          "the server is PostgreSQL %s; 13 or newer is needed".formatted(name), null);
    }
  }

  /**
   * The version in force; 0 if there is none. The catalog is asked by a query: {@code to_regclass}
   * may still remember that there was no such schema before the lock was waited for.
   */
  private static int version(Session session) throws SQLException {
    return session.one(EXISTS, row -> row.getBoolean(1))
        ? session.one(INSTALLED, row -> row.getInt(1))
        : 0;
  }

  /** Waits until no other process does this to this schema; held to the transaction's end. */
  void lock(Session session, String purpose) throws SQLException {
    session.list(
        select(Catalog.call("pg_advisory_xact_lock", SQLDataType.OTHER, val(key(purpose)))),
        row -> purpose);
  }

  /** The key of an advisory lock of this schema, the same in every process. */
  private long key(String purpose) {
    try {
      byte[] text = ("tracestore " + purpose + " " + schema).getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String script(String file) {
    try (InputStream in = Schema.class.getResourceAsStream(file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
