package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.provider.sqlite.read.SqliteQueryPlan;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.ProgressHandler;

/**
 * An answer takes at most 100 times the rows that it returns. The property {@value
 * #EVENTS_PROPERTY} sets the number of events, 100,000 by default, 20 in a trace; 50 traces have
 * what is asked for.
 *
 * <p>SQLite does not count rows. It counts the instructions of its virtual machine, of which each
 * row that is read takes some (<a href="https://sqlite.org/opcode.html">opcodes</a>): a cursor
 * moves, columns are read and compared.
 */
class RowsReadTest {
  private static final String EVENTS_PROPERTY = "tracestore.sqlite.events";
  private static final int EVENTS_PER_TRACE = 20;
  private static final int TRACES = Integer.getInteger(EVENTS_PROPERTY, 100_000) / EVENTS_PER_TRACE;
  private static final int BATCH = 500;
  private static final int RARE = 50;

  /** At least: the cursor moves, and a column is read. */
  private static final int STEPS_OF_A_ROW = 2;

  @TempDir static Path directory;
  private static TraceStore store;
  private static Connection connection;

  @BeforeAll
  static void fill() throws SQLException {
    store =
        SqliteConfig.of(directory.resolve("t.db")).indexedAttributes(List.of("order.id")).open();
    for (int from = 0; from < TRACES; from += BATCH) {
      List<FlowTrace> batch = new ArrayList<>(BATCH);
      for (int number = from; number < Math.min(TRACES, from + BATCH); number++) {
        batch.add(trace(number));
      }
      store.storeTraces(batch);
    }
    connection = store.unwrap(DataSource.class).getConnection();
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
    store.close();
  }

  /** A trace takes a second and some milliseconds; a rare one up to 9 ms, or 10 s. */
  private static FlowTrace trace(int number) {
    FlowTrace usual = Samples.trace(number, EVENTS_PER_TRACE);
    long millis =
        switch (number % (TRACES / RARE)) {
          case 1 -> number % 10;
          case 2 -> 10_000 + number % 1_000;
          default -> 1_000 + number % 2_000;
        };
    FlowTrace.Builder trace = usual.toBuilder().endTime(usual.startTime().plusMillis(millis));
    if (number % (TRACES / RARE) == 0) {
      List<TraceEvent> events = new ArrayList<>(usual.events());
      TraceEventData data =
          TraceEventData.builder()
              .port("rare")
              .error("refused")
              .attribute("order.id", 4711)
              .build();
      events.set(0, events.getFirst().toBuilder().data(data).build());
      trace.events(events);
    }
    return trace.build();
  }

  static Stream<Arguments> questions() {
    return Stream.of(
        Arguments.of("attribute", TraceQuery.builder().attribute("order.id", 4711)),
        Arguments.of("key of an attribute", TraceQuery.builder().hasAttribute("order.id")),
        Arguments.of("port", TraceQuery.builder().port("rare")),
        Arguments.of("error of an event", TraceQuery.builder().hasError()),
        Arguments.of("text in errors", TraceQuery.builder().errorContaining("refused")),
        Arguments.of("longest duration", TraceQuery.builder().maxDuration(Duration.ofMillis(9))),
        Arguments.of(
            "shortest duration", TraceQuery.builder().minDuration(Duration.ofSeconds(10))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("questions")
  void aQuestionReadsAtMost100TimesTheRowsOfItsAnswer(String name, TraceQuery.Builder question)
      throws SQLException {
    DataTerms terms = DataTerms.of(List.of("order.id"));
    TraceQuery query = question.limit(RARE + 1).build();
    Rendered page =
        SqliteQueryPlan.of(query, List.of(), DataTerms.of(query, List.of(terms))).page(RARE + 1);

    assertThat(stepsOf(page)).isLessThanOrEqualTo(100L * RARE * STEPS_OF_A_ROW);
  }

  /** The instructions that a query of {@link #RARE} rows takes. */
  private static long stepsOf(Rendered query) throws SQLException {
    AtomicLong steps = new AtomicLong();
    ProgressHandler counting =
        new ProgressHandler() {
          @Override
          protected int progress() {
            steps.incrementAndGet();
            return 0; // go on
          }
        };
    try (PreparedStatement statement = connection.prepareStatement(query.sql())) {
      for (int i = 0; i < query.values().size(); i++) {
        statement.setObject(i + 1, query.values().get(i));
      }
      ProgressHandler.setHandler(connection, 1, counting);
      try (ResultSet rows = statement.executeQuery()) {
        int found = 0;
        while (rows.next()) {
          found++;
        }
        assertThat(found).isEqualTo(RARE);
      } finally {
        ProgressHandler.clearHandler(connection);
      }
    }
    return steps.get();
  }
}
