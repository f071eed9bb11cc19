package io.tracestore.provider.redis.connect;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a server.
 *
 * @param name a name or an address
 * @param port 1 to 65535
 */
public record RedisHost(String name, int port) {
  static final int SERVER_PORT = 6379;
  static final int SENTINEL_PORT = 26_379;

  private static final Pattern SYNTAX =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\[\\]:@/?#\\s]+))(?::([0-9]{1,5}))?");
  private static final int MAX_PORT = 65_535;

  /** Parses {@code name}, {@code name:port} or, with an IPv6 address, {@code [address]:port}. */
  static RedisHost parse(String text, int defaultPort) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a host, or host:port: '" + text + "'");
    }
    String port = matcher.group(3);
    int number = port == null ? defaultPort : Integer.parseInt(port);
    if (number < 1 || number > MAX_PORT) {
      throw new IllegalArgumentException("port must be between 1 and 65535: '" + text + "'");
    }
    String address = matcher.group(1);
    return new RedisHost(address != null ? address : matcher.group(2), number);
  }

  /** With the port, as {@link #parse} takes it. */
  @Override
  public String toString() {
    return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
  }
}
