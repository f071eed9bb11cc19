package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is opened with larger values grows. */
class GrowthTest {
  @TempDir private Path directory;

  @Test
  void aFileOpenedWithALargerBoundTakesMoreAndKeepsWhatItHas() throws IOException {
    try (TraceStore store = Traces.open(directory, 600)) {
      store.storeTraces(Traces.traces(0, 600));
    }
    try (TraceStore store = Traces.open(directory, 200_000)) {
      store.storeTrace(Traces.trace(600));
      assertThat(store.queryTraces(TraceQuery.builder().limit(1000).build()))
          .isEqualTo(Traces.traces(0, 601).reversed());
      assertThat(store.count(TraceQuery.builder().flowId("flow").build())).isEqualTo(601);
    }
    assertThat(files()).containsExactly("traces.map", "traces.map.lock");
  }

  private Stream<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @Test
  void aFileKeepsItsSizeWhenNoneIsGiven() {
    try (TraceStore store = Traces.open(directory, 3)) {
      store.storeTraces(Traces.traces(0, 3));
    }
    try (TraceStore store = ChronicleConfig.of(directory.resolve("traces.map")).open()) {
      assertThatThrownBy(() -> store.storeTrace(Traces.trace(3)))
          .isInstanceOf(StoreCapacityException.class)
          .hasMessageContaining("maxTraces is 3");
    }
  }

  @Test
  void aFileDoesNotShrink() {
    try (TraceStore store = Traces.open(directory, 30)) {
      store.storeTraces(Traces.traces(0, 30));
    }
    try (TraceStore store = Traces.open(directory, 3)) {
      assertThat(store.metrics().counters()).containsEntry("maxTraces", 30L);
    }
  }

  @Test
  void theLeftoversOfAnInterruptedGrowthAreReplaced() throws IOException {
    try (TraceStore store = Traces.open(directory, 3)) {
      store.storeTrace(Traces.trace(1));
    }
    Files.writeString(directory.resolve("traces.map.new"), "half a map");
    try (TraceStore store = Traces.open(directory, 4)) {
      assertThat(store.getTrace(Traces.id(1))).contains(Traces.trace(1));
    }
  }
}
