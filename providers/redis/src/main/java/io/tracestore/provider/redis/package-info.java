/**
 * Traces in Redis or Valkey: {@link io.tracestore.provider.redis.RedisTraceStoreProvider} opens the
 * stores, {@link io.tracestore.provider.redis.RedisConfig} says how.
 */
@NullMarked
package io.tracestore.provider.redis;

import org.jspecify.annotations.NullMarked;
