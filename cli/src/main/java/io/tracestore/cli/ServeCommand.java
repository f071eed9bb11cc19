package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
import io.tracestore.server.TraceServer;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes traces over the network until a signal ends it. */
@Command(
    name = "serve",
    description = {
      "Take traces over the network into the store, which is created if it does not exist.",
      "Reflow programs connect to ws://HOST:PORT, OpenTelemetry's exporters send to"
          + " http://HOST:4318, Zipkin's reporters to http://HOST:9411, and http://HOST:PORT shows the"
          + " traces in a browser. SIGTERM or Ctrl-C ends it; nothing acknowledged is lost."
    })
final class ServeCommand extends BaseCommand {
  private static final String NONE = "none";
  private static final String TOKEN_VARIABLE = "TRACESTORE_TOKEN";

  /** The time that a server needs to end, after it has waited for its connections. */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  @Parameters(paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address to listen on (${DEFAULT-VALUE}); 0.0.0.0 for all.")
  private String bind = "";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description =
          "Of Reflow's protocol, the pages, /health and /metrics (${DEFAULT-VALUE}); 0 for any.")
  private int port;

  @Option(
      names = "--otlp-port",
      paramLabel = "N",
      defaultValue = "4318",
      description = "Of OTLP (${DEFAULT-VALUE}); 'none' takes OTLP on --port only.")
  private String otlpPort = "";

  @Option(
      names = "--zipkin-port",
      paramLabel = "N",
      defaultValue = "9411",
      description = "Of Zipkin's API (${DEFAULT-VALUE}); 'none' answers it on --port only.")
  private String zipkinPort = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Clients must know the token in the first line of this file.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "Clients must know this token. Others see it in the list of processes: better set"
              + " TRACESTORE_TOKEN, or use --token-file.")
  private @Nullable String token;

  @Option(
      names = "--key-store",
      paramLabel = "FILE",
      description = "Use TLS, with the certificate in this key store (PKCS #12 or JKS).")
  private @Nullable Path keyStore;

  @Option(
      names = "--key-store-password-file",
      paramLabel = "FILE",
      description = "Its first line is the key store's password.")
  private @Nullable Path keyStorePasswordFile;

  @Option(
      names = "--allow-origin",
      paramLabel = "ORIGIN",
      description = "A site whose pages may connect from browsers, such as http://localhost:3000.")
  private List<String> origins = List.of();

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Further ones wait (${DEFAULT-VALUE}).")
  private int maxConnections;

  @Option(
      names = "--max-message-bytes",
      paramLabel = "N",
      defaultValue = "16777216",
      description = "Longer messages are refused (${DEFAULT-VALUE}).")
  private int maxMessageBytes;

  @Option(
      names = "--quiet-time",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "A trace of which no root span came is complete when it was quiet for as long"
              + " (${DEFAULT-VALUE}).")
  private Duration quietTime = Duration.ZERO;

  @Option(
      names = "--stop-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long the end waits for what is in work (${DEFAULT-VALUE}).")
  private Duration stopTimeout = Duration.ZERO;

  ServeCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Main.allowForCleanup(stopTimeout.plus(CLOSING));
    try (TraceStore store = Stores.open(uri)) {
      TraceServer.Builder builder = builder(store);
      try (TraceServer server = started(builder)) {
        tell(store, server);
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        // The server and the store close now; the JVM ends with the signal's exit code.
      }
    }
    return Cli.OK;
  }

  private TraceServer.Builder builder(TraceStore store) {
    TraceServer.Builder builder =
        TraceServer.builder(store)
            .bind(bind)
            .port(port)
            .token(tokenInUse())
            .maxConnections(maxConnections)
            .maxMessageBytes(maxMessageBytes)
            .quietTime(quietTime)
            .stopTimeout(stopTimeout);
    if (!otlpPort.equals(NONE)) {
      builder.otlpPort(number("--otlp-port", otlpPort));
    }
    if (!zipkinPort.equals(NONE)) {
      builder.zipkinPort(number("--zipkin-port", zipkinPort));
    }
    if (keyStore != null) {
      builder.keyStore(
          keyStore, keyStorePasswordFile == null ? null : firstLine(keyStorePasswordFile));
    }
    origins.forEach(builder::allowOrigin);
    return builder;
  }

  private static int number(String option, String port) {
    try {
      return Integer.parseInt(port);
    } catch (NumberFormatException e) {
      throw CommandFailedException.usage(
          "%s must be a number or 'none': %s".formatted(option, Text.harmless(port)), e);
    }
  }

  private @Nullable String tokenInUse() {
    if (tokenFile != null) {
      return firstLine(tokenFile);
    }
    String fromEnvironment = System.getenv(TOKEN_VARIABLE);
    return token == null && fromEnvironment != null && !fromEnvironment.isEmpty()
        ? fromEnvironment
        : token;
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw CommandFailedException.usage("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static TraceServer started(TraceServer.Builder builder) {
    try {
      return builder.start();
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), e);
    }
  }

  private void tell(TraceStore store, TraceServer server) {
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    String secure = keyStore == null ? "" : "s";
    String reflow = "ws%s://%s:%d".formatted(secure, host, server.port());
    String otlp =
        "http%s://%s:%d/v1/traces".formatted(secure, host, server.otlpPort().orElse(server.port()));
    String zipkin =
        "http%s://%s:%d/api/v2".formatted(secure, host, server.zipkinPort().orElse(server.port()));
    String pages = "http%s://%s:%d/".formatted(secure, host, server.port());
    if (isJson()) {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("store", Stores.nameOf(store));
      told.put("reflow", reflow);
      told.put("otlp", otlp);
      told.put("zipkin", zipkin);
      told.put("pages", pages);
      told.put("port", server.port());
      printJson(told);
    } else {
      print(
          Text.harmless(
              "serving %s: Reflow at %s, OTLP at %s, Zipkin at %s, pages at %s"
                  .formatted(Stores.nameOf(store), reflow, otlp, zipkin, pages)));
    }
    console().flush();
    if (tokenInUse() == null
        && !bind.startsWith("127.")
        && !bind.equals("localhost")
        && !bind.equals("::1")) {
      console()
          .error(
              "tracestore: warning: everybody who reaches %s may write and read; --token-file asks for a token"
                  .formatted(reflow));
    }
  }
}
