package io.tracestore.provider.redis;

import io.tracestore.spi.StoreConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The version of the data and its number of partitions, which the first store of a prefix sets. */
final class Layout {
  private static final int VERSION = 1;
  private static final int PARTITIONS_IN_CLUSTER = 64;
  private static final String VERSION_FIELD = "version";
  private static final String PARTITIONS_FIELD = "partitions";

  private Layout() {}

  static Keys open(RedisLink link, RedisConfig config) {
    byte[] key = Keys.meta(config.keyPrefix());
    int usual = link.isCluster() ? PARTITIONS_IN_CLUSTER : 1;
    int partitions = config.partitions() == 0 ? usual : config.partitions();
    setOnce(link, key, PARTITIONS_FIELD, partitions);
    setOnce(link, key, VERSION_FIELD, VERSION);
    Map<String, String> layout = new HashMap<>();
    link.call(commands -> commands.hgetall(key))
        .forEach((field, value) -> layout.put(text(field), text(value)));
    int version = number(key, layout, VERSION_FIELD);
    if (version != VERSION) {
      throw new StoreConfigurationException(
          "the data under '%s' has version %d, and this release knows %d: take a newer one"
              .formatted(config.keyPrefix(), version, VERSION),
          null);
    }
    int stored = number(key, layout, PARTITIONS_FIELD);
    if (config.partitions() != 0 && config.partitions() != stored) {
      throw new StoreConfigurationException(
          "option 'partitions' is %d, but the data under '%s' has %d"
              .formatted(config.partitions(), config.keyPrefix(), stored),
          null);
    }
    return new Keys(config.keyPrefix(), stored);
  }

  private static void setOnce(RedisLink link, byte[] key, String field, int value) {
    link.call(
        commands -> commands.hsetnx(key, Keys.utf8(field), Keys.utf8(Integer.toString(value))));
  }

  private static int number(byte[] key, Map<String, String> layout, String field) {
    String value = layout.getOrDefault(field, "");
    if (!value.matches("[1-9][0-9]{0,3}")) {
      throw new StoreConfigurationException(
          "key '%s' belongs to something else; choose another keyPrefix".formatted(text(key)),
          null);
    }
    return Integer.parseInt(value);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
