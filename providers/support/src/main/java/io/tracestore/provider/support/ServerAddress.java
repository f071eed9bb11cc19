package io.tracestore.provider.support;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of a server's URI: {@code //user:password@host:port,host2/database}; all parts but the
 * slashes are optional. The body is split first, then each part is decoded once; the hosts are
 * decoded as one part and split at the commas afterwards, so that a placeholder may stand for
 * several.
 *
 * @param user decoded, or null if the URI names none
 * @param password decoded, or null if the URI has none
 * @param hosts decoded, with their ports if they have any; {@code localhost} if the URI names none
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
      Pattern.compile(
          "(?<name>\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?]|[^:\\[\\]/\\\\?#@%,\\s\\p{Cntrl}]+)"
              + "(?::(?<port>\\d{1,5}))?");

  /**
   * The characters that are escaped in a host: all that are neither plain nor a part of its syntax.
   */
  private static final Pattern ESCAPED_IN_HOST = Pattern.compile("[^A-Za-z0-9._:\\[\\]~-]+");

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
    String hosts = StoreUri.percentDecode(body.group("hosts"), "the host");
    String database = body.group("database");
    return new ServerAddress(
        user == null || user.isEmpty() ? null : StoreUri.percentDecode(user, "the user name"),
        password == null ? null : StoreUri.percentDecode(password, "the password"),
        hosts.isEmpty() ? List.of("localhost") : List.of(hosts.split(",", -1)),
        database == null || database.isEmpty()
            ? null
            : StoreUri.percentDecode(database, "the name of the database"));
  }

  /** This address with another user. */
  public ServerAddress withUser(String user) {
    return new ServerAddress(user, password, hosts, database);
  }

  /** This address with another password. */
  public ServerAddress withPassword(String password) {
    return new ServerAddress(user, password, hosts, database);
  }

  /**
   * This address with other servers.
   *
   * @throws IllegalArgumentException if there is none
   */
  public ServerAddress withHosts(List<String> hosts) {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hosts must name a server");
    }
    return new ServerAddress(user, password, hosts, database);
  }

  /** This address with another database. */
  public ServerAddress withDatabase(String database) {
    return new ServerAddress(user, password, hosts, database);
  }

  /** The body of a URI that {@link #parse} reads as this. */
  public String rawBody() {
    StringBuilder body = new StringBuilder("//");
    if (user != null || password != null) {
      body.append(user == null ? "" : StoreUri.percentEncode(user));
      body.append(password == null ? "" : ":" + StoreUri.percentEncode(password)).append('@');
    }
    StringJoiner list = new StringJoiner(",");
    hosts.forEach(host -> list.add(escapedHost(host)));
    body.append(list);
    return database == null
        ? body.toString()
        : body.append('/').append(StoreUri.percentEncode(database)).toString();
  }

  private static String escapedHost(String host) {
    return ESCAPED_IN_HOST.matcher(host).replaceAll(match -> StoreUri.percentEncode(match.group()));
  }

  /** The address without the password. */
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
