package io.tracestore.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of {@link TraceServer.Builder}. */
record ServerOptions(
    String bind,
    int port,
    @Nullable Integer otlpPort,
    @Nullable Integer zipkinPort,
    @Nullable String token,
    Set<String> origins,
    @Nullable Path keyStore,
    @Nullable String keyStorePassword,
    int maxConnections,
    int maxMessageBytes,
    long memoryBytes,
    Duration quietTime,
    Duration retryFor,
    Duration stopTimeout) {
  private static final int MAX_PORT = 65_535;

  ServerOptions {
    if (bind.isBlank()) {
      throw new IllegalArgumentException("bind must name an address, such as 127.0.0.1");
    }
    port("port", port);
    if (otlpPort != null) {
      port("otlpPort", otlpPort);
    }
    if (zipkinPort != null) {
      port("zipkinPort", zipkinPort);
    }
    if (token != null && token.isBlank()) {
      throw new IllegalArgumentException("token must not be empty");
    }
    origins = Set.copyOf(origins);
    positive("maxConnections", maxConnections);
    positive("maxMessageBytes", maxMessageBytes);
    positive("memoryBytes", memoryBytes);
    positive("quietTime", quietTime.toMillis());
    if (retryFor.isNegative()) {
      throw new IllegalArgumentException("retryFor must not be negative: " + retryFor);
    }
    positive("stopTimeout", stopTimeout.toMillis());
  }

  private static void port(String name, int port) {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          "%s must be between 0 and %d: %d".formatted(name, MAX_PORT, port));
    }
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
  }

  List<Integer> ports() {
    List<Integer> ports = new ArrayList<>();
    ports.add(port);
    if (otlpPort != null) {
      ports.add(otlpPort);
    }
    if (zipkinPort != null) {
      ports.add(zipkinPort);
    }
    return ports;
  }

  boolean isLoopback() {
    return bind.equals("localhost") || bind.startsWith("127.") || bind.equals("::1");
  }

  /** The options without the token and the password. */
  @Override
  public String toString() {
    return "ServerOptions[%s %s]".formatted(bind, ports());
  }
}
