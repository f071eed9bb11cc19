package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.TraceStores;
import io.tracestore.provider.clickhouse.connect.ClickHouseErrors;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A user's own statements over JDBC, by the configuration of the store. */
class ClickHouseDataSourceTest extends ClickHouseTests {
  /** The one value that {@code sql} answers. */
  static String text(TraceStore store, String sql) throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @Test
  void tablesAreThoseOfTheStoresDatabase() throws Exception {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(ClickHouseSamples.traces(0, 3));
      assertThat(text(store, "SELECT count() FROM traces")).isEqualTo("3");
    }
  }

  @Test
  void settingsAreThoseOfTheStore() throws Exception {
    try (TraceStore store = TraceStores.open(uri, Map.of("maxExecutionTimeMs", "7000"))) {
      assertThat(text(store, "SELECT getSetting('max_execution_time')")).startsWith("7");
      assertThat(text(store, "SELECT getSetting('session_timezone')")).isEqualTo("UTC");
      assertThat(text(store, "SELECT getSetting('use_query_condition_cache')")).isIn("0", "false");
    }
  }

  @Test
  void aFailureOfTheDriverIsTranslatedAsOneOfTheClient() {
    try (TraceStore store = TraceStores.open(uri)) {
      SQLException failure =
          catchThrowableOfType(
              SQLException.class, () -> text(store, "SELECT count() FROM no_such_table"));
      assertThat(new ClickHouseErrors("store").translate(failure))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("the table was removed");
    }
  }

  @Test
  void aClosedStoreGivesNone() {
    TraceStore store = TraceStores.open(uri);
    store.close();
    assertThatThrownBy(() -> store.unwrap(DataSource.class))
        .isInstanceOf(StoreClosedException.class);
  }
}
