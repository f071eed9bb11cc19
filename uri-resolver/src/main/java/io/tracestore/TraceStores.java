package io.tracestore;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Opens {@link TraceStore}s by URI, such as {@code sqlite:traces.db?synchronous=FULL}.
 *
 * <p>Which store that is depends on the URI's scheme and on the provider jars that are there.
 * Values like <code>${env:PGPASSWORD}</code> and <code>${file:/run/secrets/pg}</code> anywhere in a
 * URI are filled in from the environment and from files, so that no secret needs to stand in it;
 * errors never show them. Safe for many threads.
 */
public final class TraceStores {
  private TraceStores() {}

  /**
   * Opens the store at {@code uri}. The caller closes it.
   *
   * @throws StoreConfigurationException if the URI is not valid, nothing provides its scheme, or an
   *     option is unknown or wrong
   * @throws TraceStoreException if the backend cannot be used; nothing is left open then
   */
  public static TraceStore open(String uri) {
    return open(StoreUri.parse(uri));
  }

  /**
   * Opens the store at {@code uri} with further options, as a configuration file holds them: values
   * are plain, not percent-encoded, and may be placeholders. One option given in both is an error.
   *
   * @throws TraceStoreException as {@link #open(String)} does
   */
  public static TraceStore open(String uri, Map<String, String> options) {
    return open(StoreUri.parse(uri).withOptions(options));
  }

  /**
   * Opens the store at {@code uri}. The caller closes it.
   *
   * @throws TraceStoreException as {@link #open(String)} does
   */
  public static TraceStore open(StoreUri uri) {
    Secrets secrets = new Secrets();
    try {
      StoreUri filled = Placeholders.fillIn(uri, secrets);
      secrets.addAllOf(filled);
      TraceStoreProvider provider = ProviderRegistry.SHARED.providerFor(filled.scheme());
      StoreOptions options = optionsOf(filled, provider);
      Optional<RetentionPolicy> retention = CommonOptions.retention(options, provider);
      TraceStore store = provider.open(CommonOptions.without(filled, provider), options);
      return retention.isPresent() ? retaining(store, retention.get()) : store;
    } catch (TraceStoreException e) {
      throw secrets.hideIn(e);
    } catch (Throwable e) {
      // A provider is foreign code: its driver may be missing, its natives unusable.
      throw secrets.hideIn(
          new TraceStoreException("cannot open %s: %s".formatted(uri, reason(e)), e));
    }
  }

  private static String reason(Throwable e) {
    return switch (e) {
      case NoClassDefFoundError missing ->
          "class %s is missing or could not be set up; add the jar that brings it"
              .formatted(missing.getMessage());
      case LinkageError linkage -> linkage.toString();
      case Exception exception when exception.getMessage() != null -> exception.getMessage();
      default -> e.toString();
    };
  }

  /** Closes {@code store} if it cannot be done. */
  private static TraceStore retaining(TraceStore store, RetentionPolicy policy) {
    try {
      return withRetention(store, policy);
    } catch (Throwable e) {
      try {
        store.close();
      } catch (Throwable f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /**
   * {@code store} with its old traces removed in the background until it is closed, as the options
   * {@code retention} and {@code maxSize} of a URI do. Closing the result closes {@code store}.
   */
  public static TraceStore withRetention(TraceStore store, RetentionPolicy policy) {
    return RetainingStore.open(
        Objects.requireNonNull(store, "store"),
        Objects.requireNonNull(policy, "policy"),
        InstantSource.system());
  }

  /**
   * Shows {@code store} in the platform's MBean server as {@code
   * io.tracestore:type=TraceStore,name="NAME"}, with the attributes of {@link TraceStoreMXBean},
   * until the result is closed.
   *
   * @throws IllegalArgumentException if a store of that name is shown already
   */
  public static JmxRegistration registerJmx(TraceStore store, String name) {
    return StoreBean.register(
        Objects.requireNonNull(store, "store"), Objects.requireNonNull(name, "name"));
  }

  /**
   * The options of {@code uri} as {@code provider} and this class understand them; opens nothing.
   *
   * @throws StoreConfigurationException if one is unknown or wrong
   */
  public static StoreOptions optionsOf(StoreUri uri, TraceStoreProvider provider) {
    return StoreOptions.of(uri, CommonOptions.with(provider), provider.driverOptions());
  }

  /** The options that the URIs of every provider take, beside those that it declares. */
  public static List<StoreOption<?>> commonOptions() {
    return CommonOptions.ALL;
  }

  /** The providers that are found and registered, by scheme. */
  public static List<TraceStoreProvider> providers() {
    return ProviderRegistry.SHARED.providers();
  }

  /**
   * Adds a provider that the service loader does not find, as in a fat jar whose {@code
   * META-INF/services} got lost. It takes precedence over a found one of the same class and scheme.
   * Registering a provider of the same class and scheme again does nothing.
   */
  public static void register(TraceStoreProvider provider) {
    ProviderRegistry.SHARED.register(provider);
  }
}
