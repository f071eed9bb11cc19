package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.Capability;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Promise 10: a cursor over any number of traces holds one chunk. */
abstract class BoundedMemoryPromises extends StorePromises {
  private static final int TRACES = 1500;
  private static final int BYTES_PER_TRACE = 100_000;

  @Test
  void aCursorReadsMoreThanTheMemoryHolds() throws IOException, InterruptedException {
    onlyIf(Capability.PERSISTENT);
    for (int from = 0; from < TRACES; from += 50) {
      List<FlowTrace> batch =
          LongStream.range(from, from + 50)
              .mapToObj(number -> Samples.bulky(number, BYTES_PER_TRACE))
              .toList();
      store().storeTraces(batch);
    }
    store().close();
    try (ChildProcess reader = ChildProcess.startReader(fixture(), kitStore().uri(), "96m")) {
      assertThat(reader.awaitEnd()).isEqualTo(0);
      assertThat(reader.acknowledged()).containsExactly((long) TRACES);
    }
  }

  @Test
  void aCursorReadsLargeHeadersInASmallHeap() throws IOException, InterruptedException {
    onlyIf(Capability.PERSISTENT);
    int headers = 200;
    // One letter: what is small on a disk is large in memory.
    String text = "x".repeat(1 << 20);
    for (int number = 0; number < headers; number++) {
      FlowTrace header = Samples.header(number);
      TraceMetadata metadata = TraceMetadata.builder().tag("text", text).build();
      store().storeTrace(header.toBuilder().metadata(metadata).build());
    }
    store().close();
    try (ChildProcess reader = ChildProcess.startReader(fixture(), kitStore().uri(), "96m")) {
      assertThat(reader.awaitEnd()).isEqualTo(0);
      assertThat(reader.acknowledged()).containsExactly((long) headers);
    }
  }
}
