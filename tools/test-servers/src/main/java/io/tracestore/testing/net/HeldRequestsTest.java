package io.tracestore.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.tracestore.TraceStores;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The outcome of two calls at the same time equals the outcome of the same calls one after the
 * other, in one of the two orders. The first call is stopped at each of its requests in turn while
 * the second is made, by the same store and by another on the same data. A subclass provides the
 * server.
 */
public abstract class HeldRequestsTest {
  /** The calls that are made while the first one is stopped. */
  private static final List<Call> SECOND_CALLS =
      List.of(Call.STORE_TRACE, Call.STORE_EVENT, Call.DELETE, Call.PURGE);

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /**
   * How long a call that does not end is taken to be waiting for the one that is stopped, if {@link
   * #serverIsIdle} does not say so before. The assertions hold for every value; a longer time finds
   * more.
   */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  /** How often in a row the server has to be idle: a call may be between two of its requests. */
  private static final int IDLE_LOOKS = 5;

  private static final Instant START = Instant.parse("2026-03-04T05:06:07.123456789Z");
  private static final Instant CUTOFF = START.plusSeconds(3600);

  /** A trace that is there or not before the two calls. */
  protected enum Before {
    NOTHING,
    EARLY_EVENT,
    TRACE
  }

  /** A call. */
  protected enum Call {
    STORE_TRACE,
    STORE_EVENT,
    DELETE,
    PURGE,
    GET;

    boolean removes() {
      return this == DELETE || this == PURGE;
    }
  }

  /** The result of both calls, and everything that can be seen afterwards; events by number. */
  private record Outcome(
      Object first,
      Object second,
      Optional<List<Integer>> trace,
      List<Integer> events,
      long count,
      long countByActor,
      List<List<Integer>> page,
      long countedEvents) {
    Outcome withoutResults() {
      return new Outcome("", "", trace, events, count, countByActor, page, countedEvents);
    }
  }

  /** The URI of the store through {@code port} of loopback, in place of the server's own. */
  protected abstract String uri(int port);

  /** The server's port on loopback. */
  protected abstract int serverPort();

  /** Whether of two stores that remove a trace at the same time only one says that it did. */
  protected boolean tellsWhichStoreRemoved() {
    return true;
  }

  /**
   * Whether the server works for no store: then a call that does not end waits for the one that is
   * stopped. False by default, for servers that cannot be asked.
   */
  protected boolean serverIsIdle() {
    return false;
  }

  /**
   * How many pairs of calls a run tries, in a random order; all of them by default. {@code
   * tracestore.held.pairs} sets another number.
   */
  protected int pairs() {
    return Integer.MAX_VALUE;
  }

  /** Two calls that meet, on a trace that is there or not. */
  private record Meeting(Before before, Call first, Call second) {}

  private List<Meeting> meetings() {
    List<Meeting> all = new ArrayList<>();
    for (Before before : Before.values()) {
      for (Call first : Call.values()) {
        for (Call second : SECOND_CALLS) {
          all.add(new Meeting(before, first, second));
        }
      }
    }
    Collections.shuffle(all);
    return all.subList(
        0, Math.min(all.size(), Integer.getInteger("tracestore.held.pairs", pairs())));
  }

  @Test
  void two_calls_on_one_store_have_the_outcome_of_one_order() throws Exception {
    try (HoldingProxy proxy = new HoldingProxy("127.0.0.1", serverPort());
        TraceStore held = TraceStores.open(uri(proxy.port()))) {
      everyPair(proxy, held, held, true);
    }
  }

  @Test
  void two_calls_on_two_stores_have_the_outcome_of_one_order() throws Exception {
    try (HoldingProxy proxy = new HoldingProxy("127.0.0.1", serverPort());
        TraceStore held = TraceStores.open(uri(proxy.port()));
        TraceStore other = TraceStores.open(uri(serverPort()))) {
      everyPair(proxy, held, other, tellsWhichStoreRemoved());
    }
  }

  private void everyPair(
      HoldingProxy proxy, TraceStore held, TraceStore other, boolean tellsWhichRemoved)
      throws Exception {
    List<String> wrong = new ArrayList<>();
    int stopped = 0;
    for (Meeting meeting : meetings()) {
      List<Outcome> bothOrders =
          List.of(
              new Sample().inOrder(meeting.before(), meeting.first(), meeting.second(), true),
              new Sample().inOrder(meeting.before(), meeting.first(), meeting.second(), false));
      boolean reached = true;
      for (int request = 1; reached; request++) {
        String name =
            "%s, %s held at request %d, %s"
                .formatted(meeting.before(), meeting.first(), request, meeting.second());
        Sample sample = new Sample();
        sample.prepare(held, meeting.before());
        Outcome outcome;
        try (HoldingProxy.Hold hold = proxy.holdRequest(request)) {
          CompletableFuture<Object> one = inThread(() -> sample.call(meeting.first(), held, 1));
          await(name, () -> hold.isReached() || one.isDone());
          reached = hold.isReached();
          CompletableFuture<Object> two = inThread(() -> sample.call(meeting.second(), other, 2));
          awaitEndOrIdleServer(two);
          hold.release();
          outcome = sample.outcome(other, result(name, one), result(name, two));
        }
        if (reached) {
          stopped++;
        }
        List<Outcome> allowed = bothOrders;
        boolean bothRemove = meeting.first().removes() && meeting.second().removes();
        if (bothRemove && !tellsWhichRemoved) {
          outcome = outcome.withoutResults();
          allowed = allowed.stream().map(Outcome::withoutResults).toList();
        }
        if (!allowed.contains(outcome)) {
          wrong.add("%s:%n  %s%n  allowed: %s".formatted(name, outcome, allowed));
        }
        other.purgeBefore(CUTOFF);
        Outcome purged = sample.outcome(other, "", "");
        if (!purged.equals(Sample.NOTHING_LEFT)) {
          wrong.add("%s: a purge leaves %s".formatted(name, purged));
        }
      }
    }
    assertThat(stopped).as("requests that were stopped").isPositive();
    assertThat(String.join("%n".formatted(), wrong)).isEmpty();
  }

  /** Waits until the call has ended, or waits for the first one, as it may. */
  private void awaitEndOrIdleServer(CompletableFuture<?> call) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int idle = 0;
    while (!call.isDone() && idle < IDLE_LOOKS && System.nanoTime() < end) {
      Thread.sleep(1);
      idle = serverIsIdle() ? idle + 1 : 0;
    }
  }

  /** A trace of its own for one try, so that no try sees another's. */
  private static final class Sample {
    static final Outcome NOTHING_LEFT =
        new Outcome("", "", Optional.empty(), List.of(), 0, 0, List.of(), 0);

    private final String name = "held-" + UUID.randomUUID();
    private final FlowTrace header =
        FlowTrace.builder(name)
            .traceId(new TraceId(UUID.randomUUID()))
            .executionId(new ExecutionId(UUID.randomUUID()))
            .startTime(START)
            .status(ExecutionStatus.running())
            .build();
    private final List<TraceEvent> events = List.of(event(0), event(1), event(2));

    private TraceEvent event(int number) {
      return TraceEvent.builder(TraceEventType.ACTOR_STARTED, name)
          .eventId(new EventId(UUID.randomUUID()))
          .timestamp(START.plusMillis(number))
          .build();
    }

    void prepare(TraceStore store, Before before) {
      switch (before) {
        case NOTHING -> {}
        case EARLY_EVENT -> store.storeEvent(header.traceId(), events.get(0));
        case TRACE -> store.storeTrace(header.withEvents(events.subList(0, 1)));
      }
    }

    private List<Integer> numbers(FlowTrace trace) {
      return trace.events().stream().map(events::indexOf).toList();
    }

    /** The call's result as a value that can be compared. */
    Object call(Call call, TraceStore store, int event) {
      return switch (call) {
        case STORE_TRACE -> {
          store.storeTrace(header.withEvents(List.of(events.get(event))));
          yield "";
        }
        case STORE_EVENT -> {
          store.storeEvent(header.traceId(), events.get(event));
          yield "";
        }
        case DELETE -> store.deleteTrace(header.traceId());
        // A purge takes several steps, and counts a trace twice that was stored again in between.
        case PURGE -> store.purgeBefore(CUTOFF) > 0;
        case GET -> store.getTrace(header.traceId()).map(this::numbers);
      };
    }

    Outcome outcome(TraceStore store, Object first, Object second) {
      TraceQuery ofFlow = TraceQuery.builder().flowId(name).build();
      return new Outcome(
          first,
          second,
          store.getTrace(header.traceId()).map(this::numbers),
          store.getEvents(header.traceId()).stream().map(events::indexOf).toList(),
          store.count(ofFlow),
          store.count(TraceQuery.builder().actor(name).build()),
          store.queryTraces(ofFlow).stream().map(this::numbers).toList(),
          store.eventMetrics(EventMetricsQuery.builder().build()).stream()
              .filter(metrics -> metrics.actorId().equals(name))
              .mapToLong(EventMetrics::events)
              .sum());
    }

    Outcome inOrder(Before before, Call first, Call second, boolean firstComesFirst) {
      try (TraceStore model = TraceStores.open("mem:")) {
        prepare(model, before);
        Object one = firstComesFirst ? call(first, model, 1) : "";
        Object two = call(second, model, 2);
        if (!firstComesFirst) {
          one = call(first, model, 1);
        }
        return outcome(model, one, two);
      }
    }
  }

  private static CompletableFuture<Object> inThread(Supplier<Object> call) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(call.get());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static Object result(String name, CompletableFuture<Object> call) throws Exception {
    try {
      return call.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      // A call that is refused has no outcome of its own; none of these may be refused for good.
      if (e.getCause() instanceof TraceStoreException failure) {
        return fail(name + " failed", failure);
      }
      throw e;
    } catch (TimeoutException e) {
      return fail(name + " does not end", e);
    }
  }

  private static void await(String name, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        fail(name + ": the call neither sends the request nor ends");
      }
      Thread.sleep(1); // until the proxy has the request
    }
  }
}
