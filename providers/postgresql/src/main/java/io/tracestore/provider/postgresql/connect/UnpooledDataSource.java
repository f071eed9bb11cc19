package io.tracestore.provider.postgresql.connect;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source that only makes connections; it has no other function of the interface. */
abstract class UnpooledDataSource implements DataSource {
  private volatile int loginTimeout;

  @Override
  public final Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("user and password are set in the config");
  }

  @Override
  public final @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public final void setLogWriter(@Nullable PrintWriter out) {}

  /**
   * Keeps the time for the pool, which waits as long at its close for connections that are being
   * made; how long a login may take is an option of the driver's own.
   */
  @Override
  public final void setLoginTimeout(int seconds) {
    loginTimeout = seconds;
  }

  @Override
  public final int getLoginTimeout() {
    return loginTimeout;
  }

  @Override
  public final Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("no logger");
  }

  @Override
  public final <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("no " + type.getName());
  }

  @Override
  public final boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
