package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Every item that a writer takes is stored, or its listener gets it. */
abstract class WriterPromises extends StorePromises {
  private final Unwritten unwritten = new Unwritten();

  private static final class Unwritten implements WriterListener {
    final ConcurrentLinkedQueue<Object> items = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<TraceStoreException> causes = new ConcurrentLinkedQueue<>();

    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      items.add(trace);
      causes.add(cause);
    }

    @Override
    public void eventsNotWritten(TraceId id, List<TraceEvent> events, TraceStoreException cause) {
      items.addAll(events);
      causes.add(cause);
    }
  }

  private TraceWriter writer() {
    return store()
        .writer(
            WriterOptions.builder(unwritten)
                .maxDelay(Duration.ofDays(1))
                .batchItems(97)
                // As long as a slow machine may take.
                .closeTimeout(Duration.ofMinutes(10))
                .build());
  }

  @Test
  void tracesAndEventsOfManyThreadsAreStored() throws InterruptedException {
    int threads = 20;
    int perThread = 25;
    try (TraceWriter writer = writer()) {
      List<Thread> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int first = t * perThread;
        running.add(
            Thread.startVirtualThread(() -> {
              for (int i = first; i < first + perThread; i++) {
                writer.write(Samples.traceId(i), Samples.event(7));
                writer.write(Samples.trace(i));
                writer.write(Samples.traceId(i), Samples.event(8));
              }
            }));
      }
      for (Thread thread : running) {
        thread.join();
      }
    }
    assertThat(unwritten.causes).isEmpty();
    assertThat(store().count(TraceQuery.ALL)).isEqualTo((long) threads * perThread);
    for (int i = 0; i < threads * perThread; i++) {
      isAnswer(
          store().getEvents(Samples.traceId(i)),
          List.of(Samples.event(0), Samples.event(1), Samples.event(7), Samples.event(8)));
    }
  }

  @Test
  void flushedItemsAreVisible() {
    try (TraceWriter writer = writer()) {
      writer.write(Samples.trace(1));
      writer.write(Samples.traceId(2), Samples.event(1));
      writer.flush();
      isAnswer(store().getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
      isAnswer(store().getEvents(Samples.traceId(2)), List.of(Samples.event(1)));
    }
  }

  @Test
  void theLaterWriteWins() {
    FlowTrace done = Samples.header(1).toBuilder().status(ExecutionStatus.completed()).build();
    TraceEvent before = Samples.event(3, "before");
    TraceEvent after = Samples.event(3, "after");
    try (TraceWriter writer = writer()) {
      writer.write(Samples.header(1));
      writer.write(Samples.traceId(1), before);
      writer.write(done);
      writer.write(Samples.traceId(1), after);
    }
    isAnswer(store().getTrace(Samples.traceId(1)), Optional.of(done.withEvents(List.of(after))));
  }

  @Test
  void refusedItemsGoToTheListenerAndTheRestIsStored() {
    FlowTrace other = Samples.header(2).toBuilder().flowId("another").build();
    store().storeTrace(Samples.header(2));
    try (TraceWriter writer = writer()) {
      writer.write(Samples.trace(1));
      writer.write(other);
      writer.write(Samples.trace(3));
    }
    assertThat(unwritten.items).containsExactly(other);
    assertThat(unwritten.causes).singleElement().isInstanceOf(StoreConflictException.class);
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(3);
  }

  @Test
  void itemsLeftWhenTheStoreIsClosedGoToTheListener() {
    try (TraceWriter writer = writer()) {
      writer.write(Samples.trace(1));
      writer.write(Samples.traceId(2), Samples.event(1));
      store().close();
    }
    isAnswer(List.copyOf(unwritten.items), List.of(Samples.trace(1), Samples.event(1)));
    assertThat(unwritten.causes)
        .allSatisfy(cause -> assertThat(cause).isInstanceOf(StoreClosedException.class));
  }
}
