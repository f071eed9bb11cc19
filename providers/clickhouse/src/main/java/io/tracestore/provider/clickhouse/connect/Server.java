package io.tracestore.provider.clickhouse.connect;

import static io.tracestore.provider.clickhouse.sql.SqlTemplates.joined;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.version;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.github.luben.zstd.ZstdOutputStream;
import io.tracestore.provider.clickhouse.ClickHouseConfig;
import io.tracestore.provider.clickhouse.Compression;
import io.tracestore.provider.clickhouse.sql.Rendered;
import io.tracestore.provider.clickhouse.sql.Renderer;
import io.tracestore.provider.clickhouse.sql.Types;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.RetryPolicy;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.sql.DataSource;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.ResultQuery;
import org.jooq.Select;

/**
 * The servers of a store, one of which answers each request: the first that does. Requests that
 * fail because the connection broke or the server is busy are sent again until {@code
 * connectionTimeoutMs} has passed; all of them may be. Safe for many threads.
 */
public final class Server implements AutoCloseable {
  /** For writers, so that readers never keep them waiting. */
  private static final int RESERVED_CONNECTIONS = 2;

  /**
   * The oldest version with every setting that is sent to all servers; 24.8 lacks some, and breaks
   * off joins.
   */
  private static final ServerVersion OLDEST = new ServerVersion(25, 3);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final ClickHouseSettings config;
  private final ClickHouseErrors failures;
  private final Renderer renderer;
  private final Map<String, String> settings;
  private final Map<String, String> options;
  private final List<Client> clients;

  /**
   * The further settings for each server, parallel to {@link #clients}; null until the server was
   * asked which it knows.
   */
  private final AtomicReferenceArray<Map<String, String>> known;

  private final AtomicInteger preferred = new AtomicInteger();
  private final Semaphore readers;
  private final RetryPolicy retries;

  public Server(ClickHouseSettings config, ClickHouseErrors failures) {
    this.config = config;
    this.failures = failures;
    this.renderer = new Renderer(config.database());
    this.settings = Settings.of(config);
    this.options = ClientOptions.of(config);
    this.clients =
        config.endpoints().stream()
            .map(endpoint -> new Client.Builder().addEndpoint(endpoint).setOptions(options).build())
            .toList();
    this.known = new AtomicReferenceArray<>(clients.size());
    this.readers =
        new Semaphore(config.get(ClickHouseConfig.MAX_CONNECTIONS) - RESERVED_CONNECTIONS, true);
    this.retries =
        new RetryPolicy(
            Duration.ofMillis(config.get(ClickHouseConfig.CONNECTION_TIMEOUT_MS)),
            FIRST_PAUSE,
            LONGEST_PAUSE);
  }

  /** How many bytes one query may use in a server. */
  public long maxMemoryUsage() {
    return config.get(ClickHouseConfig.MAX_MEMORY_USAGE);
  }

  /** The client of the server that answers at present. */
  public Client client() {
    return clients.get(preferred.get());
  }

  /** Connections of JDBC to the server that answers at present. */
  public DataSource dataSource() {
    return trying((client, own) -> {
      String endpoint = config.endpoints().get(clients.indexOf(client));
      return new DriverDataSource(config, endpoint, options, own);
    });
  }

  /**
   * Reads the rows of an answer.
   *
   * @param <T> what they become
   */
  @FunctionalInterface
  public interface Rows<T> {
    T read(RowInput in) throws IOException;
  }

  /** Renders a statement once. */
  public Rendered render(Query statement) {
    return renderer.render(statement);
  }

  /** Asks {@code query} and reads the answer; perhaps again, if it breaks off. */
  public <T> T query(ResultQuery<?> query, Rows<T> rows) {
    return query(query, Map.of(), rows);
  }

  /** Asks with further settings of the server. */
  public <T> T query(ResultQuery<?> query, Map<String, String> more, Rows<T> rows) {
    return askAsReader(renderer.text(query), more, rows);
  }

  /** Asks a query whose parameters are filled in. */
  public <T> T query(Rendered query, Rows<T> rows) {
    return query(query, Map.of(), rows);
  }

  /** Asks a query whose parameters are filled in, with further settings of the server. */
  public <T> T query(Rendered query, Map<String, String> more, Rows<T> rows) {
    return askAsReader(query.text(), more, rows);
  }

  /** Asks for a writer: there are few, for whom connections are kept. */
  public <T> T queryAsWriter(ResultQuery<?> query, Rows<T> rows) {
    return ask(renderer.text(query), Map.of(), rows);
  }

  /** Asks a query whose parameters are filled in, for a writer. */
  public <T> T queryAsWriter(Rendered query, Rows<T> rows) {
    return ask(query.text(), Map.of(), rows);
  }

  private <T> T askAsReader(String sql, Map<String, String> more, Rows<T> rows) {
    acquire();
    try {
      return ask(sql, more, rows);
    } finally {
      readers.release();
    }
  }

  private <T> T ask(String sql, Map<String, String> more, Rows<T> rows) {
    return trying((client, own) -> send(client, sql, own, more, rows));
  }

  private static <T> T send(
      Client client, String sql, Map<String, String> own, Map<String, String> more, Rows<T> rows)
      throws Exception {
    QuerySettings asked = new QuerySettings().setFormat(ClickHouseFormat.RowBinaryWithNames);
    asked.waitEndOfQuery(true);
    own.forEach(asked::serverSetting);
    more.forEach(asked::serverSetting);
    return reading(client.query(sql, asked), in -> rows.read(RowInput.behindNames(in)));
  }

  /** The settings that a server knows; it would refuse others. */
  private Map<String, String> settingsOf(int server) throws Exception {
    Map<String, String> before = known.get(server);
    if (before != null) {
      return before;
    }
    Map<String, String> newer = Settings.ofNewerServers();
    String sql = renderer.text(releaseAndSettings(newer.keySet()));
    Map<String, String> own =
        send(
            clients.get(server),
            sql,
            settings,
            Map.of(),
            row -> {
              if (!row.hasNext()) {
                throw new EOFException("the server does not say what it is");
              }
              ServerVersion.parse(row.text()).requireAtLeast(OLDEST);
              Map<String, String> all = new LinkedHashMap<>(settings);
              for (String name : row.text().split(",", -1)) {
                all.computeIfAbsent(name, newer::get);
              }
              return all;
            });
    known.set(server, own);
    return own;
  }

  /** Which release the server is of, and which of some settings it knows. */
  private static Select<?> releaseAndSettings(Set<String> names) {
    Field<String> name = field(name("name"), Types.TEXT);
    return select(version(), joined(name))
        .from(table(name("system", "settings")))
        .where(name.in(names));
  }

  /** Executes a statement that has no result and may be executed twice. */
  public void execute(Query statement) {
    execute(statement, Map.of());
  }

  /** Executes a statement with further settings of the server. */
  public void execute(Query statement, Map<String, String> more) {
    execute(renderer.text(statement), more);
  }

  /** Executes a statement of a script. */
  public void execute(String sql) {
    execute(sql, Map.of());
  }

  private void execute(String sql, Map<String, String> more) {
    trying((client, own) -> {
      QuerySettings asked = new QuerySettings();
      asked.waitEndOfQuery(true);
      own.forEach(asked::serverSetting);
      more.forEach(asked::serverSetting);
      return reading(client.query(sql, asked), in -> in.readAllBytes().length);
    });
  }

  private interface Answer<T> {
    T read(InputStream in) throws IOException;
  }

  @SuppressWarnings("try") // an interrupt is translated where all failures are
  private static <T> T reading(Future<QueryResponse> asked, Answer<T> answer) throws Exception {
    try (QueryResponse response = asked.get()) {
      return answer.read(response.getInputStream());
    }
  }

  /**
   * Inserts {@code blocks}, all or none.
   *
   * @param token its own name: a server that has inserted it already does not do so again
   */
  public void insert(String table, List<? extends Block> blocks, String token) {
    trying((client, own) -> {
      InsertSettings asked = new InsertSettings().setDatabase(config.database());
      asked.setDeduplicationToken(token);
      own.forEach(asked::serverSetting);
      boolean zstd = config.get(ClickHouseConfig.COMPRESSION) == Compression.ZSTD;
      if (zstd) {
        asked.appCompressedData(true, "zstd");
      }
      Future<InsertResponse> inserted =
          client.insert(
              table,
              blocks.getFirst().columnNames(),
              out -> write(blocks, out, zstd),
              ClickHouseFormat.Native,
              asked);
      try (InsertResponse response = inserted.get()) {
        return response.getWrittenRows();
      }
    });
  }

  private static void write(List<? extends Block> blocks, OutputStream out, boolean zstd)
      throws IOException {
    OutputStream to = zstd ? new ZstdOutputStream(out) : out;
    for (Block block : blocks) {
      block.writeTo(to);
    }
    // Only now: what is closed looks whole.
    to.close();
  }

  private void acquire() {
    try {
      if (!readers.tryAcquire(
          config.get(ClickHouseConfig.MAX_EXECUTION_TIME_MS), TimeUnit.MILLISECONDS)) {
        throw new StoreTimeoutException(
            "no connection became free in time; maxConnections is the limit", null);
      }
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting for a connection", e);
    }
  }

  @FunctionalInterface
  private interface Request<T> {
    T send(Client client, Map<String, String> settings) throws Exception;
  }

  private <T> T trying(Request<T> request) {
    RetryPolicy.Attempts attempts = retries.start();
    while (true) {
      int server = preferred.get();
      try {
        return request.send(clients.get(server), settingsOf(server));
      } catch (Exception e) {
        Throwable failure =
            e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        if (ClickHouseErrors.isUnknownSetting(failure) && known.getAndSet(server, null) != null) {
          continue; // another release answers now
        }
        if (!ClickHouseErrors.isWorthRetrying(failure) || !attempts.isTimeLeft()) {
          throw failures.translate(failure);
        }
        if (ClickHouseErrors.isServerAway(failure)) {
          preferred.compareAndSet(server, (server + 1) % clients.size());
        }
        attempts.pause("waiting for a server");
      }
    }
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
  }
}
