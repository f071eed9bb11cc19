package io.tracestore.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracestore.metrics.micrometer.TraceStoreMeters;
import io.tracestore.migration.pieces.PiecesMetrics;
import io.tracestore.migration.pieces.TracePieces;
import io.tracestore.server.http.Access;
import io.tracestore.server.http.Answer;
import io.tracestore.server.http.Call;
import io.tracestore.server.http.HttpCore;
import io.tracestore.server.http.HttpOptions;
import io.tracestore.server.http.MemoryBudget;
import io.tracestore.server.http.Router;
import io.tracestore.server.otlp.OtlpEndpoint;
import io.tracestore.server.page.Pages;
import io.tracestore.server.reflow.ReflowService;
import io.tracestore.server.reflow.SocketOptions;
import io.tracestore.server.spans.SpanIntake;
import io.tracestore.server.zipkin.ZipkinIntake;
import io.tracestore.server.zipkin.ZipkinQueries;
import io.tracestore.spi.Health;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.zipkin.TracestoreStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import zipkin2.storage.StorageComponent;

/**
 * A server that takes traces over the network into a {@link TraceStore}: Reflow programs connect by
 * WebSocket, others send OTLP over HTTP or report to Zipkin, whose questions it answers too.
 *
 * <p><b>What is acknowledged is stored</b> as the store promises it; a client whose event was not
 * acknowledged may send it again. The store stays the caller's, who closes it after the server.
 *
 * <p><b>Threads.</b> Every connection and every request has virtual threads of its own. Safe for
 * many threads.
 */
public final class TraceServer implements AutoCloseable {
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(5);
  private static final Duration PING_EVERY = Duration.ofSeconds(30);
  private static final Duration LOST_AFTER = Duration.ofMinutes(2);
  private static final long MAX_ANSWER_BYTES = 64 << 20;
  private static final int UNAVAILABLE = 503;

  private final ServerOptions options;
  private final TraceStore store;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpCore http;
  private final MemoryBudget budget;
  private final TracePieces pieces;
  private final ReflowService reflow;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TraceServer(TraceStore store, ServerOptions options) {
    this.store = store;
    this.options = options;
    this.budget = new MemoryBudget(options.memoryBytes());
    new TraceStoreMeters(store).bindTo(registry);
    this.pieces = new TracePieces(store, options.quietTime());
    bindMetersOfPieces();
    this.reflow =
        new ReflowService(
            store,
            pieces,
            new SocketOptions(
                options.maxMessageBytes(),
                MAX_ANSWER_BYTES,
                PING_EVERY,
                LOST_AFTER,
                options.retryFor()),
            budget,
            registry);
    this.http =
        new HttpCore(
            new HttpOptions(
                options.bind(),
                options.ports(),
                options.keyStore(),
                options.keyStorePassword(),
                options.maxConnections(),
                options.stopTimeout()),
            new Access(options.token(), options.origins(), options.isLoopback()));
    Gauge.builder("tracestore.server.network.connections", http, HttpCore::connections)
        .description("open connections of all kinds")
        .register(registry);
    addRoutes(http.router());
  }

  private void bindMetersOfPieces() {
    counter("spans", "spans stored", PiecesMetrics::spans);
    counter("traces.completed", "traces made of spans that are complete", PiecesMetrics::completed);
    counter(
        "traces.completing.failures",
        "attempts to complete a trace that failed",
        PiecesMetrics::failures);
    Gauge.builder("tracestore.server.traces.incomplete", pieces, all -> all.metrics().incomplete())
        .description("traces that are not complete, made of spans or found at the start")
        .register(registry);
  }

  private void counter(String name, String description, ToDoubleFunction<PiecesMetrics> value) {
    FunctionCounter.builder(
            "tracestore.server." + name, pieces, all -> value.applyAsDouble(all.metrics()))
        .description(description)
        .register(registry);
  }

  /** All that the server offers; further parts add their routes here. */
  private void addRoutes(Router router) {
    SpanIntake intake = new SpanIntake(pieces, registry);
    StorageComponent zipkin = TracestoreStorage.newBuilder(store).pieces(pieces).build();
    router
        .addOpen("GET", "/health", this::health)
        .add("GET", "/metrics", this::metrics)
        .addSocket("/", reflow)
        .add("POST", "/v1/traces", new OtlpEndpoint(intake, budget, options.maxMessageBytes()))
        .add(
            "POST",
            "/api/v2/spans",
            new ZipkinIntake(intake, zipkin, budget, options.maxMessageBytes()));
    new ZipkinQueries(zipkin, MAX_ANSWER_BYTES).addTo(router);
    new Pages(store, reflow.reads()).addTo(router);
  }

  /** A builder of a server for {@code store}. */
  public static Builder builder(TraceStore store) {
    return new Builder(store);
  }

  private TraceServer listen() {
    try {
      http.start();
      return this;
    } catch (RuntimeException e) {
      reflow.close();
      pieces.close();
      throw e;
    }
  }

  /** The port of Reflow's protocol, of {@code /health} and {@code /metrics}. */
  public int port() {
    return http.ports().getFirst();
  }

  /** The port of OTLP, unless there is none of its own. */
  public OptionalInt otlpPort() {
    return options.otlpPort() == null ? OptionalInt.empty() : OptionalInt.of(http.ports().get(1));
  }

  /** The port of Zipkin's API, unless there is none of its own. */
  public OptionalInt zipkinPort() {
    return options.zipkinPort() == null
        ? OptionalInt.empty()
        : OptionalInt.of(http.ports().getLast());
  }

  private Answer health(Call call) {
    try {
      Health health = store.healthCheck(HEALTH_LIMIT);
      String status = health.warnings().isEmpty() ? "up" : "warning";
      return Answer.json(200, "{\"status\":\"%s\"}\n".formatted(status));
    } catch (TraceStoreException e) {
      return Answer.json(UNAVAILABLE, "{\"status\":\"down\"}\n");
    }
  }

  private Answer metrics(Call call) {
    return Answer.text(200, "text/plain; version=0.0.4", registry.scrape());
  }

  /**
   * Takes no more connections, answers what was read, completes the traces of the connections that
   * it closes, and releases all. Closing again does nothing.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      http.stopAccepting();
      reflow.stop(options.stopTimeout());
    } finally {
      try {
        http.close();
      } finally {
        reflow.close();
        pieces.close();
        registry.close();
      }
    }
  }

  /** Sets up a {@link TraceServer}; not safe for several threads. */
  public static final class Builder {
    private final TraceStore store;
    private String bind = "127.0.0.1";
    private int port = 8080;
    private @Nullable Integer otlpPort;
    private @Nullable Integer zipkinPort;
    private @Nullable String token;
    private final Set<String> origins = new HashSet<>();
    private @Nullable Path keyStore;
    private @Nullable String keyStorePassword;
    private int maxConnections = 1000;
    private int maxMessageBytes = 16 << 20;
    private long memoryBytes = Math.max(64 << 20, Runtime.getRuntime().maxMemory() / 4);
    private Duration quietTime = Duration.ofSeconds(30);
    private Duration retryFor = Duration.ofMinutes(1);
    private Duration stopTimeout = Duration.ofSeconds(10);

    private Builder(TraceStore store) {
      this.store = Objects.requireNonNull(store, "store");
    }

    /** The address to listen on; 127.0.0.1 by default, which only this machine reaches. */
    public Builder bind(String bind) {
      this.bind = Objects.requireNonNull(bind, "bind");
      return this;
    }

    /**
     * The port of Reflow's protocol; 8080 by default, 0 for any free one. OTLP and Zipkin's API are
     * here too.
     */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** A port more, where OTLP's exporters look for a collector: 4318; none by default. */
    public Builder otlpPort(int otlpPort) {
      this.otlpPort = otlpPort;
      return this;
    }

    /** A port more, where Zipkin's reporters look for a collector: 9411; none by default. */
    public Builder zipkinPort(int zipkinPort) {
      this.zipkinPort = zipkinPort;
      return this;
    }

    /**
     * Sets the token that clients must send: {@code Authorization: Bearer TOKEN}, or {@code
     * ?token=TOKEN} in the address of a WebSocket. By default everybody who reaches the port may
     * write and read.
     */
    public Builder token(@Nullable String token) {
      this.token = token;
      return this;
    }

    /** A site whose pages may connect from browsers, such as {@code http://localhost:3000}. */
    public Builder allowOrigin(String origin) {
      origins.add(origin);
      return this;
    }

    /** The certificate for TLS, in a key store of PKCS #12 or JKS; no TLS by default. */
    public Builder keyStore(Path keyStore, @Nullable String password) {
      this.keyStore = Objects.requireNonNull(keyStore, "keyStore");
      this.keyStorePassword = password;
      return this;
    }

    /** Sets the largest number of open connections; further ones wait; 1000 by default. */
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /** A longer message, compressed or not, is refused; 16 MiB by default. */
    public Builder maxMessageBytes(int maxMessageBytes) {
      this.maxMessageBytes = maxMessageBytes;
      return this;
    }

    /**
     * Sets the memory, in bytes, that all messages being read or stored may take together; a
     * quarter of the heap by default.
     */
    public Builder memoryBytes(long memoryBytes) {
      this.memoryBytes = memoryBytes;
      return this;
    }

    /**
     * After as long without a new span the header of a trace is stored, though its root span is
     * missing; 30 s by default.
     */
    public Builder quietTime(Duration quietTime) {
      this.quietTime = Objects.requireNonNull(quietTime, "quietTime");
      return this;
    }

    /**
     * How long a store that fails for a passing reason is asked again before an event is refused;
     * one minute by default.
     */
    public Builder retryFor(Duration retryFor) {
      this.retryFor = Objects.requireNonNull(retryFor, "retryFor");
      return this;
    }

    /** How long a close waits for what is in work; 10 s by default. */
    public Builder stopTimeout(Duration stopTimeout) {
      this.stopTimeout = Objects.requireNonNull(stopTimeout, "stopTimeout");
      return this;
    }

    /**
     * Starts the server.
     *
     * @throws IllegalArgumentException if a value is not valid; it names the value
     * @throws TraceStoreException if it cannot listen, such as on a port that is taken
     */
    public TraceServer start() {
      ServerOptions options =
          new ServerOptions(
              bind,
              port,
              otlpPort,
              zipkinPort,
              token,
              origins,
              keyStore,
              keyStorePassword,
              maxConnections,
              maxMessageBytes,
              memoryBytes,
              quietTime,
              retryFor,
              stopTimeout);
      return new TraceServer(store, options).listen();
    }
  }
}
