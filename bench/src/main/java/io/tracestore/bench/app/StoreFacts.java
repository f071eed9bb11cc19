package io.tracestore.bench.app;

import io.tracestore.bench.Scratch;
import io.tracestore.model.JsonValue;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Facts about a measured store, besides its numbers.
 *
 * @param label how results name it; has no secrets
 * @param scheme of its URI
 * @param capabilities what it declares
 */
record StoreFacts(String label, String scheme, Set<Capability> capabilities) {
  private static final Set<String> EMBEDDED = Set.of("mem", "sqlite", "jdbc:sqlite", "chronicle");

  StoreFacts {
    capabilities = Set.copyOf(capabilities);
  }

  /** Opens the store of {@code uri} in a scratch place, which proves that it can be measured. */
  static StoreFacts probe(String label, String uri) {
    Scratch scratch = Scratch.of(uri, "probe");
    Set<Capability> capabilities;
    try (TraceStore store = scratch.open()) {
      store.healthCheck();
      capabilities = store.capabilities();
    }
    scratch.remove();
    return new StoreFacts(label, StoreUri.parse(uri).scheme(), capabilities);
  }

  boolean has(Capability capability) {
    return capabilities.contains(capability);
  }

  /** The scheme by which documents call the backend. */
  String backend() {
    return switch (scheme) {
      case "jdbc:sqlite" -> "sqlite";
      case "postgres", "jdbc:postgresql" -> "postgresql";
      case "rediss", "redis-sentinel" -> "redis";
      case "clickhouses", "jdbc:clickhouse" -> "clickhouse";
      default -> scheme;
    };
  }

  /** Whether it runs inside the application's process. */
  boolean isEmbedded() {
    return EMBEDDED.contains(scheme);
  }

  JsonValue toJson() {
    return JsonValue.from(
        Map.of(
            "label",
            label,
            "scheme",
            scheme,
            "capabilities",
            capabilities.stream().map(Capability::name).sorted().toList()));
  }

  static StoreFacts ofJson(JsonValue value) {
    Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
    List<JsonValue> names = new ArrayList<>();
    Json.get(value, "capabilities").ifPresent(found -> names.addAll(Json.items(found)));
    for (Capability capability : Capability.values()) {
      if (names.contains(JsonValue.of(capability.name()))) {
        capabilities.add(capability);
      }
    }
    return new StoreFacts(Json.text(value, "label"), Json.text(value, "scheme"), capabilities);
  }
}
