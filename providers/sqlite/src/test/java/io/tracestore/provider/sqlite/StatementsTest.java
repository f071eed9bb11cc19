package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.sqlite.read.NameCache;
import io.tracestore.provider.sqlite.read.SqliteTraceReader;
import io.tracestore.provider.sqlite.schema.BodyDictionaries;
import io.tracestore.provider.sqlite.schema.Schema;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.spi.TraceQuery;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session on a connection that stays open leaves none of its statements there. */
class StatementsTest {
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    Schema.make(connection);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void itsStatementsAreClosedWithItAndTheConnectionIsNot() throws SQLException {
    SqliteTraceReader session =
        SqliteTraceReader.sharing(connection, new NameCache(), new BodyDictionaries());
    PreparedStatement kept = session.prepare(Rendered.of(DSL.selectOne()));

    session.close();

    assertThat(kept.isClosed()).isTrue();
    assertThatThrownBy(() -> session.count(TraceQuery.ALL)).isInstanceOf(SQLException.class);
    assertThat(connection.isClosed()).isFalse();
    assertThat(
            SqliteTraceReader.sharing(connection, new NameCache(), new BodyDictionaries())
                .count(TraceQuery.ALL))
        .isZero();
  }
}
