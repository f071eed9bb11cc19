package io.tracestore.system.reflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.Backup;
import io.tracestore.migration.ImportListener;
import io.tracestore.migration.TraceImporter;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.SharedServers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of Reflow programs, with every field and every absence, through the importer, each backend,
 * the exporter and back.
 */
class ReflowRoundTripTest {
  private static final String TODAY = "today.json";
  private static final String FIRST_GENERATION = "first-generation.json";
  private static final TraceQuery ALL = TraceQuery.builder().build();

  @TempDir private Path folder;
  private int stores;

  @Test
  void mem_gives_back_files_of_both_generations_equal() throws IOException {
    goThrough(() -> "mem:", uri -> {});
  }

  @Test
  void sqlite_gives_back_files_of_both_generations_equal() throws IOException {
    goThrough(() -> "sqlite:" + newFile(".db"), uri -> {});
  }

  @Test
  void chronicle_gives_back_files_of_both_generations_equal() throws IOException {
    goThrough(() -> "chronicle:" + newFile(".map") + "?maxTraces=1000", uri -> {});
  }

  @Test
  void postgresql_gives_back_files_of_both_generations_equal() throws IOException {
    PostgresServer server = PostgresServers.main();
    goThrough(() -> server.newStoreUri(""), server::drop);
  }

  @Test
  void redis_gives_back_files_of_both_generations_equal() throws IOException {
    goThrough(
        () -> SharedServers.newDatabase(RedisServer.embedded()) + "?ttl=none",
        SharedServers::removeData);
  }

  @Test
  @ExtendWith(ClickHouseNeeds.AnyServer.class)
  void clickhouse_gives_back_files_of_both_generations_equal() throws IOException {
    ClickHouseEndpoint server = ClickHouseServers.main();
    goThrough(() -> server.newStoreUri(""), server::drop);
  }

  private Path newFile(String end) {
    return folder.resolve("store" + ++stores + end);
  }

  private void goThrough(Supplier<String> newUri, Consumer<String> remove) throws IOException {
    String source = newUri.get();
    String target = newUri.get();
    try (TraceStore store = TraceStores.open(source);
        TraceStore copy = TraceStores.open(target)) {
      goThrough(store, copy);
    } finally {
      remove.accept(source);
      remove.accept(target);
    }
  }

  private void goThrough(TraceStore store, TraceStore copy) throws IOException {
    importFile(store, fileOf(TODAY), 5);
    importFile(store, fileOf(FIRST_GENERATION), 1);
    assertHolds(store);

    Path lines = folder.resolve("lines.jsonl");
    Backup.write(store, ALL, lines, Backup.Layout.LINES_WITH_CUSTOM_EVENTS, traces -> {});
    List<JsonValue> written =
        Files.readAllLines(lines).stream().map(ReflowJson::readValue).toList();
    assertThat(written).hasSize(6).contains(documents(TODAY).getFirst());

    Path backup = folder.resolve("backup.jsonl.zst");
    Backup.write(store, ALL, backup, Backup.Layout.BACKUP, traces -> {});
    importFile(copy, backup, 6);
    assertHolds(copy);
    importFile(copy, lines, 6);
    assertHolds(copy);
  }

  private static void importFile(TraceStore store, Path file, long traces) {
    var report = TraceImporter.importFiles(store, List.of(file), null, new ImportListener() {});

    assertThat(report.firstRejections()).isEmpty();
    assertThat(report.stored()).isEqualTo(traces);
  }

  private static void assertHolds(TraceStore store) throws IOException {
    for (String name : List.of(TODAY, FIRST_GENERATION)) {
      for (JsonValue document : documents(name)) {
        FlowTrace trace = ReflowJson.readTrace(ReflowJson.write(document));
        assertThat(store.getTrace(trace.traceId())).contains(trace);
      }
    }
    assertThat(store.count(ALL)).isEqualTo(6);
  }

  /** The traces of a file as they stand in it, read without the codec of traces. */
  private static List<JsonValue> documents(String name) throws IOException {
    JsonValue value = ReflowJson.readValue(text(name));
    return value instanceof JsonArray array ? array.elements() : List.of((JsonObject) value);
  }

  private Path fileOf(String name) throws IOException {
    return Files.writeString(folder.resolve(name), text(name));
  }

  private static String text(String name) throws IOException {
    try (InputStream in = ReflowRoundTripTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
