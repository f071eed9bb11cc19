package io.tracestore.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that write through a {@link TraceWriter} while its server goes and comes back. */
public final class SoakedWriter {
  private static final int THREADS = 4;
  private static final int BEFORE = 300;
  private static final int AFTER = 300;

  private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final ConcurrentLinkedQueue<TraceStoreException> lost = new ConcurrentLinkedQueue<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger end = new AtomicInteger(Integer.MAX_VALUE);

  /** A fault of the server. */
  @FunctionalInterface
  public interface Fault {
    /** Takes the server away and brings it back. */
    void happen(TraceWriter writer) throws Exception;
  }

  /** Writes before, during and after {@code fault}, and checks that all of it is stored. */
  public void run(TraceStore store, Fault fault) throws Exception {
    WriterOptions options =
        WriterOptions.builder(new Listener())
            .queueBytes(200_000)
            .batchItems(50)
            .backoff(Duration.ofMillis(5), Duration.ofMillis(200))
            .retryFor(Duration.ofMinutes(2))
            .closeTimeout(Duration.ofMinutes(2))
            .build();
    try (TraceWriter writer = store.writer(options)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(Thread.startVirtualThread(() -> write(writer)));
      }
      awaitWritten(writer, BEFORE);
      fault.happen(writer);
      end.set(next.get() + AFTER);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(lost).isEmpty();
    int written = end.get();
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(written);
    for (int i = 0; i < written; i++) {
      assertThat(store.getTrace(trace(i).traceId()))
          .contains(trace(i).withEvents(List.of(event(i))));
    }
  }

  private void write(TraceWriter writer) {
    for (int i = next.getAndIncrement(); i < end.get(); i = next.getAndIncrement()) {
      writer.write(trace(i));
      writer.write(trace(i).traceId(), event(i));
    }
  }

  private void awaitWritten(TraceWriter writer, int items) {
    while (writer.metrics().writtenItems() < items && lost.isEmpty()) {
      Thread.onSpinWait();
    }
  }

  /** Waits until the writer has noticed that the server is away. */
  public void awaitRetries(TraceWriter writer) {
    while (writer.metrics().retries() == 0 && lost.isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private FlowTrace trace(int number) {
    return FlowTrace.builder("flow")
        .traceId(new TraceId(new UUID(1, number)))
        .executionId(new ExecutionId(new UUID(2, number)))
        .startTime(start)
        .build();
  }

  private TraceEvent event(int number) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor")
        .eventId(new EventId(new UUID(3, number)))
        .timestamp(start)
        .build();
  }

  private final class Listener implements WriterListener {
    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      lost.add(cause);
    }

    @Override
    public void eventsNotWritten(
        TraceId traceId, List<TraceEvent> events, TraceStoreException cause) {
      lost.add(cause);
    }
  }
}
