package io.tracestore.spi.config;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The address and the options of a store, written in code in place of a URI: the base of each
 * provider's config class. It holds a {@link StoreUri} and nothing else, so a config and a URI say
 * the same, and {@link #toString()} shows no secret.
 *
 * <p>Immutable: each method that sets something returns a new config. Safe for many threads.
 *
 * <p>A subclass declares its options with {@link StoreOptionList} and has one method for each,
 * which calls {@link #with(StoreOption, Object)}.
 *
 * @param <C> the config class itself
 */
public abstract class StoreConfig<C extends StoreConfig<C>> {
  private final TraceStoreProvider provider;
  private final StoreUri uri;

  /**
   * A config with the address and the options of {@code uri}.
   *
   * @param provider opens the store; it declares the options
   * @param uri of one of the provider's schemes
   */
  protected StoreConfig(TraceStoreProvider provider, StoreUri uri) {
    this.provider = Objects.requireNonNull(provider, "provider");
    this.uri = Objects.requireNonNull(uri, "uri");
  }

  /** A config of the same class with another URI. */
  protected abstract C withUri(StoreUri uri);

  /**
   * This config with a value for {@code option}, in place of the one that it has.
   *
   * @throws IllegalArgumentException if the value is out of bounds; the message names the option
   */
  protected final <T> C with(StoreOption<T> option, T value) {
    Objects.requireNonNull(value, option.name());
    option.check(value);
    return with(option.name(), option.format(value));
  }

  /**
   * This config with an option of the driver, which goes to it as it is.
   *
   * @throws IllegalArgumentException if the provider passes no such option on
   */
  protected final C withDriverOption(String name, String value) {
    if (!provider.driverOptions().contains(name)) {
      throw new IllegalArgumentException(
          "not an option of the driver that may be given: '" + name + "'");
    }
    return with(name, value);
  }

  private C with(String name, String value) {
    return withUri(uri.withoutOptions(Set.of(name)).withValues(Map.of(name, value)));
  }

  /** This config with another body, percent-encoded. */
  protected final C withBody(String rawBody) {
    return withUri(StoreUri.of(uri.scheme(), rawBody, Map.of()).withOptionsOf(uri));
  }

  /** This config with another scheme of the provider. */
  protected final C withScheme(String scheme) {
    return withUri(StoreUri.of(scheme, uri.rawBody(), Map.of()).withOptionsOf(uri));
  }

  /** The URI that says the same. */
  public final StoreUri toUri() {
    return uri;
  }

  /**
   * Opens the store. The caller closes it.
   *
   * @throws StoreConfigurationException if the options together make no sense
   * @throws TraceStoreException if the backend cannot be used; nothing is left open then
   */
  public final TraceStore open() {
    return provider.open(uri, StoreOptions.of(uri, provider.options(), provider.driverOptions()));
  }

  /** Whether {@code other} is a config with the same URI. */
  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof StoreConfig<?> that && that.uri.equals(uri);
  }

  @Override
  public final int hashCode() {
    return uri.hashCode();
  }

  /** The URI, without secrets. */
  @Override
  public final String toString() {
    return uri.toString();
  }
}
