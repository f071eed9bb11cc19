package io.tracestore.provider.support;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a URI says: {@code //user:password@host:port,host2/database}, all parts but the
 * slashes optional.
 *
 * @param user decoded, or null if the URI names none
 * @param password decoded, or null if the URI has none
 * @param hosts as they are written, with their ports; {@code localhost} if the URI names none
 * @param database decoded, or null if the URI names none
 */
public record ServerAddress(
    @Nullable String user,
    @Nullable String password,
    List<String> hosts,
    @Nullable String database) {
  private static final Pattern BODY =
      Pattern.compile("//(?:(?<info>.*)@)?(?<hosts>[^/@]*)(?:/(?<database>[^/]*))?");
  private static final Pattern HOST =
      Pattern.compile("(?<name>\\[[0-9A-Fa-f:.%a-z]+]|[^:\\[\\]/]+)(?::(?<port>\\d{1,5}))?");
  private static final int MAX_PORT = 65_535;

  public ServerAddress {
    hosts = List.copyOf(hosts);
  }

  /**
   * Reads the body of {@code uri}.
   *
   * @param syntax how it is to be written, for the message
   * @throws StoreConfigurationException if it is not written so
   */
  public static ServerAddress parse(StoreUri uri, String syntax) {
    Matcher body = BODY.matcher(uri.rawBody());
    if (!body.matches()) {
      throw new StoreConfigurationException("%s: write %s".formatted(uri, syntax), null);
    }
    String info = body.group("info");
    int colon = info == null ? -1 : info.indexOf(':');
    String user = info == null || colon < 0 ? info : info.substring(0, colon);
    String password = info == null || colon < 0 ? null : info.substring(colon + 1);
    String hosts = body.group("hosts");
    String database = body.group("database");
    return new ServerAddress(
        user == null || user.isEmpty() ? null : StoreUri.percentDecode(user, "the user name"),
        password == null ? null : StoreUri.percentDecode(password, "the password"),
        hosts.isEmpty() ? List.of("localhost") : List.of(hosts.split(",", -1)),
        database == null || database.isEmpty()
            ? null
            : StoreUri.percentDecode(database, "the name of the database"));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ServerAddress[user=%s, hosts=%s, database=%s]".formatted(user, hosts, database);
  }

  /**
   * The name and port of {@code host} or {@code host:port}; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException if it is not that
   */
  public static String withPort(String host, int defaultPort) {
    Matcher parts = HOST.matcher(host);
    String port = parts.matches() ? parts.group("port") : "0";
    int number = port == null ? defaultPort : Integer.parseInt(port);
    if (number < 1 || number > MAX_PORT) {
      throw new IllegalArgumentException(
          "a host is NAME or NAME:PORT, and an IPv6 address stands in brackets: '" + host + "'");
    }
    return parts.group("name") + ":" + number;
  }
}
