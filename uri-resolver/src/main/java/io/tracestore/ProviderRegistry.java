package io.tracestore;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.internal.NearestName;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The providers that are registered by hand or found through {@link ServiceLoader}, by the thread's
 * context class loader and by the one of this library. Safe for many threads.
 */
final class ProviderRegistry {
  static final ProviderRegistry SHARED = new ProviderRegistry();

  /** Which artifact brings a scheme; what errors recommend. */
  private static final Map<String, String> ARTIFACTS =
      Map.ofEntries(
          Map.entry("mem", "tracestore-mem"),
          Map.entry("sqlite", "tracestore-sqlite"),
          Map.entry("jdbc:sqlite", "tracestore-sqlite"),
          Map.entry("postgresql", "tracestore-postgresql"),
          Map.entry("postgres", "tracestore-postgresql"),
          Map.entry("jdbc:postgresql", "tracestore-postgresql"),
          Map.entry("clickhouse", "tracestore-clickhouse"),
          Map.entry("clickhouses", "tracestore-clickhouse"),
          Map.entry("jdbc:clickhouse", "tracestore-clickhouse"),
          Map.entry("redis", "tracestore-redis"),
          Map.entry("rediss", "tracestore-redis"),
          Map.entry("redis-sentinel", "tracestore-redis"),
          Map.entry("chronicle", "tracestore-chronicle"));

  private final List<TraceStoreProvider> registered = new CopyOnWriteArrayList<>();

  void register(TraceStoreProvider provider) {
    Objects.requireNonNull(provider, "provider");
    synchronized (registered) {
      if (registered.stream().noneMatch(other -> other.getClass() == provider.getClass())) {
        registered.add(provider);
      }
    }
  }

  List<TraceStoreProvider> providers() {
    return find().providers();
  }

  TraceStoreProvider providerFor(String scheme) {
    Found found = find();
    List<TraceStoreProvider> matching =
        found.providers().stream().filter(provider -> serves(provider, scheme)).toList();
    return switch (matching.size()) {
      case 0 -> throw unknown(scheme, found);
      case 1 -> matching.getFirst();
      default ->
          throw new StoreConfigurationException(
              "several providers serve '%s:'; keep one of: %s"
                  .formatted(
                      scheme,
                      matching.stream()
                          .map(ProviderRegistry::whereFrom)
                          .collect(Collectors.joining(", "))),
              null);
    };
  }

  private static boolean serves(TraceStoreProvider provider, String scheme) {
    return provider.scheme().equals(scheme) || provider.aliases().contains(scheme);
  }

  private static StoreConfigurationException unknown(String scheme, Found found) {
    List<String> schemes =
        found.providers().stream()
            .flatMap(provider ->
                Stream.concat(Stream.of(provider.scheme()), provider.aliases().stream()))
            .toList();
    StringBuilder message = new StringBuilder("no provider for '" + scheme + ":'");
    message.append(NearestName.suggestion(scheme, schemes));
    message.append("; found: ").append(schemes.isEmpty() ? "none" : String.join(", ", schemes));
    String artifact = ARTIFACTS.get(scheme);
    if (artifact != null) {
      message.append("; add io.tracestore:").append(artifact).append(" to the class path");
    }
    if (schemes.isEmpty() || artifact != null) {
      message.append(
          "; if its jar is part of a fat jar, merge the META-INF/services files or call"
              + " TraceStores.register");
    }
    found.errors().forEach(error -> message.append("; ").append(error.getMessage()));
    return new StoreConfigurationException(
        message.toString(), found.errors().isEmpty() ? null : found.errors().getFirst());
  }

  /** The class and the jar or folder it came from. */
  private static String whereFrom(TraceStoreProvider provider) {
    Class<?> type = provider.getClass();
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return type.getName() + (location == null ? "" : " in " + location.getPath());
  }

  private record Found(
      List<TraceStoreProvider> providers, List<ServiceConfigurationError> errors) {}

  private Found find() {
    // By class, so that what two class loaders both see counts once.
    Map<Class<?>, TraceStoreProvider> providers = new LinkedHashMap<>();
    registered.forEach(provider -> providers.put(provider.getClass(), provider));
    List<ServiceConfigurationError> errors = new ArrayList<>();
    load(Thread.currentThread().getContextClassLoader(), providers, errors);
    load(TraceStores.class.getClassLoader(), providers, errors);
    return new Found(
        providers.values().stream()
            .sorted(Comparator.comparing(TraceStoreProvider::scheme))
            .toList(),
        errors);
  }

  private static void load(
      @Nullable ClassLoader loader,
      Map<Class<?>, TraceStoreProvider> providers,
      List<ServiceConfigurationError> errors) {
    Iterator<TraceStoreProvider> found =
        ServiceLoader.load(TraceStoreProvider.class, loader).iterator();
    while (true) {
      try {
        if (!found.hasNext()) {
          return;
        }
        TraceStoreProvider provider = found.next();
        providers.putIfAbsent(provider.getClass(), provider);
      } catch (ServiceConfigurationError e) {
        // One broken provider does not take the others away; the error is told if one is missing.
        if (errors.size() >= 10) {
          return;
        }
        errors.add(e);
      }
    }
  }
}
