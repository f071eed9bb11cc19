package io.tracestore.provider.clickhouse.schema;

import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.SchemaVersion.SCHEMA_VERSION;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.text;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.jooq.Records;
import io.tracestore.provider.clickhouse.jooq.SchemaVersion;
import io.tracestore.provider.clickhouse.sql.Renderer;
import io.tracestore.provider.clickhouse.sql.SqlTemplates;
import io.tracestore.spi.StoreConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.Record1;
import org.jooq.Select;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a store: made from the {@code .sql} template, on one server or on a cluster. The
 * table {@code schema_version} tells by which version of it.
 */
public final class Schema {
  /** The version that the script makes; a database of an older version is not upgraded. */
  private static final int VERSION = 6;

  private static final String DATABASE_SCRIPT = "database.sql";
  private static final String TABLES_SCRIPT = "V6__records.sql";

  /** The setting for the one row of a version: the first insert wins, and the row exists once. */
  private static final Map<String, String> ONCE =
      Map.of("insert_deduplication_token", "version " + VERSION);

  /** Work over all that is stored goes on in the server's background. */
  private static final Map<String, String> IN_BACKGROUND =
      Map.of("mutations_sync", "0", "materialize_ttl_after_modify", "1");

  private static final Pattern TTL_DAYS =
      Pattern.compile("\\bTTL\\b.*(?:toIntervalDay\\(|INTERVAL )([0-9]+)", Pattern.DOTALL);

  private static final Pattern COMMENT = Pattern.compile("(?m)--.*$");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)(?: ([^{}]*))?}");

  /** Statements that name it are for clusters alone. */
  private static final String NAME_OF_CLUSTER = "{cluster}";

  /** 2149-06-06, the last date of the type {@code Date}, as days since 1970. */
  private static final int LAST_DATE = 65_535;

  private final Renderer sql;
  private final String database;
  private final @Nullable String cluster;
  private final Records localRecords;

  public Schema(String database, @Nullable String cluster) {
    this.sql = new Renderer(database);
    this.database = database;
    this.cluster = cluster;
    this.localRecords = new Records(localName());
  }

  /** The table on each server, which holds the rows. */
  public Records localRecords() {
    return localRecords;
  }

  /** The name of that table in its database. */
  private String localName() {
    return cluster == null ? RECORDS.getName() : RECORDS.getName() + "_local";
  }

  /** Whether the tables are those of a cluster. */
  public boolean isCluster() {
    return cluster != null;
  }

  /** The clause of a statement that changes tables on every server; empty for one server. */
  public QueryPart onCluster() {
    return SqlTemplates.onCluster(cluster);
  }

  /** The rows of one of the server's tables that are about the table of rows. */
  public Condition ofLocalRecords() {
    return SystemTables.DATABASE.eq(database).and(SystemTables.TABLE.eq(localName()));
  }

  /**
   * The rows of one of the server's tables that are about all tables with rows of traces: in a
   * cluster also that which has none itself.
   */
  public Condition ofAllRecords() {
    return SystemTables.DATABASE
        .eq(database)
        .and(SystemTables.TABLE.in(List.of(RECORDS.getName(), localName())));
  }

  /** The definition of the table of rows, as the server prints it. */
  public Select<Record1<String>> engine() {
    return select(SystemTables.ENGINE_FULL)
        .from(SystemTables.TABLES)
        .where(SystemTables.DATABASE.eq(database), SystemTables.NAME.eq(localName()));
  }

  /**
   * Makes what is missing.
   *
   * @param create whether it may
   * @throws StoreConfigurationException if another release has made the tables, or nothing is there
   *     and nothing may be made
   */
  public void prepare(Server server, boolean create) {
    int version = version(server);
    if (version == VERSION) {
      return;
    }
    if (version > VERSION) {
      throw new StoreConfigurationException(
          "database '%s' has schema version %d, and this release knows %d; use a newer release"
              .formatted(database, version, VERSION),
          null);
    }
    if (version > 0) {
      throw new StoreConfigurationException(
          "database '%s' has schema version %d, and this release knows only %d; export with the release that made it and restore with this one, or name another database"
              .formatted(database, version, VERSION),
          null);
    }
    if (!create) {
      throw new StoreConfigurationException(
          "database '%s' holds no traces, and create=false makes no tables".formatted(database),
          null);
    }
    statements(DATABASE_SCRIPT).forEach(server::execute);
    statements().forEach(server::execute);
    server.execute(
        insertInto(SCHEMA_VERSION, SchemaVersion.VERSION).select(select(val(VERSION))), ONCE);
  }

  /** The random id that was made together with the tables. */
  public String identity(Server server) {
    return server.query(
        select(text(min(SchemaVersion.IDENTITY)))
            .from(SCHEMA_VERSION)
            .where(SchemaVersion.VERSION.eq(VERSION)),
        row -> row.hasNext() ? "clickhouse:" + row.text() : "clickhouse:");
  }

  private int version(Server server) {
    boolean exists =
        server.query(
            select(count())
                .from(SystemTables.TABLES)
                .where(
                    SystemTables.DATABASE.eq(database),
                    SystemTables.NAME.eq(SCHEMA_VERSION.getName())),
            row -> row.hasNext() && row.i64() > 0);
    return exists
        ? server.query(
            select(max(SchemaVersion.VERSION)).from(SCHEMA_VERSION),
            row -> row.hasNext() ? row.i32() : 0)
        : 0;
  }

  /** The statements of the script, filled in. */
  List<String> statements() {
    return statements(TABLES_SCRIPT);
  }

  private List<String> statements(String script) {
    String text = COMMENT.matcher(read(script)).replaceAll("");
    return Stream.of(text.split(";", -1))
        .filter(statement -> !statement.isBlank())
        .filter(statement -> cluster != null || !statement.contains(NAME_OF_CLUSTER))
        .map(statement -> fill(statement).strip())
        .toList();
  }

  private static String read(String script) {
    try (InputStream in = Schema.class.getResourceAsStream(script)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks schema/" + script);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String fill(String template) {
    return PLACEHOLDER.matcher(template).replaceAll(match -> quoted(value(match)));
  }

  private static String quoted(String text) {
    return Matcher.quoteReplacement(text);
  }

  private String value(MatchResult match) {
    String of = match.group(2);
    return switch (match.group(1)) {
      case "database" -> database;
      case "on" -> sql.text(onCluster());
      case "cluster" -> Objects.requireNonNull(cluster);
      case "local" -> cluster == null ? of : of + "_local";
      case "engine" -> engine(of.split(" ", -1));
      default -> throw new IllegalStateException("no such placeholder: " + match.group());
    };
  }

  /** From the name of the table, the engine and its arguments. */
  private String engine(String[] parts) {
    String arguments = parts.length > 2 ? parts[2] : "";
    if (cluster == null) {
      return parts[1] + "(" + arguments + ")";
    }
    // Every server of every shard has the same of all but the rows: one replicated table over all.
    String path =
        parts[0].equals(RECORDS.getName())
            ? "'/clickhouse/tables/{shard}/" + database + "/" + parts[0] + "', '{replica}'"
            : "'/clickhouse/tables/all/" + database + "/" + parts[0] + "', '{shard}-{replica}'";
    return "Replicated"
        + parts[1]
        + "("
        + path
        + (arguments.isEmpty() ? "" : ", " + arguments)
        + ")";
  }

  /** The number of days after which the server removes a trace; 0 for never. */
  public int retention(Server server) {
    return server.query(engine(), row -> row.hasNext() ? retentionIn(row.text()) : 0);
  }

  /** From the engine's definition, as the server prints it. */
  static int retentionIn(String engine) {
    Matcher days = TTL_DAYS.matcher(engine);
    return days.find() ? Integer.parseInt(days.group(1)) : 0;
  }

  /**
   * Makes the server remove traces that started more than {@code days} days ago; 0 for never.
   * Changes nothing if the table has this retention already.
   */
  public void setRetention(Server server, int days) {
    if (days != retention(server)) {
      server.execute(withRetention(days), IN_BACKGROUND);
    }
  }

  /** The statement that makes the server do so. */
  public Query withRetention(int days) {
    return days > 0
        ? SqlTemplates.setRetention(
            localRecords, onCluster(), dayOfRetention(), LAST_DATE - days, days)
        : SqlTemplates.removeRetention(localRecords, onCluster());
  }

  /**
   * The day from which the retention counts. The age of early rows is that of their write: the
   * start of their trace is not known, and an event must expire together with the row that names
   * its actor.
   */
  private static Field<Long> dayOfRetention() {
    return SqlTemplates.dayOrWritten(Records.DAY, Day.EARLY, Records.REV);
  }
}
