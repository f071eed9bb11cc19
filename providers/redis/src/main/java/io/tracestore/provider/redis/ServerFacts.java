package io.tracestore.provider.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.tracestore.spi.Capability;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the servers say of themselves: what they are, and how well they keep data. What a user may
 * not ask counts as not so.
 */
final class ServerFacts {
  private static final String UNKNOWN = "unknown";
  private static final String NO_EVICTION = "noeviction";

  private final List<Map<String, String>> servers;

  private ServerFacts(List<Map<String, String>> servers) {
    this.servers = servers;
  }

  static ServerFacts read(RedisLink link) {
    List<Map<String, String>> servers = new ArrayList<>();
    for (String info : link.callAll(ServerFacts::info)) {
      servers.add(parse(info));
    }
    List<Map<String, String>> settings = link.callAll(ServerFacts::settings);
    for (int i = 0; i < servers.size(); i++) {
      servers.get(i).putAll(settings.get(i));
    }
    return new ServerFacts(servers);
  }

  private static CompletionStage<String> info(RedisClusterAsyncCommands<byte[], byte[]> server) {
    return server.info().exceptionally(error -> "");
  }

  private static CompletionStage<Map<String, String>> settings(
      RedisClusterAsyncCommands<byte[], byte[]> server) {
    return server.configGet("appendfsync").exceptionally(error -> Map.of());
  }

  private static Map<String, String> parse(String info) {
    Map<String, String> values = new HashMap<>();
    info.lines()
        .filter(line -> line.indexOf(':') > 0)
        .forEach(line -> {
          int colon = line.indexOf(':');
          values.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
    return values;
  }

  /** What a store on these servers does. */
  Set<Capability> capabilities(boolean expiring) {
    Set<Capability> capabilities =
        EnumSet.of(Capability.PERSISTENT, Capability.ATOMIC, Capability.SHARED);
    if (servers.stream().allMatch(ServerFacts::isDurable)) {
      capabilities.add(Capability.DURABLE);
    }
    if (expiring || servers.stream().anyMatch(ServerFacts::evicts)) {
      capabilities.add(Capability.EVICTING);
    }
    return Set.copyOf(capabilities);
  }

  /** Each acknowledged write is on the disk, and no replica that lacks it can take over. */
  private static boolean isDurable(Map<String, String> server) {
    return hasLog(server)
        && "always".equals(server.get("appendfsync"))
        && "0".equals(server.get("connected_slaves"));
  }

  private static boolean hasLog(Map<String, String> server) {
    return "1".equals(server.get("aof_enabled"));
  }

  private static boolean evicts(Map<String, String> server) {
    return !"0".equals(server.getOrDefault("maxmemory", "0"))
        && !NO_EVICTION.equals(server.getOrDefault("maxmemory_policy", NO_EVICTION));
  }

  /** Whether the only server is a replica, which takes no writes. */
  boolean isReplica() {
    return servers.size() == 1 && "slave".equals(servers.getFirst().get("role"));
  }

  /** What works but should be better. */
  void warnings(List<String> warnings) {
    for (Map<String, String> server : servers) {
      String at = servers.size() == 1 ? "" : "port " + server.getOrDefault("tcp_port", "?") + ": ";
      if (server.size() <= 1) {
        warnings.add(at + "this user may not run INFO: whether data is kept safely is not known");
        continue;
      }
      String persistence = persistence(server);
      if (persistence != null) {
        warnings.add(at + persistence);
      }
      if (evicts(server)) {
        warnings.add(
            "%smaxmemory-policy %s drops data when memory is full; noeviction refuses writes instead"
                .formatted(at, server.get("maxmemory_policy")));
      }
      if ("err".equals(server.get("aof_last_write_status"))) {
        warnings.add(at + "the last write to the append-only file failed");
      }
    }
  }

  private static @Nullable String persistence(Map<String, String> server) {
    if (!hasLog(server)) {
      return "appendonly is off: what was written since the last snapshot is lost when the server ends suddenly";
    }
    String sync = server.getOrDefault("appendfsync", UNKNOWN);
    return switch (sync) {
      case "always" ->
          "0".equals(server.get("connected_slaves"))
              ? null
              : "a replica that takes over may lack the last writes";
      case UNKNOWN -> "appendfsync is not known: this user may not run CONFIG GET";
      default ->
          "appendfsync is %s: a power cut may lose the last seconds of writes".formatted(sync);
    };
  }

  /** Memory in use in all servers, by everyone; -1 if not known. */
  long usedMemory() {
    long sum = 0;
    for (Map<String, String> server : servers) {
      String used = server.get("used_memory");
      if (used == null) {
        return -1;
      }
      sum += Long.parseLong(used);
    }
    return sum;
  }

  /** One line: which engine, which version, how many servers. */
  String description() {
    Map<String, String> first = servers.getFirst();
    String valkey = first.get("valkey_version");
    String engine =
        valkey != null
            ? "Valkey " + valkey
            : "Redis " + first.getOrDefault("redis_version", "of unknown version");
    return servers.size() == 1 ? engine : "%s, %d primaries".formatted(engine, servers.size());
  }
}
