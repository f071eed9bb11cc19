package io.tracestore.bench;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.api.sync.RedisKeyCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Scratch places in Redis: a key prefix for each.
 *
 * <p>Behind Sentinel, and where TLS needs files of the user's, only the store itself can connect:
 * it removes its traces, and the few keys that are left expire.
 */
record ScratchKeys(StoreUri given) implements Scratch.Places {
  private static final Pattern BODY = Pattern.compile("(//(?:.*@)?)([^/@]+)(/.*)?");
  private static final int PAGE = 1_000;

  @Override
  public StoreUri uri(String name) {
    return Scratch.with(given, "keyPrefix", name);
  }

  @Override
  public List<String> names() {
    SortedSet<String> names = new TreeSet<>();
    if (isReachable()) {
      onKeys(
          Scratch.PREFIX,
          keys -> keys.forEach(key -> names.add(key.substring(0, (key + ":").indexOf(':')))));
    }
    return List.copyOf(names);
  }

  @Override
  public void remove(String name) {
    if (isReachable()) {
      connected(commands -> {
        pages(commands, name + ":", keys -> commands.unlink(keys.toArray(String[]::new)));
        return name;
      });
      return;
    }
    try (TraceStore store = TraceStores.open(uri(name))) {
      store.purgeBefore(Instant.parse("2200-01-01T00:00:00Z"));
    }
  }

  private boolean isReachable() {
    return !given.scheme().equals("redis-sentinel")
        && given.options().keySet().stream().noneMatch(option -> option.startsWith("tls"));
  }

  private void onKeys(String prefix, Consumer<List<String>> page) {
    connected(commands -> {
      pages(commands, prefix, page);
      return prefix;
    });
  }

  private static void pages(
      RedisKeyCommands<String, String> commands, String prefix, Consumer<List<String>> page) {
    ScanArgs ofPrefix = ScanArgs.Builder.matches(prefix + "*").limit(PAGE);
    KeyScanCursor<String> cursor = commands.scan(ofPrefix);
    while (true) {
      if (!cursor.getKeys().isEmpty()) {
        page.accept(cursor.getKeys());
      }
      if (cursor.isFinished()) {
        return;
      }
      cursor = commands.scan(cursor, ofPrefix);
    }
  }

  private <T> T connected(Function<RedisKeyCommands<String, String>, T> work) {
    List<RedisURI> servers = servers();
    if (servers.size() == 1) {
      RedisClient client = RedisClient.create(servers.getFirst());
      try (StatefulRedisConnection<String, String> connection = client.connect()) {
        RedisCommands<String, String> commands = connection.sync();
        if (!commands.info("cluster").contains("cluster_enabled:1")) {
          return work.apply(commands);
        }
      } finally {
        client.shutdown();
      }
    }
    RedisClusterClient client = RedisClusterClient.create(servers);
    try (StatefulRedisClusterConnection<String, String> connection = client.connect()) {
      return work.apply(connection.sync());
    } finally {
      client.shutdown();
    }
  }

  private List<RedisURI> servers() {
    Matcher body = BODY.matcher(given.rawBody());
    if (!body.matches()) {
      throw new IllegalArgumentException("not the address of a server: " + given);
    }
    String path = body.group(3) == null ? "" : body.group(3);
    return Arrays.stream(body.group(2).split(",", -1))
        .map(host -> RedisURI.create(given.scheme() + ":" + body.group(1) + host + path))
        .toList();
  }
}
