package io.tracestore.compat.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes at one map, some of which are killed: the others go on, and nothing is half
 * there. {@code tracestore.chronicle.crashRounds} says how many are killed; 4 by default.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // a lock that stays would wait for ever
class ChronicleProcessesTest {
  private static final int ROUNDS = Integer.getInteger("tracestore.chronicle.crashRounds", 4);
  private static final long PER_PROCESS = 1_000_000;
  private static final int OWN_TRACES = 1_000;

  @TempDir private Path directory;

  private String uri() {
    return "chronicle:"
        + directory.resolve("traces.map")
        + "?maxTraces=200000&averageTraceBytes=1024";
  }

  @Test
  void whoLivesGoesOnWhenOthersAreKilled() throws Exception {
    Random random = new Random();
    List<Long> done = new ArrayList<>();
    try (TraceStore store = TraceStores.open(uri())) {
      for (int round = 1; round <= ROUNDS; round++) {
        List<Long> own = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = writer(store, round, own, over);
        try (WorkingProcess process = start(round)) {
          process.awaitDone(1 + random.nextInt(1500));
          done.addAll(process.kill());
        }
        over.set(true);
        writer.join();
        done.addAll(own);
        verify(store, done);
      }
    }
    try (TraceStore again = TraceStores.open(uri())) {
      verify(again, done);
    }
  }

  private WorkingProcess start(long place) throws IOException {
    return WorkingProcess.start(uri(), place * PER_PROCESS, (place + 1) * PER_PROCESS);
  }

  /** Works in this process, on numbers that no other has; later it only reads. */
  private static Thread writer(TraceStore store, int round, List<Long> done, AtomicBoolean over) {
    long first = (1000L + round) * PER_PROCESS;
    return Thread.ofPlatform()
        .start(() -> {
          for (long number = first; !over.get(); number++) {
            if (number < first + OWN_TRACES) {
              Work.doAll(store, number, done::add);
            } else {
              store.getTrace(Work.id(first + number % OWN_TRACES));
            }
          }
        });
  }

  @Test
  void theFirstToOpenAfterAllWereKilledFindsEverythingWhole() throws Exception {
    Random random = new Random();
    List<Long> done = new ArrayList<>();
    try (WorkingProcess one = start(1);
        WorkingProcess two = start(2)) {
      one.awaitDone(1 + random.nextInt(1000));
      two.awaitDone(1);
      done.addAll(one.kill());
      done.addAll(two.kill());
    }
    try (TraceStore store = TraceStores.open(uri())) {
      verify(store, done);
    }
  }

  @Test
  void fourProcessesMayWorkAtOnce() throws Exception {
    int each = 400;
    List<WorkingProcess> processes = new ArrayList<>();
    try {
      for (long place = 1; place <= 4; place++) {
        processes.add(WorkingProcess.start(uri(), place * PER_PROCESS, place * PER_PROCESS + each));
      }
      for (WorkingProcess process : processes) {
        assertThat(process.awaitEnd()).isEqualTo(0);
      }
    } finally {
      for (WorkingProcess process : processes) {
        process.close();
      }
    }
    try (TraceStore store = TraceStores.open(uri())) {
      List<Long> all = new ArrayList<>();
      for (long place = 1; place <= 4; place++) {
        for (long number = 0; number < each; number++) {
          all.add(place * PER_PROCESS + number);
        }
      }
      verify(store, all);
      assertThat(store.count(TraceQuery.ALL))
          .isEqualTo(all.stream().filter(number -> !Work.isDeletedInTheEnd(number)).count());
    }
  }

  /** What is done is there, all else is between two steps, and every index says the same. */
  private static void verify(TraceStore store, List<Long> done) {
    for (long number : done) {
      assertThat(Work.isTheEnd(number, store.getTrace(Work.id(number))))
          .as("trace %d as all of the work on it left it", number)
          .isTrue();
    }
    List<FlowTrace> all = readAll(store);
    for (FlowTrace trace : all) {
      long number = Work.numberOf(trace.traceId());
      assertThat(Work.isAStep(number, Optional.of(trace)))
          .as("trace %d, whole: %s", number, trace)
          .isTrue();
    }
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(all.size());
    assertThat(countsByFlow(store, all)).isEqualTo(tally(all));
    for (int actor = 0; actor < 5; actor++) {
      String name = "actor-" + actor;
      assertThat(store.count(TraceQuery.builder().actor(name).build()))
          .as("traces of %s", name)
          .isEqualTo(all.stream().filter(trace -> has(trace, name)).count());
    }
    FlowTrace any = all.get(all.size() / 2);
    assertThat(store.queryTraces(TraceQuery.builder().executionId(any.executionId()).build()))
        .containsExactly(any);
  }

  private static List<FlowTrace> readAll(TraceStore store) {
    List<FlowTrace> all = new ArrayList<>();
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      cursor.forEachRemaining(all::add);
    }
    return all;
  }

  private static Map<String, Long> tally(List<FlowTrace> all) {
    return all.stream().collect(Collectors.groupingBy(FlowTrace::flowId, Collectors.counting()));
  }

  private static Map<String, Long> countsByFlow(TraceStore store, List<FlowTrace> all) {
    return tally(all).keySet().stream()
        .collect(
            Collectors.toMap(
                flow -> flow, flow -> store.count(TraceQuery.builder().flowId(flow).build())));
  }

  private static boolean has(FlowTrace trace, String actor) {
    return trace.events().stream().map(TraceEvent::actorId).anyMatch(actor::equals);
  }
}
