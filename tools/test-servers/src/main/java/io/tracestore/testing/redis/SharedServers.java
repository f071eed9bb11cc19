package io.tracestore.testing.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Servers that live as long as the test run, one of each kind. A store gets a database of its own,
 * so that stores do not see each other.
 */
public final class SharedServers {
  private static final int DATABASES = 100_000;
  private static final Map<String, RedisServer> SERVERS = new ConcurrentHashMap<>();
  private static final Map<String, RedisCluster> CLUSTERS = new ConcurrentHashMap<>();
  private static final Map<String, RedisSession> SESSIONS = new ConcurrentHashMap<>();
  private static final Pattern DATABASE =
      Pattern.compile("(?<server>[a-z-]+://[^/?]+)(/(?<number>[0-9]+))?.*");
  private static final AtomicInteger NEXT_DATABASE = new AtomicInteger();

  private SharedServers() {}

  /** The address of an empty database on the server started from {@code binary} with options. */
  public static String newDatabase(String binary, String... options) {
    RedisServer server =
        SERVERS.computeIfAbsent(
            binary + " " + String.join(" ", options), key -> startForRun(binary, options));
    int database = NEXT_DATABASE.getAndIncrement() % DATABASES;
    String uri = server.uri() + "/" + database;
    removeData(uri);
    return uri;
  }

  /** Empties the database of {@code uri}. */
  public static void removeData(String uri) {
    Matcher database = DATABASE.matcher(uri);
    if (!database.matches()) {
      throw new IllegalArgumentException("not a Redis URI: " + uri);
    }
    // Kept open: a test run empties databases hundreds of times.
    RedisSession session = SESSIONS.computeIfAbsent(database.group("server"), RedisSession::open);
    String number = database.group("number");
    session.commands().select(number == null ? 0 : Integer.parseInt(number));
    session.commands().flushdb();
  }

  private static RedisServer startForRun(String binary, String... options) {
    Path directory = newDirectory();
    String[] all =
        Stream.concat(Stream.of("--databases", String.valueOf(DATABASES)), Stream.of(options))
            .toArray(String[]::new);
    RedisServer server = RedisServer.start(binary, directory, all);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server::close, directory)));
    return server;
  }

  /** A cluster that lives as long as the test run. */
  public static RedisCluster cluster(String binary) {
    return CLUSTERS.computeIfAbsent(binary, SharedServers::startClusterForRun);
  }

  /** {@link #cluster}, emptied. */
  public static RedisCluster emptyCluster(String binary) {
    RedisCluster cluster = cluster(binary);
    cluster.removeData();
    return cluster;
  }

  private static RedisCluster startClusterForRun(String binary) {
    Path directory = newDirectory();
    RedisCluster cluster =
        RedisCluster.start(binary, directory, "--appendonly", "yes", "--appendfsync", "always");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cluster::close, directory)));
    return cluster;
  }

  /** A folder that goes with the test run. */
  public static Path newDirectoryForRun() {
    Path directory = newDirectory();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(() -> {}, directory)));
    return directory;
  }

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("tracestore-redis-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void end(Runnable close, Path directory) {
    close.run();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      // The files stay until the temporary folder is cleaned.
      return;
    }
  }
}
