package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file gives connections for SQL of the application's own. */
class UnwrapTest {
  @TempDir Path directory;

  private TraceStore open() {
    return SqliteConfig.of(directory.resolve("t.db")).open();
  }

  @Test
  void theDataSourceReadsAllThatIsStored() throws SQLException {
    try (TraceStore store = open();
        Connection connection = store.unwrap(DataSource.class).getConnection()) {
      store.storeTrace(Samples.trace(1, 3));
      assertThat(PlainSql.number(connection, "SELECT count(*) FROM traces")).isEqualTo(1);

      store.storeTrace(Samples.trace(2, 3));
      assertThat(PlainSql.number(connection, "SELECT count(*) FROM traces")).isEqualTo(2);
    }
  }

  @Test
  void eachConnectionBelongsToItsCaller() throws SQLException {
    try (TraceStore store = open()) {
      DataSource source = store.unwrap(DataSource.class);
      try (Connection one = source.getConnection()) {
        source.getConnection().close();

        assertThat(PlainSql.number(one, "SELECT count(*) FROM traces")).isZero();
      }
      assertThat(store.count(TraceQuery.ALL)).isZero();
    }
  }

  @Test
  void theDataSourceWrapsNothing() throws SQLException {
    try (TraceStore store = open()) {
      DataSource source = store.unwrap(DataSource.class);

      assertThat(source.isWrapperFor(DataSource.class)).isTrue();
      assertThat(source.unwrap(DataSource.class)).isSameAs(source);
      assertThat(source.isWrapperFor(Connection.class)).isFalse();
      assertThatThrownBy(() -> source.unwrap(Connection.class)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void aStoreInMemoryHasNoOtherConnection() {
    try (TraceStore store = SqliteConfig.inMemory().open()) {
      assertThatThrownBy(() -> store.unwrap(DataSource.class))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aClosedStoreGivesNoDataSource() {
    TraceStore store = open();
    store.close();

    assertThatThrownBy(() -> store.unwrap(DataSource.class))
        .isInstanceOf(StoreClosedException.class);
  }
}
