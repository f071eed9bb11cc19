package io.tracestore;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.internal.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The providers that are registered by hand or found through {@link ServiceLoader}, by the thread's
 * context class loader and by the one of this library. Safe for many threads.
 */
final class ProviderRegistry {
  static final ProviderRegistry SHARED = new ProviderRegistry();

  /** The artifact of each scheme, which errors recommend. */
  private static final Map<String, String> ARTIFACTS = artifacts();

  /** So that a class loader that fails for ever does not keep the caller. */
  private static final int MAX_FAILURES = 100;

  private static Map<String, String> artifacts() {
    Properties artifacts = new Properties();
    try (InputStream in = ProviderRegistry.class.getResourceAsStream("artifacts.properties")) {
      artifacts.load(Objects.requireNonNull(in, "artifacts.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return artifacts.stringPropertyNames().stream()
        .collect(Collectors.toUnmodifiableMap(Function.identity(), artifacts::getProperty));
  }

  private final List<Served> registered = new CopyOnWriteArrayList<>();

  /**
   * Adds a provider.
   *
   * @throws IllegalArgumentException if it does not say which schemes it serves
   */
  void register(TraceStoreProvider provider) {
    Objects.requireNonNull(provider, "provider");
    Served served;
    try {
      served = Served.of(provider);
    } catch (Throwable e) {
      throw new IllegalArgumentException(
          "provider %s does not say its schemes: %s".formatted(provider.getClass().getName(), e),
          e);
    }
    synchronized (registered) {
      if (registered.stream().map(Served::key).noneMatch(served.key()::equals)) {
        registered.add(served);
      }
    }
  }

  List<TraceStoreProvider> providers() {
    return find().served().stream().map(Served::provider).toList();
  }

  TraceStoreProvider providerFor(String scheme) {
    Found found = find();
    List<TraceStoreProvider> matching =
        found.served().stream()
            .filter(served -> served.schemes().contains(scheme))
            .map(Served::provider)
            .toList();
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

  private static StoreConfigurationException unknown(String scheme, Found found) {
    List<String> schemes =
        found.served().stream().flatMap(served -> served.schemes().stream()).toList();
    Set<String> candidates = new LinkedHashSet<>(schemes);
    candidates.addAll(new TreeSet<>(ARTIFACTS.keySet()));
    candidates.remove(scheme);
    String artifact = ARTIFACTS.get(scheme);
    StringBuilder message = new StringBuilder("no provider for '" + scheme + ":'");
    if (artifact == null) {
      message.append(NearestName.suggestion(scheme, candidates));
    }
    message.append("; found: ").append(schemes.isEmpty() ? "none" : String.join(", ", schemes));
    if (artifact != null) {
      message.append("; add io.tracestore:").append(artifact).append(" to the class path");
    }
    if (schemes.isEmpty() || artifact != null) {
      message.append(
          "; if its jar is part of a fat jar, merge the META-INF/services files or call"
              + " TraceStores.register");
    }
    found.errors().keySet().forEach(error -> message.append("; ").append(error));
    return new StoreConfigurationException(
        message.toString(), found.errors().values().stream().findFirst().orElse(null));
  }

  /** The class and the jar or folder it came from. */
  private static String whereFrom(TraceStoreProvider provider) {
    Class<?> type = provider.getClass();
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return type.getName() + (location == null ? "" : " in " + location.getPath());
  }

  /** The identity of a provider: one that two class loaders both find counts once. */
  private record Key(Class<?> type, String scheme) {}

  /**
   * A provider and what it said it serves, asked once: it is foreign code, which may throw.
   *
   * @param schemes its scheme, then its aliases
   */
  private record Served(TraceStoreProvider provider, List<String> schemes) {
    static Served of(TraceStoreProvider provider) {
      List<String> schemes = new ArrayList<>();
      schemes.add(Objects.requireNonNull(provider.scheme(), "scheme() is null"));
      schemes.addAll(List.copyOf(Objects.requireNonNull(provider.aliases(), "aliases() is null")));
      return new Served(provider, List.copyOf(schemes));
    }

    String scheme() {
      return schemes.getFirst();
    }

    Key key() {
      return new Key(provider.getClass(), scheme());
    }
  }

  /** The providers, by scheme, and why others could not be loaded, by message. */
  private record Found(List<Served> served, Map<String, Throwable> errors) {}

  private Found find() {
    Map<Key, Served> providers = new LinkedHashMap<>();
    registered.forEach(served -> providers.put(served.key(), served));
    Map<String, Throwable> errors = new LinkedHashMap<>();
    load(Thread.currentThread().getContextClassLoader(), providers, errors);
    load(TraceStores.class.getClassLoader(), providers, errors);
    return new Found(
        providers.values().stream().sorted(Comparator.comparing(Served::scheme)).toList(), errors);
  }

  private static void load(
      @Nullable ClassLoader loader, Map<Key, Served> providers, Map<String, Throwable> errors) {
    Iterator<TraceStoreProvider> found =
        ServiceLoader.load(TraceStoreProvider.class, loader).iterator();
    for (int failures = 0; failures < MAX_FAILURES; ) {
      String broken = "a provider cannot be loaded";
      try {
        if (!found.hasNext()) {
          return;
        }
        TraceStoreProvider provider = found.next();
        broken = "provider %s is broken".formatted(provider.getClass().getName());
        Served served = Served.of(provider);
        providers.putIfAbsent(served.key(), served);
      } catch (ServiceConfigurationError e) {
        // One broken provider does not take the others away; the error is reported if one is
        // missing.
        errors.putIfAbsent(String.valueOf(e.getMessage()), e);
        failures++;
      } catch (Throwable e) {
        // Also of a provider whose own classes are missing, or that was made for another version.
        errors.putIfAbsent(broken + ": " + e, e);
        failures++;
      }
    }
  }
}
