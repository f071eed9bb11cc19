package io.tracestore.provider.clickhouse;

import io.tracestore.spi.StoreConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a store: made from the {@code .sql} templates, one for each version, on one server
 * or on a cluster. The table {@code schema_version} tells which of them were applied.
 */
final class Schema {
  /** The files, in the order of the versions that they make. */
  private static final List<String> SCRIPTS = List.of("V1__records.sql");

  private static final Pattern COMMENT = Pattern.compile("(?m)--.*$");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)(?: ([^{}]*))?}");

  private static final String CREATE_VERSIONS =
      """
      CREATE TABLE IF NOT EXISTS {database}.schema_version {on cluster}
      (version UInt32, applied DateTime('UTC') DEFAULT now())
      ENGINE = {engine schema_version MergeTree} ORDER BY version\
      """;

  /** 2149-06-06, the last date of the type {@code Date}, as days since 1970. */
  private static final int LAST_DATE = 65_535;

  private final String database;
  private final @Nullable String cluster;

  Schema(String database, @Nullable String cluster) {
    this.database = database;
    this.cluster = cluster;
  }

  /** The table that reads and inserts go to. */
  String records() {
    return database + ".records";
  }

  String database() {
    return database;
  }

  /** The table on each server, which holds the rows. */
  String localRecords() {
    return database + "." + localName();
  }

  /** The name of that table in its database. */
  String localName() {
    return cluster == null ? "records" : "records_local";
  }

  /** What a statement that changes tables on every server says; empty for one server. */
  String onCluster() {
    return cluster == null ? "" : "ON CLUSTER '" + cluster + "'";
  }

  /**
   * Makes what is missing.
   *
   * @throws StoreConfigurationException if a newer release has made the tables
   */
  void prepare(Server server) {
    int version = version(server);
    if (version > SCRIPTS.size()) {
      throw new StoreConfigurationException(
          "database '%s' has schema version %d, and this release knows %d; use a newer release"
              .formatted(database, version, SCRIPTS.size()),
          null);
    }
    if (version == SCRIPTS.size()) {
      return;
    }
    server.execute(fill("CREATE DATABASE IF NOT EXISTS {database} {on cluster}"));
    server.execute(fill(CREATE_VERSIONS));
    for (int next = version; next < SCRIPTS.size(); next++) {
      statements(next).forEach(server::execute);
      server.execute(
          "INSERT INTO %s.schema_version (version) VALUES (%d)".formatted(database, next + 1));
    }
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

  /** The statements of one script, filled in. */
  List<String> statements(int script) {
    String text = COMMENT.matcher(read(SCRIPTS.get(script))).replaceAll("");
    List<String> statements = new ArrayList<>();
    for (String statement : fill(text).split(";", -1)) {
      if (!statement.isBlank()) {
        statements.add(statement.strip());
      }
    }
    return statements;
  }

  private static String read(String script) {
    try (InputStream in = Schema.class.getResourceAsStream("schema/" + script)) {
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
    return java.util.regex.Matcher.quoteReplacement(text);
  }

  private String value(MatchResult match) {
    String of = match.group(2);
    return switch (match.group(1)) {
      case "database" -> database;
      case "on" -> onCluster();
      case "local" -> cluster == null ? of : of + "_local";
      case "engine" -> engine(of.split(" ", -1));
      case "distributed" -> distributed(of);
      default -> throw new IllegalStateException("no such placeholder: " + match.group());
    };
  }

  /** From the name of the table, the engine and its arguments. */
  private String engine(String[] parts) {
    String arguments = parts.length > 2 ? parts[2] : "";
    if (cluster == null) {
      return parts[1] + "(" + arguments + ")";
    }
    String path = "'/clickhouse/tables/{shard}/" + database + "/" + parts[0] + "', '{replica}'";
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

  /** Makes the server remove what started more than {@code days} days ago; 0 for never. */
  void setRetention(Server server, int days) {
    Map<String, String> without = Map.of();
    boolean has =
        server.query(
            "SELECT count() FROM system.tables WHERE database = %s AND name = %s AND engine_full LIKE '%% TTL %%'"
                .formatted(Sql.text(database), Sql.text(localName())),
            row -> row.hasNext() && row.i64() > 0);
    if (days > 0) {
      server.execute(
          "ALTER TABLE %s %s MODIFY TTL %s".formatted(localRecords(), onCluster(), ttl(days)),
          without);
    } else if (has) {
      server.execute(
          "ALTER TABLE %s %s REMOVE TTL".formatted(localRecords(), onCluster()), without);
    }
  }

  /**
   * Early rows go by when they were written: nobody knows when their trace started, and an event
   * must go together with what says which actor it has. No date is behind the last one that there
   * is.
   */
  static String ttl(int days) {
    return """
    toDate(toUInt16(least(greatest(if(day = %d, \
    toInt64(intDiv(rev, 86400000000000)), toInt64(day)), 0), %d))) \
    + INTERVAL %d DAY\
    """
        .formatted(Day.EARLY, LAST_DATE - days, days);
  }
}
