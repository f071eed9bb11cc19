package io.tracestore.provider.redis.connect;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConfigurationException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;

/**
 * Facts from the servers about themselves: their kind and version, and how safely they keep data. A
 * fact that the user may not ask for counts as not true.
 */
public final class RedisServerInfo {
  private final List<InfoReply> servers;

  private RedisServerInfo(List<InfoReply> servers) {
    this.servers = List.copyOf(servers);
  }

  public static RedisServerInfo read(RedisLink link) {
    List<InfoReply> servers = new ArrayList<>();
    link.callAll(server -> unlessRefused(server.info(), ""))
        .forEach(info -> servers.add(InfoReply.parse(info)));
    List<Map<String, String>> settings = link.callAll(RedisServerInfo::settings);
    for (int i = 0; i < Math.min(servers.size(), settings.size()); i++) {
      servers.set(i, servers.get(i).with(settings.get(i)));
    }
    return new RedisServerInfo(servers);
  }

  private static CompletionStage<Map<String, String>> settings(
      RedisClusterAsyncCommands<byte[], byte[]> server) {
    return unlessRefused(server.configGet("*appendfsync*"), Map.of());
  }

  private static <T> CompletionStage<T> unlessRefused(CompletionStage<T> answer, T otherwise) {
    return answer
        .toCompletableFuture()
        .exceptionallyCompose(error ->
            RedisErrors.isRefused(error)
                ? CompletableFuture.completedFuture(otherwise)
                : CompletableFuture.failedFuture(error));
  }

  /**
   * Throws if a store cannot work with these servers.
   *
   * @param store the name of the store in the error
   */
  public void check(String store) {
    for (InfoReply server : servers) {
      String tooOld = server.tooOld();
      if (tooOld != null) {
        throw new StoreConfigurationException(
            "%s: Redis %s is too old: take 6.2 or newer, or Valkey".formatted(store, tooOld), null);
      }
    }
    if (servers.size() == 1 && servers.getFirst().isReplica()) {
      throw new StoreConfigurationException(
          store + ": the server is a replica, which takes no writes; name the primary", null);
    }
  }

  /**
   * The capabilities of a store on these servers. The servers outlive this process, so acknowledged
   * writes are durable.
   */
  public Set<Capability> capabilities(boolean expiring) {
    Set<Capability> capabilities =
        EnumSet.of(Capability.PERSISTENT, Capability.DURABLE, Capability.ATOMIC, Capability.SHARED);
    if (expiring || evicts()) {
      capabilities.add(Capability.EVICTING);
    }
    return Set.copyOf(capabilities);
  }

  public boolean evicts() {
    return servers.stream().anyMatch(InfoReply::evicts);
  }

  /** Whether each write is on the disk when it is answered. */
  public boolean syncEachWrite() {
    return servers.stream().allMatch(InfoReply::syncsEachWrite);
  }

  /** Adds a line for each setting that works but should be better. */
  public void warnings(List<String> warnings) {
    for (InfoReply server : servers) {
      server.warnings(servers.size() == 1 ? "" : "port " + server.port() + ": ", warnings);
    }
  }

  /** Memory in use in all servers, by everyone; -1 if not known. */
  public long usedMemory() {
    return sum(server -> server.number("used_memory", -1));
  }

  /** The same without the memory that empty servers use. */
  public long dataMemory() {
    return sum(server -> {
      long used = server.number("used_memory", -1);
      return used < 0 ? -1 : Math.max(0, used - server.number("used_memory_startup", 0));
    });
  }

  private long sum(ToLongFunction<InfoReply> bytes) {
    long sum = 0;
    for (InfoReply server : servers) {
      long ofServer = bytes.applyAsLong(server);
      if (ofServer < 0) {
        return -1;
      }
      sum += ofServer;
    }
    return sum;
  }

  /** One line: which engine, which version, how many servers. */
  public String description() {
    String engine = servers.getFirst().engine();
    return servers.size() == 1 ? engine : "%s, %d primaries".formatted(engine, servers.size());
  }
}
