package io.tracestore.tools.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the server and prints the address of its stores; it ends when its input ends. */
@Command(
    name = "clickhouse-server",
    description = "Serves ClickHouse's HTTP interface on loopback, for tests and for trying out.",
    mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
  private static final int INTERRUPTED = 130;
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  @Option(
      names = "--library",
      required = true,
      paramLabel = "FILE",
      description = "libchdb.so, ClickHouse as a library (ci/clickhouse installs it)")
  private Path library = Path.of("libchdb.so");

  @Option(names = "--port", description = "where to listen; any free port by default")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "where the tables stay; a temporary directory by default, gone at the end")
  private @Nullable Path data;

  @Option(
      names = "--tls",
      paramLabel = "FILE",
      description =
          "speak HTTPS, with the key in this PKCS12 store, whose password is 'changeit'; HTTP by"
              + " default")
  private @Nullable Path tls;

  @Option(
      names = "--user",
      paramLabel = "NAME:PASSWORD[:SETTING=VALUE,...]",
      description =
          "who may connect, and with which settings; several are possible; 'default' without a"
              + " password by default")
  private String[] users = {"default:"};

  @Option(
      names = "--grant",
      paramLabel = "NAME:RIGHT",
      description =
          "what a user may do, as after GRANT, such as 'reader:SELECT ON tracing.*'; several are"
              + " possible; everything by default")
  private String[] grants = {};

  public static void main(String[] arguments) {
    int status = new CommandLine(new Main()).execute(arguments);
    // Without the engine's own end: the system takes back what a running statement holds.
    Runtime.getRuntime().halt(status);
  }

  @Override
  public Integer call() throws IOException {
    requireSignalChaining();
    @Nullable Path keys = tls;
    @Nullable SSLContext context = keys == null ? null : context(keys);
    @Nullable Path given = data;
    Path directory = given == null ? Files.createTempDirectory("tracestore-clickhouse-") : given;
    if (given == null) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAndHalt(directory)));
    }
    try (ClickHouseServer server =
        ClickHouseServer.start(library, directory, port, context, users())) {
      String user = users().keySet().iterator().next();
      String scheme = context == null ? "clickhouse" : "clickhouses";
      System.out.println(scheme + "://" + user + "@127.0.0.1:" + server.port() + "/default");
      awaitEndOfInput();
    } catch (ClickHouseError | UnsatisfiedLinkError e) {
      System.err.println("clickhouse-server: " + e.getMessage());
      return 1;
    } finally {
      if (given == null) {
        delete(directory);
      }
    }
    return 0;
  }

  /**
   * The engine replaces signal handlers that the JVM lives on, unless the JDK's libjsig comes
   * between.
   */
  private static void requireSignalChaining() {
    String preloaded = System.getenv("LD_PRELOAD");
    if (preloaded == null || !preloaded.contains("libjsig")) {
      throw new IllegalStateException(
          "start this with LD_PRELOAD=" + System.getProperty("java.home") + "/lib/libjsig.so");
    }
  }

  private static SSLContext context(Path keys) throws IOException {
    try (InputStream in = Files.newInputStream(keys)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, STORE_PASSWORD);
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, STORE_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no key in " + keys + ": " + e.getMessage(), e);
    }
  }

  private Map<String, User> users() {
    Map<String, User> named = new LinkedHashMap<>();
    for (String text : users) {
      String[] parts = text.split(":", 3);
      Map<String, String> settings = new LinkedHashMap<>();
      if (parts.length > 2) {
        for (String setting : parts[2].split(",", -1)) {
          String[] pair = setting.split("=", 2);
          settings.put(pair[0], pair[1]);
        }
      }
      named.put(
          parts[0],
          new User(parts[0], parts.length > 1 ? parts[1] : "", settings, rightsOf(parts[0] + ":")));
    }
    return named;
  }

  private List<String> rightsOf(String prefix) {
    return Stream.of(grants)
        .filter(grant -> grant.startsWith(prefix))
        .map(grant -> grant.substring(prefix.length()))
        .toList();
  }

  /** The process that started it holds the other end, which is closed also if that process dies. */
  private static void awaitEndOfInput() throws IOException {
    System.in.transferTo(OutputStream.nullOutputStream());
  }

  /** After Control-C, when nothing else will. */
  private static void deleteAndHalt(Path directory) {
    try {
      delete(directory);
    } catch (IOException e) {
      System.err.println("clickhouse-server: " + directory + " stays: " + e.getMessage());
    } finally {
      Runtime.getRuntime().halt(INTERRUPTED);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
