package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Promise 7: every later call on the store sees the traces and events that a call stored. */
abstract class ReadYourWritesPromises extends StorePromises {
  @Test
  void everyReadSeesTheWriteBeforeIt() {
    int rounds = fixture().tries(200);
    for (int number = 0; number < rounds; number++) {
      FlowTrace trace = Samples.trace(number);
      TraceId id = trace.traceId();
      store().storeTrace(trace);
      isAnswer(store().getTrace(id), Optional.of(trace));
      store().storeEvent(id, Samples.event(5));
      assertThat(store().getEvents(id)).hasSize(3);
      TraceQuery query = TraceQuery.builder().executionId(trace.executionId()).build();
      assertThat(store().count(query)).isEqualTo(1);
      assertThat(store().queryTraces(TraceQuery.builder().limit(1).build()))
          .extracting(FlowTrace::traceId)
          .containsExactly(id);
      if (number % 2 == 0) {
        assertThat(store().deleteTrace(id)).isTrue();
        assertThat(store().getTrace(id)).isEmpty();
        assertThat(store().count(query)).isEqualTo(0);
      }
    }
  }

  @Test
  void aWriteIsSeenByOtherThreadsOnceItReturned() {
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      int rounds = fixture().tries(100);
      for (int number = 0; number < rounds; number++) {
        FlowTrace trace = Samples.trace(number);
        store().storeTrace(trace);
        List<CompletableFuture<Boolean>> seen =
            IntStream.range(0, 5)
                .mapToObj(i ->
                    CompletableFuture.supplyAsync(
                        () -> store().getTrace(trace.traceId()).equals(Optional.of(trace)), others))
                .toList();
        assertThat(seen).allSatisfy(result -> assertThat(result.join()).isTrue());
      }
    }
  }

  @Test
  void everyThreadSeesItsOwnWritesWhileOthersWrite() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Boolean>> seen =
          IntStream.range(0, 500)
              .mapToObj(number ->
                  CompletableFuture.supplyAsync(
                      () -> {
                        FlowTrace trace = Samples.trace(number);
                        store().storeTrace(trace);
                        return store().getTrace(trace.traceId()).equals(Optional.of(trace));
                      },
                      threads))
              .toList();
      assertThat(seen).allSatisfy(result -> assertThat(result.join()).isTrue());
    }
  }
}
