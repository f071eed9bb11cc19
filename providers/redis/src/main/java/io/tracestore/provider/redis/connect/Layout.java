package io.tracestore.provider.redis.connect;

import io.lettuce.core.ScriptOutputType;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.provider.redis.schema.Script;
import io.tracestore.spi.StoreConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * The layout of the data, which the first store of a prefix sets.
 *
 * @param keys the names of all keys, by the number of partitions
 * @param id random, made with the data
 */
public record Layout(Keys keys, String id) {
  public static final int VERSION = 4;

  private static final int PARTITIONS_IN_CLUSTER = 64;

  /** Reads the layout, or sets it if there are no data. */
  public static Layout open(RedisLink link, RedisSettings config) {
    int usual = link.isCluster() ? PARTITIONS_IN_CLUSTER : 1;
    List<byte[]> answer =
        ask(
            link,
            config.get(RedisConfig.KEY_PREFIX),
            config.get(RedisConfig.PARTITIONS),
            usual,
            config.get(RedisConfig.CREATE));
    String key = text(Keys.meta(config.get(RedisConfig.KEY_PREFIX)));
    switch (text(answer.get(0))) {
      case "absent" ->
          throw new StoreConfigurationException(
              "%s: there is no store with keyPrefix '%s', and 'create' is false"
                  .formatted(config, config.get(RedisConfig.KEY_PREFIX)),
              null);
      case "lost" ->
          throw new StoreConfigurationException(
              "%s: there are traces, but their key '%s' is gone, evicted or of an older release: if evicted, name their number of 'partitions' once (1 is usual, 64 in a cluster)"
                  .formatted(config, key),
              null);
      case "other" -> throw foreign(key);
      default -> {
        // It is there, or was just made.
      }
    }
    int version = number(key, answer.get(1));
    if (version != VERSION) {
      throw new StoreConfigurationException(
          "the data under '%s' have version %d, and this release knows %d only: export with the release that wrote them and restore with this one, or name another keyPrefix"
              .formatted(config.get(RedisConfig.KEY_PREFIX), version, VERSION),
          null);
    }
    int stored = number(key, answer.get(2));
    if (config.get(RedisConfig.PARTITIONS) != 0 && config.get(RedisConfig.PARTITIONS) != stored) {
      throw new StoreConfigurationException(
          "option 'partitions' is %d, but the data under '%s' have %d"
              .formatted(
                  config.get(RedisConfig.PARTITIONS), config.get(RedisConfig.KEY_PREFIX), stored),
          null);
    }
    return new Layout(new Keys(config.get(RedisConfig.KEY_PREFIX), stored), text(answer.get(3)));
  }

  /**
   * The id that the data have now: another one than this if all were removed since.
   *
   * @throws StoreConfigurationException if another store has made others there
   */
  public String currentId(RedisLink link) {
    List<byte[]> answer = ask(link, keys.toString(), keys.partitions(), keys.partitions(), true);
    if (!text(answer.get(2)).equals(String.valueOf(keys.partitions()))) {
      throw changed(keys);
    }
    return text(answer.get(3));
  }

  public static StoreConfigurationException changed(Keys keys) {
    return new StoreConfigurationException(
        "the data under '%s' were removed and made again with another number of partitions: open the store again"
            .formatted(keys),
        null);
  }

  private static List<byte[]> ask(
      RedisLink link, String prefix, int partitions, int usual, boolean make) {
    Keys one = new Keys(prefix, 1);
    return link.await(
        link.run(
            Script.LAYOUT,
            ScriptOutputType.MULTI,
            one.ofLayout(),
            Keys.utf8(String.valueOf(VERSION)),
            Keys.utf8(String.valueOf(partitions)),
            Keys.utf8(String.valueOf(usual)),
            Keys.utf8(UUID.randomUUID().toString()),
            Keys.utf8(make ? "1" : "0")));
  }

  private static int number(String key, byte[] value) {
    String digits = text(value);
    if (!digits.matches("[1-9][0-9]{0,3}")) {
      throw foreign(key);
    }
    return Integer.parseInt(digits);
  }

  private static StoreConfigurationException foreign(String key) {
    return new StoreConfigurationException(
        "key '%s' belongs to something else; choose another keyPrefix".formatted(key), null);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
