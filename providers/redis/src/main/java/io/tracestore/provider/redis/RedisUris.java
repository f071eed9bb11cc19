package io.tracestore.provider.redis;

import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** URIs into configs and back. */
final class RedisUris {
  static final String REDIS = "redis";
  static final String TLS = "rediss";
  static final String SENTINEL = "redis-sentinel";

  /** Up to the last {@code @} is user and password. */
  private static final Pattern BODY =
      Pattern.compile(
          "//(?:(?<user>[^:@/]*)(?::(?<password>.*))?@)?(?<hosts>[^/@]+)(?:/(?<database>.*))?");

  private RedisUris() {}

  static RedisConfig toConfig(StoreUri uri, StoreOptions options) {
    Matcher body = BODY.matcher(uri.rawBody());
    if (!body.matches()) {
      throw new IllegalArgumentException(
          "write redis://host:6379/0, or redis://user:password@host:6379/0");
    }
    boolean sentinel = uri.scheme().equals(SENTINEL);
    if (!sentinel && options.isSet(RedisOptions.SENTINEL_MASTER)) {
      throw new IllegalArgumentException("sentinelMaster goes with redis-sentinel: only");
    }
    long ttl = RedisOptions.parseTtl(options.get(RedisOptions.TTL));
    return new RedisConfig(
        List.of(body.group("hosts").split(",", -1)),
        database(body.group("database")),
        decoded(body.group("user"), "the user"),
        decoded(body.group("password"), "the password"),
        sentinel ? options.get(RedisOptions.SENTINEL_MASTER) : null,
        options.find(RedisOptions.SENTINEL_PASSWORD).orElse(null),
        options.get(RedisOptions.KEY_PREFIX),
        ttl == 0 ? null : Duration.ofMillis(ttl),
        options.get(RedisOptions.CLUSTER),
        options.get(RedisOptions.PARTITIONS),
        options.get(RedisOptions.CONNECT_TIMEOUT_MS),
        options.get(RedisOptions.TIMEOUT_MS),
        options.get(RedisOptions.CONNECTIONS),
        options.get(RedisOptions.MAX_IN_FLIGHT),
        uri.scheme().equals(TLS) || options.get(RedisOptions.TLS),
        options.get(RedisOptions.TLS_VERIFY),
        options.find(RedisOptions.TLS_CA).orElse(null),
        options.find(RedisOptions.TLS_CERT).orElse(null),
        options.find(RedisOptions.TLS_KEY).orElse(null));
  }

  private static @Nullable String decoded(@Nullable String text, String part) {
    return text == null || text.isEmpty() ? null : StoreUri.percentDecode(text, part);
  }

  private static int database(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("not the number of a database: '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  static StoreUri toUri(RedisConfig config) {
    Map<String, String> options = new LinkedHashMap<>();
    addTo(options, RedisOptions.KEY_PREFIX, config.keyPrefix());
    Duration ttl = config.ttl();
    if (ttl == null) {
      options.put(RedisOptions.TTL.name(), RedisOptions.NO_TTL);
    } else if (ttl.toMillis() != RedisOptions.parseTtl(RedisOptions.defaultOf(RedisOptions.TTL))) {
      options.put(RedisOptions.TTL.name(), String.valueOf(ttl.toMillis()));
    }
    addTo(options, RedisOptions.CLUSTER, config.cluster());
    addTo(options, RedisOptions.PARTITIONS, config.partitions());
    addTo(options, RedisOptions.SENTINEL_MASTER, config.sentinelMaster());
    addTo(options, RedisOptions.SENTINEL_PASSWORD, config.sentinelPassword());
    addTo(options, RedisOptions.CONNECT_TIMEOUT_MS, config.connectTimeoutMs());
    addTo(options, RedisOptions.TIMEOUT_MS, config.timeoutMs());
    addTo(options, RedisOptions.CONNECTIONS, config.connections());
    addTo(options, RedisOptions.MAX_IN_FLIGHT, config.maxInFlight());
    addTo(options, RedisOptions.TLS, config.isSentinel() && config.tls());
    addTo(options, RedisOptions.TLS_VERIFY, config.tlsVerify());
    addTo(options, RedisOptions.TLS_CA, config.tlsCa());
    addTo(options, RedisOptions.TLS_CERT, config.tlsCert());
    addTo(options, RedisOptions.TLS_KEY, config.tlsKey());
    return StoreUri.of(scheme(config), rawBody(config), options);
  }

  private static <T> void addTo(
      Map<String, String> options, StoreOption<T> option, @Nullable T value) {
    if (value != null && !value.equals(option.defaultValue())) {
      options.put(option.name(), option.format(value));
    }
  }

  private static String scheme(RedisConfig config) {
    return config.isSentinel() ? SENTINEL : config.tls() ? TLS : REDIS;
  }

  private static String rawBody(RedisConfig config) {
    StringBuilder body = new StringBuilder("//");
    String password = config.password();
    if (password != null) {
      String user = config.username();
      body.append(user == null ? "" : StoreUri.percentEncode(user));
      body.append(':').append(StoreUri.percentEncode(password)).append('@');
    }
    return body.append(String.join(",", config.hosts()))
        .append('/')
        .append(config.database())
        .toString();
  }
}
