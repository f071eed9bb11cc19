package io.tracestore.provider.redis.connect;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.provider.redis.schema.Script;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands of all threads down a few connections, so that the commands of concurrent callers
 * travel together, and waits for answers.
 *
 * <p>A command that meets a broken connection is sent again once that is back: all that this store
 * sends may be done twice. One that meets a moving hash slot, or a server that is starting or busy
 * with a script, is tried again until its time is over.
 */
public final class RedisLink implements AutoCloseable {
  private static final long FIRST_PAUSE_MS = 5;
  private static final long LONGEST_PAUSE_MS = 200;

  private final RedisConnections connections;
  private final String store;
  private final long timeoutMs;
  private final int maxInFlight;
  private final Semaphore inFlight;
  private final AtomicInteger next = new AtomicInteger();

  private RedisLink(RedisConnections connections, String store, RedisSettings config) {
    this.connections = connections;
    this.store = store;
    this.timeoutMs = config.get(RedisConfig.TIMEOUT_MS);
    this.maxInFlight = config.get(RedisConfig.MAX_IN_FLIGHT);
    // Fair: otherwise a caller that needs room for several commands could wait for all that need
    // one.
    this.inFlight = new Semaphore(maxInFlight, true);
  }

  /** Connects; if that fails, no connection or thread stays. */
  public static RedisLink open(String store, RedisSettings config) {
    return new RedisLink(RedisConnections.open(store, config), store, config);
  }

  boolean isCluster() {
    return connections.isCluster();
  }

  /** Sends a command, and waits only if too many are unanswered. */
  public <T extends @Nullable Object> CompletableFuture<T> send(Command<T> command) {
    return send(1, next.getAndIncrement(), channel -> command.on(channel.commands()));
  }

  /**
   * Sends several commands on one connection, with one write: that costs client and server less
   * than a write for each. Their keys must be in one hash slot.
   *
   * @param count how many commands they are
   * @param key one of the keys, which decides on the connection
   */
  public <T> CompletableFuture<T> sendTogether(
      int count,
      byte[] key,
      Function<StatefulConnection<byte[], byte[]>, CompletionStage<T>> sending) {
    return send(count, route(key), channel -> sending.apply(channel.connection()));
  }

  private <T extends @Nullable Object> CompletableFuture<T> send(
      int count, int route, Sending<T> sending) {
    int places = Math.min(count, maxInFlight);
    acquire(places);
    CompletableFuture<T> answer;
    try {
      answer = attempt(route, sending, System.nanoTime(), FIRST_PAUSE_MS);
    } catch (RuntimeException | Error e) {
      inFlight.release(places);
      throw RedisErrors.translate(store, e);
    }
    return answer.whenComplete((value, error) -> inFlight.release(places));
  }

  private <T extends @Nullable Object> CompletableFuture<T> attempt(
      int route, Sending<T> sending, long start, long pauseMs) {
    CompletableFuture<T> answer = sending.on(connections.channel(route)).toCompletableFuture();
    return answer.exceptionallyCompose(error -> {
      boolean again =
          RedisErrors.isTransient(error)
              && System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(timeoutMs);
      return again ? later(route, sending, start, pauseMs) : CompletableFuture.failedFuture(error);
    });
  }

  private <T extends @Nullable Object> CompletableFuture<T> later(
      int route, Sending<T> sending, long start, long pauseMs) {
    return connections
        .pause(pauseMs)
        .thenCompose(
            over -> attempt(route, sending, start, Math.min(2 * pauseMs, LONGEST_PAUSE_MS)));
  }

  /**
   * Runs a script, sending its text only to a server that does not know it. All scripts with the
   * same first key use one connection, so that a later one cannot overtake one that timed out.
   */
  public <T extends @Nullable Object> CompletableFuture<T> run(
      Script script, ScriptOutputType output, byte[][] keys, byte[]... arguments) {
    return send(
        1,
        route(keys[0]),
        channel ->
            channel
                .commands()
                .<T>evalsha(script.digest(), output, keys, arguments)
                .toCompletableFuture()
                .exceptionallyCompose(error ->
                    RedisErrors.isUnknownScript(error)
                        ? channel
                            .commands()
                            .<T>eval(script.text(), output, keys, arguments)
                            .toCompletableFuture()
                        : CompletableFuture.failedFuture(error)));
  }

  private static int route(byte[] key) {
    int hash = Arrays.hashCode(key);
    return hash ^ hash >>> 16;
  }

  private void acquire(int places) {
    try {
      if (!inFlight.tryAcquire(places, timeoutMs, TimeUnit.MILLISECONDS)) {
        throw new StoreTimeoutException(
            store + ": too many commands wait for the server; nothing was sent", null);
      }
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting for " + store, e);
    }
  }

  /** The answer, once it is there. */
  public <T extends @Nullable Object> T await(CompletableFuture<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting for " + store, e);
    } catch (ExecutionException e) {
      throw RedisErrors.translate(store, e);
    }
  }

  /** All answers, in order. */
  public <T> List<T> awaitAll(List<CompletableFuture<T>> answers) {
    List<T> values = new ArrayList<>(answers.size());
    for (CompletableFuture<T> answer : answers) {
      values.add(await(answer));
    }
    return values;
  }

  public <T> T call(Command<T> command) {
    return await(send(command));
  }

  /** Asks every primary. */
  <T> List<T> callAll(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> ask) {
    List<CompletableFuture<T>> answers = new ArrayList<>();
    try {
      for (RedisClusterAsyncCommands<byte[], byte[]> node : connections.primaries()) {
        answers.add(ask.apply(node).toCompletableFuture());
      }
    } catch (RuntimeException e) {
      throw RedisErrors.translate(store, e);
    }
    return awaitAll(answers);
  }

  /** Whether everything written so far is on the disk of every server, and of its replicas. */
  public boolean sync(Keys keys) {
    try {
      return connections.sync(keys);
    } catch (RuntimeException e) {
      throw RedisErrors.translate(store, e);
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  private interface Sending<T extends @Nullable Object> {
    CompletionStage<T> on(RedisConnections.Channel channel);
  }

  /** A command to send. */
  public interface Command<T extends @Nullable Object> {
    CompletionStage<T> on(RedisClusterAsyncCommands<byte[], byte[]> commands);
  }
}
