package io.tracestore.bench.app;

import io.tracestore.bench.Scratch;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The stores that a command measures: those of URIs, and servers that it starts. */
final class MeasuredStores {
  @Option(
      names = "--with",
      split = ",",
      paramLabel = "SERVER",
      description =
          "Also start servers on this machine and measure them: postgresql, redis, clickhouse.")
  private List<String> with = List.of();

  @Parameters(arity = "0..*", paramLabel = "URI", description = "The stores to measure.")
  private List<String> uris = List.of();

  /** Whether the command line names no store by its URI. */
  boolean hasNoUri() {
    return uris.isEmpty();
  }

  /** Whether the command line names neither a URI nor a server. */
  boolean isEmpty() {
    return uris.isEmpty() && with.isEmpty();
  }

  /** Whether {@code uri} stands in the command line. */
  boolean isNamed(String uri) {
    return uris.contains(uri);
  }

  /**
   * Starts the servers.
   *
   * @param more URIs of stores in temporary files, which come first
   * @return the URIs by the names that results give them
   */
  Map<String, String> targets(Cleanup cleanup, List<String> more) throws IOException {
    Map<String, String> targets = new LinkedHashMap<>();
    more.forEach(uri -> targets.put(uri, uri));
    for (String server : with) {
      targets.put(server + ":", Servers.start(server));
    }
    for (String uri : uris) {
      Scratch.of(uri, "probe"); // which refuses what cannot be measured
      cleanup.willUse(uri);
      targets.put(StoreUri.parse(uri).toString(), uri);
    }
    return targets;
  }
}
