package io.tracestore.bench;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * A place of its own for one store to be measured in, next to what is there: a folder beside a
 * file, a schema, a key prefix. It never touches the user's own data, and {@link #remove} leaves
 * nothing of it behind. Immutable.
 *
 * <p>To measure a further backend, say here where its scratch is, and in {@link Baseline} what its
 * least work is.
 */
public final class Scratch {
  /** The system property that names the folder for stores in files; a temporary one otherwise. */
  public static final String FOLDER_PROPERTY = "tracestore.bench.folder";

  private static final String NAME = "tracestore_bench_";

  /** Of 50,000 traces: a mem: store that is bounded as it would be in an application. */
  private static final Map<String, String> MEM_BOUNDS =
      Map.of("maxTraces", "50000", "maxMemoryMb", "1024");

  /** A map has to know beforehand; its file takes only what is used. */
  private static final Map<String, String> MAP_BOUNDS = Map.of("maxTraces", "500000");

  private final StoreUri uri;
  private final Consumer<StoreUri> remover;

  private Scratch(StoreUri uri, Consumer<StoreUri> remover) {
    this.uri = uri;
    this.remover = remover;
  }

  /**
   * The place called {@code name} for the store of {@code given}.
   *
   * @param name letters, digits and underscores; the same name is the same place
   * @throws StoreConfigurationException if there is none for this scheme
   */
  public static Scratch of(String given, String name) {
    StoreUri uri = StoreUri.parse(given);
    return switch (uri.scheme()) {
      case "mem" ->
          new Scratch(withDefaults(StoreUri.parse("mem:"), uri, MEM_BOUNDS), Scratch::keep);
      case "sqlite", "jdbc:sqlite" -> ofFile(uri, name);
      case "chronicle" -> ofFile(withDefaults(uri, uri, MAP_BOUNDS), name);
      case "postgresql", "postgres", "jdbc:postgresql" ->
          new Scratch(with(uri, "schemaName", NAME + name), Scratch::dropSchema);
      case "redis", "rediss", "redis-sentinel" ->
          new Scratch(
              withDefaults(uri, with(uri, "keyPrefix", NAME + name), Map.of("ttl", "1d")),
              Scratch::deleteKeys);
      default ->
          throw new StoreConfigurationException(
              "bench knows no scratch place for '%s:'; docs/benchmarking.md says how to add one"
                  .formatted(uri.scheme()),
              null);
    };
  }

  private static Scratch ofFile(StoreUri uri, String name) {
    if (uri.body().startsWith(":")) {
      // In memory.
      return new Scratch(uri, Scratch::keep);
    }
    Path folder = parentOf(uri.body()).resolve(NAME + name);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String file = StoreUri.percentEncode(folder.resolve("store.db").toString()).replace("%2F", "/");
    StoreUri scratch = StoreUri.of(uri.scheme(), file, uri.options());
    return new Scratch(scratch, unused -> deleteAll(folder));
  }

  private static Path parentOf(String file) {
    if (file.isEmpty()) {
      String folder = System.getProperty(FOLDER_PROPERTY, "");
      return Path.of(folder.isEmpty() ? System.getProperty("java.io.tmpdir") : folder);
    }
    Path parent = Path.of(file).toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  private static StoreUri with(StoreUri uri, String option, String value) {
    Map<String, String> options = new LinkedHashMap<>(uri.options());
    options.put(option, value);
    return StoreUri.of(uri.scheme(), uri.rawBody(), options);
  }

  /** {@code uri}, of the body of {@code base}, with those of {@code defaults} it does not set. */
  private static StoreUri withDefaults(StoreUri base, StoreUri uri, Map<String, String> defaults) {
    Map<String, String> options = new LinkedHashMap<>(defaults);
    options.putAll(uri.options());
    return StoreUri.of(base.scheme(), base.rawBody(), options);
  }

  /** What a place is called that trials with so many events share. */
  public static String keptName(int events) {
    return "of_" + events;
  }

  /** Where the store is. */
  public StoreUri uri() {
    return uri;
  }

  /** Opens the store. */
  public TraceStore open() {
    return TraceStores.open(uri);
  }

  /** Removes everything in it; the store must be closed. */
  public void remove() {
    remover.accept(uri);
  }

  private static void keep(StoreUri uri) {
    // Gone with the process.
  }

  private static void dropSchema(StoreUri uri) {
    try (TraceStore store = TraceStores.open(uri);
        Connection connection = store.unwrap(DataSource.class).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA \"" + uri.options().get("schemaName") + "\" CASCADE");
    } catch (SQLException e) {
      throw new IllegalStateException("the scratch schema of %s is left".formatted(uri), e);
    }
  }

  private static void deleteKeys(StoreUri uri) {
    try (TraceStore store = TraceStores.open(uri)) {
      store.purgeBefore(Instant.parse("2200-01-01T00:00:00Z"));
    }
    if (uri.scheme().equals("redis") && !uri.options().containsKey("cluster")) {
      deleteRest(uri);
    }
  }

  /** The few keys that describe the store itself. */
  private static void deleteRest(StoreUri uri) {
    RedisClient client = RedisClient.create("redis:" + uri.rawBody());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      ScanArgs ofPrefix =
          ScanArgs.Builder.matches(uri.options().get("keyPrefix") + "*").limit(1000);
      KeyScanCursor<String> page = commands.scan(ofPrefix);
      while (true) {
        List<String> keys = page.getKeys();
        if (!keys.isEmpty()) {
          commands.unlink(keys.toArray(String[]::new));
        }
        if (page.isFinished()) {
          return;
        }
        page = commands.scan(page, ofPrefix);
      }
    } finally {
      client.shutdown();
    }
  }

  /** Removes a folder and everything in it, if it is there. */
  public static void deleteAll(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
