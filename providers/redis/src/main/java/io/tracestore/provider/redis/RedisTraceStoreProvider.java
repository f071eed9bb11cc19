package io.tracestore.provider.redis;

import io.tracestore.provider.redis.connect.RedisSettings;
import io.tracestore.provider.support.MissingLibrary;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/**
 * Opens {@code redis:} stores: traces in Redis or Valkey, 6.2 or newer, which any number of
 * processes may use at once.
 */
public final class RedisTraceStoreProvider implements TraceStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public RedisTraceStoreProvider() {}

  @Override
  public String scheme() {
    return RedisSettings.REDIS;
  }

  @Override
  public List<String> aliases() {
    return List.of(RedisSettings.TLS, RedisSettings.SENTINEL);
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
    return RedisConfig.OPTIONS.all();
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    try {
      return RedisTraceStore.open(RedisSettings.of(uri, options));
    } catch (LinkageError e) {
      throw MissingLibrary.error(RedisSettings.REDIS, "io.lettuce:lettuce-core", e);
    }
  }
}
