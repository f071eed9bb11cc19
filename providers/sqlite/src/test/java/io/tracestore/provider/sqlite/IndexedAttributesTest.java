package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows by which traces are found for the data of their events follow these data. */
class IndexedAttributesTest {
  private static final TraceQuery ORDER =
      TraceQuery.builder().attribute("order.id", "4711").build();

  @TempDir Path directory;
  private TraceStore store;

  @BeforeEach
  void open() {
    store = config().indexedAttributes(List.of("order.id")).open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private SqliteConfig config() {
    return SqliteConfig.of(directory.resolve("t.db"));
  }

  private static FlowTrace trace(TraceEventData data) {
    FlowTrace trace = Samples.trace(1, 1);
    TraceEvent event = trace.events().getFirst().toBuilder().data(data).build();
    return trace.withEvents(List.of(event));
  }

  private long terms() throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM trace_terms")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void aTraceHasARowForItsPortItsErrorAnAttributesKeyAndItsValue() throws SQLException {
    store.storeTrace(
        trace(
            TraceEventData.builder().port("in").error("e").attribute("order.id", "4711").build()));

    assertThat(terms()).isEqualTo(4);
  }

  @Test
  void allAttributesThatAreNotIndexedTogetherAreOneRow() throws SQLException {
    store.storeTrace(trace(TraceEventData.builder().attribute("a", "1").attribute("b", 2).build()));

    assertThat(terms()).isEqualTo(1);
  }

  @Test
  void theRowsOfAReplacedEventGo() throws SQLException {
    store.storeTrace(trace(TraceEventData.builder().attribute("order.id", "4711").build()));

    store.storeTrace(trace(TraceEventData.builder().port("in").build()));

    assertThat(terms()).isEqualTo(1);
    assertThat(store.queryTraces(ORDER)).isEmpty();
  }

  @Test
  void theRowsOfADeletedTraceGo() throws SQLException {
    FlowTrace trace = trace(TraceEventData.builder().attribute("order.id", "4711").build());
    store.storeTrace(trace);

    store.deleteTrace(trace.traceId());

    assertThat(terms()).isZero();
  }

  @Test
  void theRowsOfEarlyEventsComeWithTheHeader() throws SQLException {
    FlowTrace trace = trace(TraceEventData.builder().attribute("order.id", "4711").build());
    store.storeEvents(trace.traceId(), trace.events());
    assertThat(terms()).isZero();

    store.storeTrace(trace.withEvents(List.of()));

    assertThat(terms()).isEqualTo(2);
    assertThat(store.queryTraces(ORDER)).containsExactly(trace);
  }
}
