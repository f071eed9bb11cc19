package io.tracestore.provider.redis;

import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import java.util.List;

/**
 * Opens {@code redis:} stores: traces in Redis or Valkey, 6.2 or newer, which any number of
 * processes may use at once.
 */
public final class RedisTraceStoreProvider implements TraceStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public RedisTraceStoreProvider() {}

  /**
   * Opens a store from values.
   *
   * @throws TraceStoreException if the servers cannot be used; nothing is left open then
   */
  public static TraceStore open(RedisConfig config) {
    return RedisTraceStore.open(config);
  }

  @Override
  public String scheme() {
    return RedisUris.REDIS;
  }

  @Override
  public List<String> aliases() {
    return List.of(RedisUris.TLS, RedisUris.SENTINEL);
  }

  @Override
  public String description() {
    return "Traces in Redis or Valkey: one server, behind Sentinel, or a cluster";
  }

  @Override
  public String uriSyntax() {
    return "redis://USER:PASSWORD@HOST:6379/0";
  }

  @Override
  public List<StoreOption<?>> options() {
    return RedisOptions.ALL;
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    return open(RedisConfig.fromUri(uri, options));
  }
}
