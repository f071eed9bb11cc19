package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The write-ahead log stays short even while readers overlap. */
class WalLengthTest {
  private static final int MIB = 1 << 20;
  @TempDir Path directory;
  private TraceStore store;
  private int stored;

  @BeforeEach
  void open() {
    store = SqliteConfig.of(directory.resolve("t.db")).open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void store(int mebibytes) {
    for (int i = 0; i < mebibytes; i++) {
      FlowTrace trace = Samples.trace(stored++, 1);
      byte[] payload = new byte[MIB];
      new Random(stored).nextBytes(payload);
      TraceEventData data =
          TraceEventData.builder().message(MessageSnapshot.of("m", Bytes.of(payload))).build();
      TraceEvent event = trace.events().getFirst().toBuilder().data(data).build();
      store.storeTrace(trace.withEvents(List.of(event)));
    }
  }

  private long log() {
    return store.metrics().gauges().getOrDefault("walBytes", -1L);
  }

  @Test
  void readersThatOverlapDoNotLetItGrow() throws InterruptedException {
    List<FlowTrace> many = new ArrayList<>();
    for (int n = 0; n < 300; n++) {
      many.add(Samples.trace(1_000_000 + n, 200));
    }
    store.storeTraces(many);
    AtomicBoolean done = new AtomicBoolean();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!done.get()) {
                  store.eventMetrics(EventMetricsQuery.builder().build());
                }
              }));
    }

    store(200);

    long length = log();
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(length).isLessThan(3 * Connections.LOG_BYTES);
  }

  @Test
  void theLogShrinksAfterALongReader() throws Exception {
    try (Connection reader = store.unwrap(DataSource.class).getConnection()) {
      PlainSql.execute(reader, "BEGIN");
      PlainSql.number(reader, "SELECT count(*) FROM traces");
      store(140);
      assertThat(log()).isGreaterThan(130L * MIB);
      assertThat(store.healthCheck().warnings())
          .anyMatch(warning ->
              warning.matches("the write-ahead log has 1\\d\\d MiB: a reader keeps what is in it"));
    }

    store(60);

    assertThat(log()).isLessThanOrEqualTo(Connections.LOG_BYTES + 4 * MIB);
    assertThat(store.healthCheck().warnings())
        .noneMatch(warning -> warning.contains("write-ahead log"));
  }
}
