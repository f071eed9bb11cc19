package io.tracestore.provider.clickhouse.connect;

import com.clickhouse.client.api.ClientConfigProperties;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of ClickHouse's JDBC driver for statements of users, configured as the store is. The
 * driver is the application's: it is looked for when a connection is made. Each connection is a
 * client of its own, which whoever asked for it closes. Safe for many threads.
 */
final class DriverDataSource implements DataSource {
  private static final String NO_DRIVER = "08001";

  private final String url;
  private final Map<String, String> options;
  private final Map<String, String> settings;

  /**
   * @param settings those of the server
   */
  DriverDataSource(
      ClickHouseSettings config,
      String endpoint,
      Map<String, String> options,
      Map<String, String> settings) {
    this.url = "jdbc:clickhouse:" + endpoint + "/" + config.database();
    this.options = Map.copyOf(options);
    this.settings = Map.copyOf(settings);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = driver().connect(url, properties());
    if (connection == null) {
      throw new SQLException("the driver does not know " + url, NO_DRIVER);
    }
    return connection;
  }

  private Driver driver() throws SQLException {
    try {
      return DriverManager.getDriver(url);
    } catch (SQLException e) {
      throw new SQLException(
          "ClickHouse's JDBC driver is missing; add com.clickhouse:jdbc-v2 to the class path",
          NO_DRIVER,
          e);
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(options);
    // Errors are sent as errors, not within an answer.
    properties.put(ClientConfigProperties.serverSetting("wait_end_of_query"), "1");
    settings.forEach(
        (name, value) -> properties.put(ClientConfigProperties.serverSetting(name), value));
    return properties;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("user and password are set in the config");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("connectionTimeoutMs is the limit");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("no logger");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
