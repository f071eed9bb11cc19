package io.tracestore.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A store is compared with a peer that writes as many rows and bytes as it does. */
class PeerRowsTest {
  private static final int TRACES = 200;

  private final List<Scratch> places = new ArrayList<>();
  private List<FlowTrace> traces = List.of();

  @BeforeEach
  void makeTraces() {
    Workload workload = Workload.load();
    traces = IntStream.range(0, TRACES).mapToObj(workload::trace).toList();
  }

  @AfterEach
  void removePlaces() {
    places.forEach(Scratch::remove);
  }

  @Test
  void thePeerOfSqliteWritesTheRowsOfTheStore() throws Exception {
    assertSameRows(
        "sqlite:",
        "SELECT count(*), sum(length(header)), sum(length(terms)), count(duration_class) FROM traces",
        "SELECT count(*), sum(length(body)), count(execution_ns), count(to_actor) FROM events",
        "SELECT count(*) FROM trace_actors",
        "SELECT count(*) FROM trace_event_types",
        "SELECT count(*) FROM trace_tags",
        "SELECT count(*) FROM trace_terms",
        "SELECT count(*) FROM trace_names",
        "SELECT count(*) FROM names");
  }

  @Test
  void thePeerOfPostgresqlWritesTheRowsOfTheStore() throws Exception {
    String server = PostgresTestServer.start().uri();
    assertSameRows(
        server,
        "SELECT count(*), sum(length(body)), sum(cardinality(facets)), sum(cardinality(terms)),"
            + " sum(length(labels::text)), count(duration_ns) FROM traces",
        "SELECT count(*), sum(length(body)), count(execution_ns), count(to_actor) FROM events");
  }

  @Test
  @ExtendWith(ClickHouseNeeds.OwnServer.class)
  void thePeerOfClickhouseWritesTheRowsOfTheStore() throws Exception {
    String server = ClickHouseTestServer.start();
    assertSameRows(
        server,
        "SELECT count(*), sum(length(header)) FROM records WHERE section = 'trace'",
        "SELECT count(*), sum(length(header)) FROM records WHERE section = 'time'",
        "SELECT count(*), sum(length(header)) FROM records WHERE section = 'flow'",
        "SELECT count(*), sum(length(name)) FROM records WHERE section = 'actor'",
        "SELECT count(*) FROM records WHERE section = 'term'",
        "SELECT count(*) FROM records");
  }

  private void assertSameRows(String store, String... questions) throws Exception {
    assertThat(answers(ofPeer(store), questions)).isEqualTo(answers(ofStore(store), questions));
  }

  private static List<String> answers(Scratch place, String... questions) throws Exception {
    List<String> answers = new ArrayList<>();
    try (TraceStore store = place.open()) {
      for (String question : questions) {
        String answer =
            place.uri().scheme().equals("clickhouse")
                ? answerOfClickhouse(store, place, question)
                : answerOfJdbc(store, place, question);
        answers.add(question + ": " + answer);
      }
    }
    return answers;
  }

  private static String answerOfJdbc(TraceStore store, Scratch place, String question)
      throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection();
        Statement statement = connection.createStatement()) {
      String schema = place.uri().options().get("schemaName");
      if (schema != null) {
        connection.setSchema(schema);
      }
      try (ResultSet row = statement.executeQuery(question)) {
        row.next();
        List<Object> values = new ArrayList<>();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
          values.add(row.getLong(column));
        }
        return values.toString();
      }
    }
  }

  @SuppressWarnings("try") // an interrupt may pass
  private static String answerOfClickhouse(TraceStore store, Scratch place, String question)
      throws Exception {
    QuerySettings settings =
        new QuerySettings()
            .setFormat(ClickHouseFormat.TabSeparated)
            .setDatabase(Objects.requireNonNull(place.uri().options().get("database")));
    try (QueryResponse response = store.unwrap(Client.class).query(question, settings).get()) {
      return new String(response.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Scratch place(String store, String name) {
    Scratch place = Scratch.of(store, name);
    places.add(place);
    return place;
  }

  private Scratch ofStore(String store) {
    Scratch place = place(store, "rows_of_store");
    try (TraceStore opened = place.open()) {
      opened.storeTraces(traces);
    }
    return place;
  }

  private Scratch ofPeer(String store) throws Exception {
    Scratch place = place(store, "rows_of_peer");
    try (Baseline peer = Baseline.open(place)) {
      assertThat(peer.writing(traces).call()).isNotNull();
    }
    return place;
  }

  @Test
  void thePeerOfRedisWritesTheKeysOfTheStore() throws Exception {
    String server = "redis://" + RedisTestServer.start().address();
    Scratch store = ofStore(server);
    Scratch peer = ofPeer(server);
    RedisClient client = RedisClient.create(server);
    try {
      RedisCommands<String, String> commands = client.connect().sync();
      assertThat(entries(commands, peer)).isEqualTo(entries(commands, store));
    } finally {
      client.shutdown();
    }
  }

  /** How many keys of traces there are of each type, and how many entries they have. */
  private static Map<String, Long> entries(RedisCommands<String, String> commands, Scratch place) {
    String prefix = Objects.requireNonNull(place.uri().options().get("keyPrefix"));
    Map<String, Long> entries = new TreeMap<>();
    for (String key : commands.keys(prefix + ":*")) {
      if (key.endsWith("meta")) {
        continue; // of the store, not of its traces
      }
      String type = commands.type(key);
      entries.merge(type + " keys", 1L, Long::sum);
      long size =
          switch (type) {
            case "hash" -> commands.hlen(key);
            case "zset" -> commands.zcard(key);
            default -> 1;
          };
      entries.merge(type + " entries", size, Long::sum);
    }
    return entries;
  }
}
