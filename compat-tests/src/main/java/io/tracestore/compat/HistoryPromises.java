package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.ForwardingTraceStore;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deletes and changes, earlier or concurrent, never distort an answer. */
abstract class HistoryPromises extends StorePromises {
  private static final int TRACES = 700;

  /** Every {@code oneOf}th trace is deleted, from the first on. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 128})
  void everyPageCountAndPurgeAfterManyDeletesIsThatOfWhatIsLeft(int oneOf) {
    List<FlowTrace> left = new ArrayList<>(Samples.traces(0, TRACES));
    store().storeTraces(left);
    // In a run that begins where an index may cut: 128, 256, 512 traces.
    int first = 128;
    int most = fixture().tries(260);
    for (int number = first; number < first + most && number < TRACES; number += oneOf) {
      assertThat(store().deleteTrace(Samples.traceId(number))).isTrue();
      left.remove(Samples.trace(number));
    }
    List<FlowTrace> newestFirst = left.reversed();
    for (int at = 0; at < newestFirst.size(); at += 97) {
      TraceQuery page = TraceQuery.builder().limit(40).build().after(newestFirst.get(at));
      isAnswer(
          store().queryTraces(page),
          newestFirst.subList(
              Math.min(at + 1, newestFirst.size()), Math.min(at + 41, newestFirst.size())));
    }
    TraceQuery range =
        TraceQuery.builder()
            .startedFrom(Samples.T0.plusSeconds(200))
            .startedTo(Samples.T0.plusSeconds(500))
            .build();
    assertThat(store().count(range)).isEqualTo(left.stream().filter(range::matches).count());
    isAnswer(read(range), newestFirst.stream().filter(range::matches).toList());
    isAnswer(read(TraceQuery.ALL), newestFirst);

    List<FlowTrace> old =
        left.stream()
            .filter(trace -> trace.startTime().isBefore(Samples.T0.plusSeconds(300)))
            .toList();
    assertThat(store().purgeBefore(Samples.T0.plusSeconds(300))).isEqualTo(old.size());
    left.removeAll(old);
    isAnswer(read(TraceQuery.ALL), left.reversed());
  }

  @Test
  void aCursorGivesOnlyTracesThatMatch() {
    int traces = 20;
    store().storeTraces(Samples.traces(0, traces));
    TraceQuery running = TraceQuery.builder().status(ExecutionStatus.Kind.RUNNING).build();
    List<FlowTrace> given = new ArrayList<>();
    List<TraceId> finished = new ArrayList<>();
    try (TraceCursor cursor = store().openCursor(running)) {
      while (cursor.hasNext()) {
        FlowTrace trace = cursor.next();
        given.add(trace);
        if (given.size() == 1) {
          for (int number = 0; number < traces - 1; number++) {
            store()
                .storeTrace(
                    Samples.header(number).toBuilder().status(ExecutionStatus.completed()).build());
            finished.add(Samples.traceId(number));
          }
        }
      }
    }
    assertThat(given).allMatch(running::matches);
    assertThat(given).first().isEqualTo(Samples.trace(traces - 1));
    assertThat(finished).hasSize(traces - 1);
    isAnswer(read(running), List.of(Samples.trace(traces - 1)));
  }

  @Test
  void eventsThatAreThereThroughoutAreCountedOnceWhileTheirHeadersCome()
      throws InterruptedException {
    int traces = fixture().tries(300);
    for (int number = 0; number < traces; number++) {
      store().storeEvent(Samples.traceId(number), Samples.event(1));
    }
    AtomicBoolean ended = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread headers =
        Thread.startVirtualThread(() -> {
          try {
            for (int number = 0; number < traces; number++) {
              store().storeTrace(Samples.header(number));
            }
          } catch (Throwable e) {
            failure.set(e);
          } finally {
            ended.set(true);
          }
        });
    do {
      long counted =
          store().eventMetrics(EventMetricsQuery.ALL).stream()
              .mapToLong(EventMetrics::events)
              .sum();
      assertThat(counted).isEqualTo(traces);
    } while (!ended.get());
    headers.join();
    assertThat(failure).hasNullValue();
  }

  /**
   * A store that fails once to store the first trace of the first batch, with a retryable error.
   */
  private static final class Hesitating extends ForwardingTraceStore {
    private final AtomicBoolean first = new AtomicBoolean(true);

    Hesitating(TraceStore store) {
      super(store);
    }

    @Override
    public void storeTraces(Collection<FlowTrace> traces) {
      List<FlowTrace> batch = List.copyOf(traces);
      if (!first.getAndSet(false)) {
        super.storeTraces(batch);
        return;
      }
      super.storeTraces(batch.subList(1, batch.size()));
      throw new BatchStoreException(
          batch.size(),
          List.of(
              new BatchStoreException.Failure(
                  0, batch.getFirst().traceId(), new StoreUnavailableException("away", null))));
    }
  }

  private static final class Unwritten implements WriterListener {
    private final ConcurrentLinkedQueue<TraceStoreException> causes = new ConcurrentLinkedQueue<>();

    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      causes.add(cause);
    }

    @Override
    public void eventsNotWritten(TraceId id, List<TraceEvent> events, TraceStoreException cause) {
      causes.add(cause);
    }
  }

  @Test
  void retriedWritesKeepTheirOrderForEachTrace() {
    FlowTrace failed =
        Samples.header(1).toBuilder()
            .status(ExecutionStatus.failed("first"))
            .events(List.of(Samples.event(1), Samples.event(2, "before")))
            .build();
    FlowTrace completed =
        Samples.header(1).toBuilder()
            .status(ExecutionStatus.completed())
            .events(List.of(Samples.event(2, "after")))
            .build();
    Unwritten unwritten = new Unwritten();
    Hesitating hesitating = new Hesitating(store());
    WriterOptions options =
        WriterOptions.builder(unwritten)
            .maxDelay(Duration.ofDays(1))
            .backoff(Duration.ofNanos(1), Duration.ofMillis(1))
            .build();
    try (TraceWriter writer = hesitating.writer(options)) {
      writer.write(failed);
      writer.write(completed);
    }
    assertThat(unwritten.causes).isEmpty();
    isAnswer(
        store().getTrace(Samples.traceId(1)),
        Optional.of(completed.withEvents(List.of(Samples.event(1), Samples.event(2, "after")))));
  }
}
