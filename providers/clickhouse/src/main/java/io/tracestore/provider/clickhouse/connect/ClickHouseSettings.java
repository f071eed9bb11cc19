package io.tracestore.provider.clickhouse.connect;

import io.tracestore.provider.clickhouse.ClickHouseConfig;
import io.tracestore.provider.support.ServerAddress;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings in a URI, read and checked once. {@link #toString()} shows no secret.
 *
 * @param uri names the store in messages
 * @param address the servers and the login
 * @param database the database that holds the tables: a letter or {@code _}, then letters, digits
 *     and {@code _}
 * @param tls whether to speak HTTPS
 * @param options the values of {@link ClickHouseConfig}'s constants
 */
public record ClickHouseSettings(
    StoreUri uri, ServerAddress address, String database, boolean tls, StoreOptions options) {
  /** The form of the URI without its options. */
  public static final String URI_SYNTAX = "clickhouse://USER:PASSWORD@HOST:PORT/DATABASE";

  /** The scheme of a URI that asks for TLS. */
  public static final String SECURE_SCHEME = "clickhouses";

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final Pattern CLUSTER_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
  private static final long MILLIS_OF_A_DAY = TimeUnit.DAYS.toMillis(1);
  private static final int HTTP_PORT = 8123;
  private static final int HTTPS_PORT = 8443;

  public ClickHouseSettings {
    address.hosts().forEach(host -> ServerAddress.withPort(host, HTTP_PORT));
    if (!NAME.matcher(database).matches()) {
      throw new IllegalArgumentException(
          "database must be a letter or _, then letters, digits and _: '" + database + "'");
    }
    if (options.isSet(ClickHouseConfig.ACCESS_TOKEN)
        && (address.user() != null || address.password() != null)) {
      throw new IllegalArgumentException("accessToken does not go with user and password");
    }
    if (options.isSet(ClickHouseConfig.TLS_CA) && !tls) {
      throw new IllegalArgumentException("tlsCa needs tls=true");
    }
    String cluster = options.find(ClickHouseConfig.CLUSTER).orElse(null);
    if (cluster != null && !CLUSTER_NAME.matcher(cluster).matches()) {
      throw new IllegalArgumentException(
          "cluster must be made of letters, digits, '_', '.' and '-': '" + cluster + "'");
    }
  }

  public static ClickHouseSettings of(StoreUri uri, StoreOptions options) {
    ServerAddress address = ServerAddress.parse(uri, URI_SYNTAX);
    try {
      return new ClickHouseSettings(
          uri, address, database(address, options), tls(uri, options), options);
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static String database(ServerAddress address, StoreOptions options) {
    String inPath = address.database();
    String option = options.get(ClickHouseConfig.DATABASE);
    if (inPath == null) {
      return option;
    }
    if (options.isSet(ClickHouseConfig.DATABASE) && !option.equals(inPath)) {
      throw new IllegalArgumentException(
          "the path names database '%s' and the option '%s'".formatted(inPath, option));
    }
    return inPath;
  }

  private static boolean tls(StoreUri uri, StoreOptions options) {
    boolean option = options.get(ClickHouseConfig.TLS);
    boolean byScheme = uri.scheme().endsWith(SECURE_SCHEME);
    if (byScheme && options.isSet(ClickHouseConfig.TLS) && !option) {
      throw new IllegalArgumentException("clickhouses: does not go with tls=false");
    }
    return byScheme || option;
  }

  public <T> T get(StoreOption<T> option) {
    return options.get(option);
  }

  /** The value of an option without a default, or null. */
  public <T> @Nullable T find(StoreOption<T> option) {
    return options.find(option).orElse(null);
  }

  public @Nullable String user() {
    return address.user();
  }

  public @Nullable String password() {
    return address.password();
  }

  /** After how many days the server removes traces, 0 for never; null to leave that as it is. */
  public @Nullable Integer retentionDays() {
    Long millis = find(ClickHouseConfig.RETENTION);
    return millis == null ? null : Math.toIntExact(Math.ceilDiv(millis, MILLIS_OF_A_DAY));
  }

  /** The servers' addresses, such as {@code http://localhost:8123}. */
  public List<String> endpoints() {
    String scheme = tls ? "https://" : "http://";
    return address.hosts().stream()
        .map(host -> scheme + ServerAddress.withPort(host, tls ? HTTPS_PORT : HTTP_PORT))
        .toList();
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
