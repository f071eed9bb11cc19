package io.tracestore.provider.clickhouse.connect;

import io.tracestore.spi.StoreConfigurationException;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of the server.
 *
 * @param year its year, of two digits
 * @param number its number in that year
 */
record ServerVersion(int year, int number) implements Comparable<ServerVersion> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})(\\..*)?");

  /**
   * Reads what {@code version()} answers.
   *
   * @throws StoreConfigurationException if it has another form
   */
  static ServerVersion parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new StoreConfigurationException(
          "the server names its version '%s', which is none of ClickHouse".formatted(text), null);
    }
    return new ServerVersion(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
  }

  /**
   * Refuses a server that is older.
   *
   * @throws StoreConfigurationException if it is
   */
  void requireAtLeast(ServerVersion oldest) {
    if (compareTo(oldest) < 0) {
      throw new StoreConfigurationException(
          "the server is ClickHouse %s; %s or newer is needed".formatted(this, oldest), null);
    }
  }

  @Override
  public int compareTo(ServerVersion other) {
    return Comparator.comparingInt(ServerVersion::year)
        .thenComparingInt(ServerVersion::number)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return year + "." + number;
  }
}
