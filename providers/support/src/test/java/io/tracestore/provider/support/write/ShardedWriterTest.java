package io.tracestore.provider.support.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException.Failure;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardedWriterTest {
  /** Batches of the two writers. */
  private final List<List<List<String>>> written =
      List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());

  private final ShardedWriter<String> writer = new ShardedWriter<>(writers(), 3, 100);

  @AfterEach
  void close() {
    writer.close();
  }

  private List<GroupWriter<String>> writers() {
    return written.stream()
        .map(batches ->
            new GroupWriter<String>(
                "test:",
                batch -> write(batches, batch),
                e -> new TraceStoreException(String.valueOf(e.getMessage()), e),
                String::length,
                1_000))
        .toList();
  }

  private static List<WriteOutcome> write(List<List<String>> batches, List<String> batch) {
    batches.add(batch);
    return batch.stream()
        .map(word ->
            word.startsWith("no")
                ? WriteOutcome.refused(new TraceStoreException("refused", null))
                : WriteOutcome.stored(word.length()))
        .toList();
  }

  /** A trace of the given writer, of which {@link #word} makes a write that is {@code flow}. */
  private static FlowTrace trace(int shard, int number, String flow) {
    return FlowTrace.builder(flow).traceId(id(shard, number)).build();
  }

  private static TraceId id(int shard, int number) {
    return new TraceId(new UUID(0, 2L * number + shard));
  }

  private static String word(FlowTrace trace) {
    if (trace.flowId().equals("unreadable")) {
      throw new TraceStoreException("cannot be encoded", null);
    }
    return trace.flowId();
  }

  private List<String> words(int shard) {
    return written.get(shard).stream().flatMap(List::stream).toList();
  }

  @Test
  void aWriteReturnsItsCount() {
    assertThat(writer.write(id(0, 1), "four")).isEqualTo(4);
  }

  @Test
  void aRefusedWriteThrowsItsReason() {
    assertThatThrownBy(() -> writer.write(id(0, 1), "no")).hasMessage("refused");
  }

  @Test
  void writesOfATraceAlwaysGoToTheSameWriterInTheirOrder() {
    writer.write(id(0, 1), "a");
    writer.write(id(1, 1), "b");
    writer.storeAll(List.of(trace(1, 1, "c"), trace(0, 1, "d")), ShardedWriterTest::word);
    writer.write(id(0, 1), "e");

    assertThat(words(0)).containsExactly("a", "d", "e");
    assertThat(words(1)).containsExactly("b", "c");
  }

  @Test
  void aCallOfManyTracesIsCutIntoPartsThatKeepTheOrder() {
    List<String> words = IntStream.range(0, 100).mapToObj(i -> "w" + i).toList();
    List<FlowTrace> traces = IntStream.range(0, 100).mapToObj(i -> trace(0, i, "w" + i)).toList();

    assertThat(writer.storeAll(traces, ShardedWriterTest::word)).isEmpty();

    assertThat(words(0)).isEqualTo(words);
    assertThat(writer.counters()).containsEntry("committedWrites", 100L);
  }

  @Test
  void theFailuresOfACallAreThoseOfRefusalAndOfEncodingInTheOrderOfTheCall() {
    List<FlowTrace> traces = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      traces.add(trace(1, i, "stored"));
      traces.add(trace(1, 10 + i, "no"));
      traces.add(trace(0, 20 + i, "unreadable"));
      traces.add(trace(0, 30 + i, "no"));
    }

    List<Failure> failures = writer.storeAll(traces, ShardedWriterTest::word);

    assertThat(failures)
        .extracting(Failure::index)
        .containsExactly(1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15);
    assertThat(failures)
        .allSatisfy(failure ->
            assertThat(failure.traceId()).isEqualTo(traces.get(failure.index()).traceId()));
    assertThat(failures)
        .extracting(failure -> String.valueOf(failure.cause().getMessage()))
        .containsExactlyElementsOf(
            Stream.generate(() -> List.of("refused", "cannot be encoded", "refused"))
                .limit(4)
                .flatMap(List::stream)
                .toList());
  }

  @Test
  void afterTheCloseEveryTraceOfACallFails() {
    writer.close();

    assertThat(
            writer.storeAll(List.of(trace(0, 1, "a"), trace(1, 1, "b")), ShardedWriterTest::word))
        .hasSize(2)
        .allSatisfy(
            failure -> assertThat(failure.cause()).isInstanceOf(StoreClosedException.class));
  }

  @Test
  void gaugesAreTheSumsOfTheWriters() {
    assertThat(writer.gauges()).isEqualTo(Map.of("queuedWrites", 0L, "queuedBytes", 0L));
  }
}
