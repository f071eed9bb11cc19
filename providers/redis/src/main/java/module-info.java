/** Keeps traces in Redis or Valkey. */
module io.tracestore.provider.redis {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires io.netty.common;
  requires io.netty.resolver.dns; // of Lettuce, which is an automatic module and requires nothing
  requires lettuce.core;

  exports io.tracestore.provider.redis;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.redis.RedisTraceStoreProvider;
}
