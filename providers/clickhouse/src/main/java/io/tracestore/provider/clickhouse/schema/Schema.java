package io.tracestore.provider.clickhouse.schema;

import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.sql.Sql;
import io.tracestore.spi.StoreConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a store: made from the {@code .sql} template, on one server or on a cluster. The
 * table {@code schema_version} tells by which version of it.
 */
public final class Schema {
  /** The version that the script makes; a database of an older version is not upgraded. */
  private static final int VERSION = 3;

  private static final String SCRIPT = "V3__records.sql";

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

  private static final String CREATE_VERSIONS =
      """
      CREATE TABLE IF NOT EXISTS {database}.schema_version {on cluster}
      (version UInt32, applied DateTime('UTC') DEFAULT now(), identity UUID DEFAULT generateUUIDv4())
      ENGINE = {engine schema_version MergeTree} ORDER BY version{once}\
      """;

  /** 2149-06-06, the last date of the type {@code Date}, as days since 1970. */
  private static final int LAST_DATE = 65_535;

  private final String database;
  private final @Nullable String cluster;

  public Schema(String database, @Nullable String cluster) {
    this.database = database;
    this.cluster = cluster;
  }

  /** The table that reads and inserts go to. */
  public String records() {
    return database + ".records";
  }

  public String database() {
    return database;
  }

  /** The table on each server, which holds the rows. */
  public String localRecords() {
    return database + "." + localName();
  }

  /** The name of that table in its database. */
  public String localName() {
    return cluster == null ? "records" : "records_local";
  }

  /** Whether the tables are those of a cluster. */
  public boolean isCluster() {
    return cluster != null;
  }

  /** The clause of a statement that changes tables on every server; empty for one server. */
  public String onCluster() {
    return cluster == null ? "" : "ON CLUSTER '" + cluster + "'";
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
    server.execute(fill("CREATE DATABASE IF NOT EXISTS {database} {on cluster}"));
    server.execute(fill(CREATE_VERSIONS));
    statements().forEach(server::execute);
    server.execute(
        "INSERT INTO %s.schema_version (version) SELECT %d".formatted(database, VERSION), ONCE);
  }

  /** The random id that was made together with the tables. */
  public String identity(Server server) {
    return server.query(
        "SELECT toString(min(identity)) FROM %s.schema_version WHERE version = %d"
            .formatted(database, VERSION),
        row -> row.hasNext() ? "clickhouse:" + row.text() : "clickhouse:");
  }

  private int version(Server server) {
    boolean exists =
        server.query(
            "SELECT count() FROM system.tables WHERE database = %s AND name = 'schema_version'"
                .formatted(Sql.text(database)),
            row -> row.hasNext() && row.i64() > 0);
    return exists
        ? server.query(
            "SELECT max(version) FROM %s.schema_version".formatted(database),
            row -> row.hasNext() ? row.i32() : 0)
        : 0;
  }

  /** The statements of the script, filled in. */
  public List<String> statements() {
    String text = COMMENT.matcher(read(SCRIPT)).replaceAll("");
    List<String> statements = new ArrayList<>();
    for (String statement : fill(text).split(";", -1)) {
      if (!statement.isBlank()) {
        statements.add(statement.strip());
      }
    }
    return statements;
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
      case "on" -> onCluster();
      case "local" -> cluster == null ? of : of + "_local";
      case "engine" -> engine(of.split(" ", -1));
      case "distributed" -> distributed(of);
      case "once" -> cluster == null ? " SETTINGS non_replicated_deduplication_window = 100" : "";
      default -> throw new IllegalStateException("no such placeholder: " + match.group());
    };
  }

  /** From the name of the table, the engine and its arguments. */
  private String engine(String[] parts) {
    String arguments = parts.length > 2 ? parts[2] : "";
    if (cluster == null) {
      return parts[1] + "(" + arguments + ")";
    }
    // Every server of every shard has the same versions: one replicated table over all of them.
    String path =
        parts[0].equals("schema_version")
            ? "'/clickhouse/tables/all/" + database + "/schema_version', '{shard}-{replica}'"
            : "'/clickhouse/tables/{shard}/" + database + "/" + parts[0] + "', '{replica}'";
    return "Replicated"
        + parts[1]
        + "("
        + path
        + (arguments.isEmpty() ? "" : ", " + arguments)
        + ")";
  }

  private String distributed(String table) {
    return cluster == null
        ? ""
        : """
        CREATE TABLE IF NOT EXISTS %1$s.%2$s %3$s AS %1$s.%2$s_local
        ENGINE = Distributed('%4$s', %1$s, %2$s_local, sipHash64(trace_id))\
        """
            .formatted(database, table, onCluster(), cluster);
  }

  /** The number of days after which the server removes a trace; 0 for never. */
  public int retention(Server server) {
    return server.query(
        "SELECT engine_full FROM system.tables WHERE database = %s AND name = %s"
            .formatted(Sql.text(database), Sql.text(localName())),
        row -> row.hasNext() ? retentionIn(row.text()) : 0);
  }

  /** From the engine's definition, as the server prints it. */
  public static int retentionIn(String engine) {
    Matcher days = TTL_DAYS.matcher(engine);
    return days.find() ? Integer.parseInt(days.group(1)) : 0;
  }

  /**
   * Makes the server remove traces that started more than {@code days} days ago; 0 for never.
   * Changes nothing if the table has this retention already.
   */
  public void setRetention(Server server, int days) {
    if (days == retention(server)) {
      return;
    }
    String alter = "ALTER TABLE %s %s ".formatted(localRecords(), onCluster());
    server.execute(alter + (days > 0 ? "MODIFY TTL " + ttl(days) : "REMOVE TTL"), IN_BACKGROUND);
  }

  /**
   * The expression of the retention. The age of early rows is that of their write: the start of
   * their trace is not known, and an event must expire together with the row that names its actor.
   * No date is after the last one that the type can hold.
   */
  public static String ttl(int days) {
    return """
    toDate(toUInt16(least(greatest(if(day = %d, \
    toInt64(intDiv(rev, 86400000000000)), toInt64(day)), 0), %d))) \
    + INTERVAL %d DAY\
    """
        .formatted(Day.EARLY, LAST_DATE - days, days);
  }
}
