package io.tracestore.tools.clickhouse;

import com.clickhouse.data.ClickHouseCityHash;
import com.github.luben.zstd.Zstd;
import com.sun.jna.Native;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The server in a process of its own, which ends with this one at the latest. Used by one thread at
 * a time.
 */
@SuppressWarnings("deprecation") // the class of the checksum, see CompressedBlocks
public final class ClickHouseProcess implements AutoCloseable {
  /** Names the file {@code libchdb.so} where it is not in the cache. */
  public static final String LIBRARY_VARIABLE = "TRACESTORE_CHDB_LIBRARY";

  private static final long PATIENCE_SECONDS = 60;
  private static final Pattern ADDRESS = Pattern.compile("clickhouses?://.*:([0-9]+)/.*");

  private final Path library;
  private final @Nullable Path data;
  private final List<String> options;
  private int port;
  private @Nullable Process process;

  private ClickHouseProcess(Path library, @Nullable Path data, List<String> options) {
    this.library = library;
    this.data = data;
    this.options = options;
  }

  /** The file that {@code ci/clickhouse} installed, if it did, or that the environment names. */
  public static Optional<Path> library() {
    String named = System.getenv(LIBRARY_VARIABLE);
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named));
    }
    String cacheHome = System.getenv("XDG_CACHE_HOME");
    Path caches =
        cacheHome == null || cacheHome.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cacheHome);
    return newestIn(caches.resolve("tracestore").resolve("chdb"));
  }

  private static Optional<Path> newestIn(Path cache) {
    if (!Files.isDirectory(cache)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.find(cache, 5, (file, kind) -> file.endsWith("libchdb.so"))) {
      return files.max(Path::compareTo);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Starts the server with the library that {@link #library} finds; when this returns, it answers.
   *
   * @param data where the tables are and stay; null for a temporary directory
   * @param users as for the server's option {@code --user}; none for {@code default} without a
   *     password
   * @throws IOException if it does not start, with what it said
   */
  public static ClickHouseProcess start(@Nullable Path data, String... users) throws IOException {
    return started(data, each("--user", users));
  }

  /**
   * Starts a server, some of whose users may not do everything, on tables that go with it.
   *
   * @param rights as for the server's option {@code --grant}
   * @param users as for {@link #start}
   */
  public static ClickHouseProcess startWithRights(List<String> rights, String... users)
      throws IOException {
    List<String> options = each("--user", users);
    options.addAll(each("--grant", rights.toArray(String[]::new)));
    return started(null, options);
  }

  /**
   * Starts a server that speaks HTTPS, on tables that go with it.
   *
   * @param keys a PKCS12 store with its key, whose password is {@code changeit}
   */
  public static ClickHouseProcess startTls(Path keys, String... users) throws IOException {
    List<String> options = each("--user", users);
    options.addAll(List.of("--tls", keys.toString()));
    return started(null, options);
  }

  private static List<String> each(String name, String... values) {
    List<String> options = new ArrayList<>();
    for (String value : values) {
      options.addAll(List.of(name, value));
    }
    return options;
  }

  private static ClickHouseProcess started(@Nullable Path data, List<String> options)
      throws IOException {
    Path library =
        library().orElseThrow(() -> new IOException("no libchdb (ci/clickhouse installs it)"));
    ClickHouseProcess server = new ClickHouseProcess(library, data, options);
    server.start();
    return server;
  }

  /** Starts it again after {@link #kill} or {@link #close}, on the same port. */
  public void start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
    builder.environment().put("LD_PRELOAD", javaHome().resolve("lib/libjsig.so").toString());
    Process started = builder.start();
    process = started;
    BufferedReader output = started.inputReader(StandardCharsets.UTF_8);
    List<String> said = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.matches()) {
        port = Integer.parseInt(address.group(1));
        drain(output);
        return;
      }
      said.add(line);
    }
    throw new IOException("the ClickHouse test server ended: " + String.join("\n", said));
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(javaHome().resolve("bin/java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m"));
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    command.addAll(List.of("--library", library.toString(), "--port", String.valueOf(port)));
    if (data != null) {
      command.addAll(List.of("--data", data.toString()));
    }
    command.addAll(options);
    return command;
  }

  private static Path javaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  /** Only what the server needs, wherever this process has it from. */
  private static String classPath() {
    return Stream.of(
            Main.class,
            Native.class,
            ClickHouseCityHash.class,
            LZ4Factory.class,
            Zstd.class,
            CommandLine.class)
        .map(ClickHouseProcess::home)
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  private static String home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads on, so that the server never waits for a reader. */
  private static void drain(BufferedReader output) {
    Thread.ofVirtual()
        .start(() -> {
          try (output) {
            output.lines().forEach(line -> {});
          } catch (IOException e) {
            // It has ended.
          }
        });
  }

  /** Where it listens, on loopback. */
  public int port() {
    return port;
  }

  /** Ends it at once, as {@code kill -9} does, and waits until it is gone. */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      await(running);
    }
  }

  /** Lets it end what it does, and waits until it is gone. */
  @Override
  public void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      running.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
    if (!await(running)) {
      kill();
    }
  }

  private static boolean await(Process running) {
    try {
      return running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
