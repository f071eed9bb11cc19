package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large bodies are compressed with a dictionary that the store trains and keeps. */
class BodyDictionariesTest {
  /** So many traces of two events bring the thousand bodies that train a dictionary. */
  private static final int TRAINING = 500;

  @TempDir Path directory;
  private TraceStore store;

  @BeforeEach
  void open() {
    store = config().open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private SqliteConfig config() {
    return SqliteConfig.of(directory.resolve("t.db"));
  }

  /** Traces of two events with ten attributes each. */
  private static List<FlowTrace> traces(int from, int to) {
    return IntStream.range(from, to).mapToObj(BodyDictionariesTest::trace).toList();
  }

  private static FlowTrace trace(int n) {
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEvent event : Samples.events(n, 2)) {
      events.add(event.toBuilder().data(attributes(n).build()).build());
    }
    return Samples.trace(n, 0).withEvents(events);
  }

  private static TraceEventData.Builder attributes(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TraceEventData.Builder data = TraceEventData.builder();
    for (int i = 0; i < 10; i++) {
      data.attribute("http.request.header." + i, "value-" + random.nextInt(100));
    }
    return data;
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection()) {
      return PlainSql.number(connection, sql);
    }
  }

  private long dictionaries() throws SQLException {
    return number("SELECT count(*) FROM dictionaries");
  }

  /** The bytes of the bodies of a trace. */
  private long bodies(int n) throws SQLException {
    return number(
        "SELECT sum(length(body)) FROM events JOIN traces USING (trace_key) WHERE start_ns = "
            + EpochNanos.of(trace(n).startTime()));
  }

  @Test
  void aThousandBodiesTrainADictionaryThatHalvesThoseThatCome() throws SQLException {
    store.storeTraces(traces(0, TRAINING));
    store.storeTraces(traces(TRAINING, TRAINING + 10));

    assertThat(dictionaries()).isEqualTo(1);
    assertThat(bodies(TRAINING + 5)).isLessThan(bodies(5) / 2);
  }

  @Test
  void tracesFromBeforeAndAfterTheTrainingAreReadAsTheyWere() {
    List<FlowTrace> all = traces(0, TRAINING + 10);
    all.forEach(store::storeTrace);

    assertThat(all)
        .allSatisfy(trace -> assertThat(store.getTrace(trace.traceId())).contains(trace));
  }

  @Test
  void aStoreThatWasOpenBeforeReadsWhatAnotherWritesWithItsDictionary() {
    try (TraceStore reader = config().readOnly(true).open()) {
      store.storeTraces(traces(0, TRAINING + 10));

      assertThat(reader.getTrace(Samples.traceId(TRAINING + 5))).contains(trace(TRAINING + 5));
    }
  }

  @Test
  void twoStoresOfOneFileReadWhatTheOtherWritesWithItsOwnDictionary() throws SQLException {
    List<FlowTrace> all = traces(0, 2 * TRAINING + 20);
    try (TraceStore other = config().open()) {
      for (int i = 0; i < all.size(); i += 2) {
        store.storeTrace(all.get(i));
        other.storeTrace(all.get(i + 1));
      }

      assertThat(dictionaries()).isEqualTo(2);
      assertThat(all)
          .allSatisfy(trace -> assertThat(other.getTrace(trace.traceId())).contains(trace))
          .allSatisfy(trace -> assertThat(store.getTrace(trace.traceId())).contains(trace));
    }
  }

  @Test
  void manyThreadsTrainOneDictionary() throws Exception {
    List<FlowTrace> all = traces(0, 2 * TRAINING);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<?> stored :
          threads.invokeAll(
              all.stream()
                  .map(trace -> Executors.callable(() -> store.storeTrace(trace)))
                  .toList())) {
        stored.get();
      }
    }

    assertThat(dictionaries()).isEqualTo(1);
    assertThat(all)
        .allSatisfy(trace -> assertThat(store.getTrace(trace.traceId())).contains(trace));
  }

  @Test
  void aStoreThatIsOpenedAgainWritesWithTheDictionaryThatIsThere() throws SQLException {
    store.storeTraces(traces(0, TRAINING));
    store.close();
    store = config().open();

    store.storeTraces(traces(TRAINING, 2 * TRAINING + 10));

    assertThat(dictionaries()).isEqualTo(1);
    assertThat(bodies(TRAINING)).isLessThan(bodies(5) / 2);
  }

  @Test
  void anEventThatIsReplacedIsNoLongerFoundByItsAttribute() {
    store.close();
    store = config().indexedAttributes(List.of("order.id")).open();
    store.storeTraces(traces(0, TRAINING));
    FlowTrace trace = trace(TRAINING);
    TraceEvent event = trace.events().getFirst();
    TraceEventData withOrder = attributes(TRAINING).attribute("order.id", "4711").build();
    TraceQuery order = TraceQuery.builder().attribute("order.id", "4711").build();

    store.storeTrace(trace.withEvents(List.of(event.toBuilder().data(withOrder).build())));
    assertThat(store.count(order)).isEqualTo(1);

    store.storeEvent(trace.traceId(), event);
    assertThat(store.count(order)).isZero();
  }

  @Test
  void aBackupHasTheDictionary() {
    store.storeTraces(traces(0, TRAINING + 10));
    Path copy = directory.resolve("copy.db");

    store.unwrap(SqliteMaintenance.class).backupTo(copy);

    try (TraceStore restored = SqliteConfig.of(copy).open()) {
      assertThat(restored.getTrace(Samples.traceId(TRAINING + 5))).contains(trace(TRAINING + 5));
    }
  }

  @Test
  void aStoreWithoutTracesHasNoBytesOfDataThoughItHasADictionary() throws SQLException {
    store.storeTraces(traces(0, TRAINING + 10));

    store.purgeBefore(Samples.START.plusSeconds(10_000));

    assertThat(dictionaries()).isEqualTo(1);
    assertThat(store.metrics().dataBytes()).isZero();
  }

  @Test
  void aDictionaryThatIsGoneIsNamed() throws SQLException {
    store.storeTraces(traces(0, TRAINING + 10));
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("t.db"))) {
      PlainSql.execute(connection, "DELETE FROM dictionaries");
    }
    try (TraceStore reader = config().readOnly(true).open()) {
      assertThatThrownBy(() -> reader.getTrace(Samples.traceId(TRAINING + 5)))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("it needs dictionary 1, which is not there");
    }
  }
}
