package io.tracestore.migration;

import io.tracestore.codec.ReflowJson;
import io.tracestore.codec.ReflowJsonReader;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.config.StoreUri;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the traces of a database in which Reflow's own server keeps them: a SQLite file or a
 * PostgreSQL database. Each trace is a row of the table {@code traces} with the trace as JSON,
 * packed with Zstandard or plain. Older servers added events to the table {@code trace_events}
 * alone: they are added to their trace, with times in whole seconds as the table has them.
 *
 * <p>The database is opened read-only, and read row by row within one transaction. Reading again
 * gives the same traces. The driver of the engine must be on the class path. Not safe for several
 * threads.
 *
 * @see <a
 *     href="https://github.com/offbit-ai/reflow/tree/main/crates/reflow_tracing/src/storage">the
 *     tables</a>
 */
public final class ReflowDatabase implements TraceSource {
  /** SQLite's flag for a connection that only reads. */
  private static final String SQLITE_READ_ONLY = "1";

  private static final int FETCHED_ROWS = 16;

  private final String name;
  private final Connection connection;
  private final @Nullable PreparedStatement lateEvents;
  private final ResultSet rows;
  private final boolean isBinary;

  private ReflowDatabase(String name, Connection connection) throws SQLException {
    this.name = name;
    this.connection = connection;
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    if (!hasColumns(connection, "traces", "trace_id", "data", "compressed")) {
      throw new StoreConfigurationException(
          name
              + " is no database of Reflow's: it has no table traces with the columns data and compressed;"
              + " migrate moves the traces of another store",
          null);
    }
    this.lateEvents =
        hasColumns(connection, "trace_events", "trace_id", "event_id", "causality")
            ? connection.prepareStatement(
                "SELECT event_id, timestamp, event_type, actor_id, data, causality FROM trace_events"
                    + " WHERE trace_id = ? ORDER BY timestamp, event_id")
            : null;
    PreparedStatement statement =
        connection.prepareStatement("SELECT trace_id, data FROM traces ORDER BY trace_id");
    statement.setFetchSize(FETCHED_ROWS);
    this.rows = statement.executeQuery();
    this.isBinary = rows.getMetaData().getColumnType(2) != Types.VARCHAR;
  }

  /**
   * Opens the SQLite file of a Reflow server, which may be running.
   *
   * @throws TraceStoreException if it cannot be read, or has no traces of Reflow's
   */
  public static TraceSource ofSqlite(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new StoreConfigurationException(file + ": no such file", null);
    }
    Properties properties = new Properties();
    properties.setProperty("open_mode", SQLITE_READ_ONLY);
    return open(file.toString(), "jdbc:sqlite:" + file, properties);
  }

  /**
   * Opens the PostgreSQL database of a Reflow server.
   *
   * @param uri {@code postgresql://user:password@host:port/database}, with properties of the driver
   *     as options; messages show it without its password
   * @throws TraceStoreException if it cannot be read, or has no traces of Reflow's
   */
  public static TraceSource ofPostgresql(StoreUri uri) {
    Properties properties = new Properties();
    properties.putAll(uri.options());
    String body = uri.rawBody();
    int at = body.lastIndexOf('@');
    if (at >= 0) {
      String[] login = body.substring("//".length(), at).split(":", 2);
      properties.setProperty("user", StoreUri.percentDecode(login[0], "user"));
      if (login.length == 2) {
        properties.setProperty("password", StoreUri.percentDecode(login[1], "password"));
      }
      body = "//" + body.substring(at + 1);
    }
    return open(uri.toString(), "jdbc:postgresql:" + body, properties);
  }

  private static TraceSource open(String name, String url, Properties properties) {
    Connection connection;
    try {
      connection = DriverManager.getConnection(url, properties);
    } catch (SQLException e) {
      throw new StoreUnavailableException(name + " cannot be opened: " + oneLine(e), e);
    }
    try {
      return new ReflowDatabase(name, connection);
    } catch (SQLException | TraceStoreException e) {
      try {
        connection.close();
      } catch (SQLException notClosed) {
        e.addSuppressed(notClosed);
      }
      throw e instanceof TraceStoreException known ? known : failed(name, (SQLException) e);
    }
  }

  private static TraceStoreException failed(String name, SQLException e) {
    return new TraceStoreException(name + " cannot be read: " + oneLine(e), e);
  }

  private static String oneLine(SQLException e) {
    return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
  }

  private static boolean hasColumns(Connection connection, String table, String... columns)
      throws SQLException {
    Set<String> found = new HashSet<>();
    try (ResultSet names = connection.getMetaData().getColumns(null, null, table, null)) {
      while (names.next()) {
        found.add(names.getString("COLUMN_NAME"));
      }
    }
    return found.containsAll(List.of(columns));
  }

  @Override
  public Optional<Item> next() {
    try {
      if (!rows.next()) {
        return Optional.empty();
      }
      String id = String.valueOf(rows.getString(1));
      byte[] data = isBinary ? rows.getBytes(2) : bytes(rows.getString(2));
      return Optional.of(item(id, data == null ? new byte[0] : data));
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Whether a value is compressed is decided by its first bytes, as in files; the column may say
   * otherwise.
   */
  private Item item(String id, byte[] data) throws SQLException {
    String place = "%s: trace %s".formatted(name, id);
    try (ReflowJsonReader reader =
        new ReflowJsonReader(FileFormats.unpack(new ByteArrayInputStream(data)), place)) {
      Optional<ReflowJsonReader.Item> read = reader.next();
      if (read.isPresent() && read.get() instanceof ReflowJsonReader.Item.Trace found) {
        return new Read(withLateEvents(found.trace(), id), name, place);
      }
      return new Refused(
          read.isPresent() && read.get() instanceof ReflowJsonReader.Item.Rejected refused
              ? new Rejection(name, String.valueOf(refused.reason().getMessage()))
              : Rejection.of(place, "holds no trace"));
    } catch (IOException e) {
      return new Refused(Rejection.of(place, "cannot be unpacked: " + e.getMessage()));
    } catch (TraceStoreException e) {
      return new Refused(new Rejection(name, String.valueOf(e.getMessage())));
    }
  }

  private FlowTrace withLateEvents(FlowTrace trace, String id) throws SQLException {
    PreparedStatement events = lateEvents;
    if (events == null) {
      return trace;
    }
    Map<String, TraceEvent> all = new LinkedHashMap<>();
    trace.events().forEach(event -> all.put(event.eventId().toString(), event));
    int before = all.size();
    events.setString(1, id);
    try (ResultSet found = events.executeQuery()) {
      while (found.next()) {
        String eventId = found.getString("event_id");
        if (!all.containsKey(eventId)) {
          all.put(eventId, event(found));
        }
      }
    }
    return all.size() == before ? trace : trace.withEvents(List.copyOf(all.values()));
  }

  /** Its columns are the members of an event's JSON. */
  private static TraceEvent event(ResultSet row) throws SQLException {
    return ReflowJson.readEvent(
        """
        {"event_id":%s,"timestamp":%s,"event_type":%s,"actor_id":%s,"data":%s,"causality":%s}\
        """
            .formatted(
                json(row.getString("event_id")),
                json(Instant.ofEpochSecond(row.getLong("timestamp")).toString()),
                row.getString("event_type"),
                json(row.getString("actor_id")),
                row.getString("data"),
                row.getString("causality")));
  }

  private static String json(String text) {
    return ReflowJson.write(new JsonValue.JsonString(text));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }
}
