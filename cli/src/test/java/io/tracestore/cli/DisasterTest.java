package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.migration.SampleTraces;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store is backed up while it is written to, then destroyed, and restored: what was acknowledged
 * before the backup began is there, and nothing else than what was stored.
 */
class DisasterTest {
  private static final int BEFORE = 300;
  private static final int SAMPLES = 5_000;
  private static final List<FlowTrace> TRACES = SampleTraces.of(31).next(SAMPLES);

  @TempDir private Path folder;

  private String db(String name) {
    return "sqlite:" + folder.resolve(name + ".db");
  }

  @Test
  void anExportUnderLoadRestoresWhatWasAcknowledged() throws Exception {
    String file = folder.resolve("backup.jsonl.zst").toString();
    int acknowledged = backUpUnderLoad("export", db("live"), file);
    destroy();

    assertThat(CliRun.of("restore", file, db("restored")).exitCode()).isZero();
    assertRestored(db("restored"), acknowledged);
  }

  @Test
  void aCopyUnderLoadHoldsWhatWasAcknowledged() throws Exception {
    String file = folder.resolve("copy.db").toString();
    int acknowledged = backUpUnderLoad("backup", db("live"), file);
    destroy();

    assertRestored(db("copy"), acknowledged);
  }

  /** Runs {@code command} in the middle of writing; how many were acknowledged before. */
  private int backUpUnderLoad(String... command) throws InterruptedException {
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> write(acknowledged, stop));
    try {
      while (acknowledged.get() < BEFORE) {
        Thread.onSpinWait();
      }
      int before = acknowledged.get();
      assertThat(CliRun.of(command).exitCode()).isZero();
      return before;
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  private void write(AtomicInteger acknowledged, AtomicBoolean stop) {
    try (TraceStore store = TraceStores.open(db("live"))) {
      for (int i = 0; i < SAMPLES && !stop.get(); i++) {
        store.storeTrace(TRACES.get(i));
        acknowledged.set(i + 1);
      }
    }
  }

  private void destroy() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().contains("live")).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void assertRestored(String uri, int acknowledged) {
    Map<Object, FlowTrace> stored =
        TRACES.stream().collect(Collectors.toMap(FlowTrace::traceId, Function.identity()));
    try (TraceStore store = TraceStores.open(uri)) {
      for (FlowTrace trace : TRACES.subList(0, acknowledged)) {
        assertThat(store.getTrace(trace.traceId())).contains(trace);
      }
      try (var cursor = store.openCursor(TraceQuery.ALL)) {
        cursor.forEachRemaining(trace -> assertThat(trace).isEqualTo(stored.get(trace.traceId())));
      }
    }
  }
}
