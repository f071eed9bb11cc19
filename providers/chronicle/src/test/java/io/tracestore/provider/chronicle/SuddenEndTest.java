package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process ends suddenly, and the next one goes on. {@code tracestore.chronicle.crashRounds} says
 * how many are killed at a random moment; 3 by default.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // a lock that stays would wait for ever
class SuddenEndTest {
  private static final int ROUNDS = Integer.getInteger("tracestore.chronicle.crashRounds", 3);

  @TempDir private Path directory;

  @Test
  void the_locks_of_a_process_that_ended_do_not_hinder_the_next()
      throws IOException, InterruptedException {
    fill();
    end("reading");
    goesOn(1);
    goesOn(0);
  }

  @Test
  void a_recovery_that_was_cut_off_begins_again() throws IOException, InterruptedException {
    fill();
    end("reading");
    end("recovering");
    assertThat(directory.resolve("traces.map.recovering")).exists();
    goesOn(1);
    assertThat(directory.resolve("traces.map.recovering")).doesNotExist();
  }

  @Test
  void a_map_without_its_lock_file_is_recovered_and_keeps_its_identity() throws IOException {
    fill();
    String identity;
    try (TraceStore store = Traces.open(directory, 100)) {
      identity = store.identity();
    }
    Files.delete(directory.resolve("traces.map.lock"));
    try (TraceStore store = Traces.open(directory, 100)) {
      assertThat(store.identity()).isEqualTo(identity);
    }
    goesOn(0);
  }

  private void fill() {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTraces(Traces.traces(0, 10));
    }
  }

  private void end(String where) throws IOException, InterruptedException {
    try (ChildJvm child = ChildJvm.start(OtherProcess.class, where, directory.toString())) {
      assertThat(child.awaitEnd()).isEqualTo(9);
    }
  }

  private void goesOn(long recoveries) {
    try (TraceStore store = Traces.open(directory, 100)) {
      assertThat(store.metrics().counters()).containsEntry("recoveries", recoveries);
      assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(Traces.traces(0, 10).reversed());
      store.storeTrace(Traces.trace(10));
      assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(Traces.traces(0, 11).reversed());
      store.deleteTrace(Traces.id(10));
    }
  }

  @Test
  void what_was_acknowledged_is_there_after_a_kill_and_nothing_is_half_there()
      throws IOException, InterruptedException {
    Random random = new Random();
    long[] done = new long[OtherProcess.TRACES];
    for (int round = 0; round < ROUNDS; round++) {
      long from = 7L * 1_000_000 * round;
      List<String> lines = kill(from, 50 + random.nextInt(3_000));
      Arrays.fill(done, from - 1);
      for (String line : lines) {
        int space = line.indexOf(' ');
        done[Integer.parseInt(line.substring(0, space))] =
            Long.parseLong(line.substring(space + 1));
      }
      try (TraceStore store = Traces.open(directory, 1_000)) {
        check(store, from, done);
        for (long id = 0; id < OtherProcess.TRACES; id++) {
          store.deleteTrace(Traces.id(id));
        }
        assertThat(store.count(TraceQuery.ALL)).isZero();
        assertThat(store.metrics().storageBytes()).isZero();
        assertThat(store.metrics().counters())
            .containsEntry("traces", 0L)
            .containsEntry("damagedTraces", 0L);
      }
    }
  }

  private List<String> kill(long from, int lines) throws IOException {
    List<String> printed = new ArrayList<>();
    try (ChildJvm child =
        ChildJvm.start(OtherProcess.class, "change", directory.toString(), Long.toString(from))) {
      child.awaitLines(lines, printed);
      child.kill(printed);
    }
    return printed;
  }

  private static void check(TraceStore store, long from, long... done) {
    List<FlowTrace> found = new ArrayList<>();
    for (int id = 0; id < OtherProcess.TRACES; id++) {
      Optional<FlowTrace> now = store.getTrace(Traces.id(id));
      List<TraceEvent> events = store.getEvents(Traces.id(id));
      now.ifPresent(found::add);
      // Either the last step that was printed, or the one after it.
      assertThat(List.of(state(id, from, done[id]), state(id, from, done[id] + 1)))
          .as("trace %d after step %d", id, done[id] - from)
          .contains(events);
      assertThat(now.map(FlowTrace::events).orElse(List.of()))
          .isEqualTo(now.isPresent() ? events : List.of());
    }
    assertThat(store.queryTraces(TraceQuery.builder().limit(1_000).build()))
        .containsExactlyInAnyOrderElementsOf(found);
    assertThat(store.count(TraceQuery.builder().actor("actor").build())).isEqualTo(found.size());
  }

  /** The events after a step, of which the first is at {@code from}. */
  private static List<TraceEvent> state(int id, long from, long step) {
    List<TraceEvent> events = new ArrayList<>();
    if (step >= from && step % 7 != 6) {
      events.addAll(Traces.trace(id, 200 + id % 4 * 30_000).events());
      for (long at = step - step % 7 + 1; at <= step; at++) {
        events.add(Traces.event(1_000L * id + at % 7));
      }
      events.sort(TraceEvent.ORDER);
    }
    return events;
  }
}
