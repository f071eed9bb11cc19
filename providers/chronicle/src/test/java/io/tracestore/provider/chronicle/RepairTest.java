package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that repairs what another one left half done may end, too. */
@Timeout(value = 3, unit = TimeUnit.MINUTES) // a lock that stays would wait for ever
class RepairTest {
  /** So many that the index is more than its log. */
  private static final long STORED = 2000;

  private static final TraceQuery.Builder MANY = TraceQuery.builder().limit(10_000);

  private static final TraceEventType OWN = TraceEventType.custom("own");

  /** Where a repair ends. */
  enum Step {
    BEFORE_IT_BEGAN {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots) {}
    },
    WITH_HALF_OF_THE_COPY {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots)
          throws IOException {
        slots.begin(table);
        try (RandomAccessFile copy = new RandomAccessFile(file + ".repair", "rw")) {
          copy.setLength(copy.length() / 2);
        }
      }
    },
    WITH_SLOTS_TAKEN_OUT {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots) {
        slots.begin(table);
        takeOut(table, 3);
      }
    },
    WITH_SLOTS_PUT_BACK_IN_PART {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots)
          throws IOException {
        WITH_HALF_UNDONE.repairUntilHere(file, table, journal, slots);
        takeOut(table, 1);
      }
    },
    BEFORE_THE_UNDOING {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots) {
        slots.begin(table);
        table.repair();
      }
    },
    WITH_HALF_UNDONE {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots)
          throws IOException {
        BEFORE_THE_UNDOING.repairUntilHere(file, table, journal, slots);
        Transaction.undo(journal.read().subList(0, 3), table);
      }
    },
    WITH_ALL_UNDONE {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots)
          throws IOException {
        BEFORE_THE_UNDOING.repairUntilHere(file, table, journal, slots);
        Transaction.undo(journal.read(), table);
      }
    },
    BEFORE_THE_GATE_KNEW {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots)
          throws IOException {
        WITH_ALL_UNDONE.repairUntilHere(file, table, journal, slots);
        slots.end();
      }
    },
    AT_ANY_MOMENT_OF_THE_LIBRARYS_REPAIR {
      @Override
      void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots) {
        slots.begin(table);
        Thread.ofPlatform().start(() -> Runtime.getRuntime().halt(9));
        while (true) {
          table.repair();
        }
      }
    };

    /** Does in a process that is about to end what a repair does until then. */
    abstract void repairUntilHere(Path file, Table table, Journal journal, SlotCopy slots)
        throws IOException;

    /** As the library does while it looks at an entry; here with one in so many. */
    private static void takeOut(Table table, int oneIn) {
      for (int segment = 0; segment < table.segments(); segment++) {
        int of = segment;
        table.readSlots(
            segment,
            (place, slot) -> {
              if (slot % oneIn == 0) {
                table.writeSlot(of, place, 0);
              }
            });
      }
    }
  }

  @TempDir private Path directory;
  private List<FlowTrace> stored;

  @BeforeEach
  void storeSome() {
    stored = LongStream.range(0, STORED).mapToObj(Traces::varied).toList();
    try (TraceStore store = Traces.open(directory, 10_000)) {
      store.storeTraces(stored);
      store.count(TraceQuery.ALL);
      store.storeTraces(stored.subList(0, 10)); // and something in the log
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterASecondEndEverythingIsFoundByEveryFilter(Step step)
      throws IOException, InterruptedException {
    end(step);
    try (TraceStore store = Traces.open(directory, 10_000)) {
      everythingIsFound(store);
      store.storeTrace(Traces.varied(STORED));
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(STORED + 1);
    }
    assertThat(Files.exists(directory.resolve("traces.map.repair"))).isFalse();
  }

  @Test
  void afterManyEndsAProcessThatLivedThroughThemFindsEverything()
      throws IOException, InterruptedException {
    try (TraceStore store = Traces.open(directory, 10_000)) {
      end(Step.WITH_SLOTS_TAKEN_OUT);
      end(Step.WITH_HALF_UNDONE);
      end(Step.WITH_SLOTS_TAKEN_OUT);
      everythingIsFound(store);
    }
  }

  @Test
  void whatIsLeftOfARepairThatNobodyRemembersIsNotUsed() throws IOException, InterruptedException {
    Path copy = directory.resolve("traces.map.repair");
    end(Step.BEFORE_THE_UNDOING);
    byte[] old = Files.readAllBytes(copy);
    try (TraceStore store = Traces.open(directory, 10_000)) {
      everythingIsFound(store);
      store.deleteTrace(Traces.id(0));
    }
    Files.write(copy, old);
    Traces.open(directory, 10_000).close();
    assertThat(Files.exists(copy)).isFalse();
  }

  private void end(Step step) throws IOException, InterruptedException {
    try (ChildJvm child = ChildJvm.start(OtherProcess.class, step.name(), directory.toString())) {
      assertThat(child.awaitEnd()).isEqualTo(9);
    }
  }

  private void everythingIsFound(TraceStore store) {
    assertThat(store.queryTraces(MANY.build())).isEqualTo(stored.reversed());
    for (int flow = 0; flow < 7; flow++) {
      String id = "flow-" + flow;
      isFound(MANY.build().toBuilder().flowId(id), trace -> trace.flowId().equals(id), store);
    }
    for (int actor = 0; actor < 5; actor++) {
      String id = "actor-" + actor;
      isFound(
          MANY.build().toBuilder().actor(id),
          trace -> trace.events().getFirst().actorId().equals(id),
          store);
    }
    isFound(
        MANY.build().toBuilder().eventType(OWN),
        trace -> trace.events().getFirst().eventType().equals(OWN),
        store);
    for (FlowTrace trace : stored) {
      assertThat(store.getTrace(trace.traceId())).contains(trace);
      TraceQuery query = TraceQuery.builder().executionId(trace.executionId()).build();
      assertThat(store.queryTraces(query)).containsExactly(trace);
    }
  }

  private void isFound(TraceQuery.Builder query, Predicate<FlowTrace> filter, TraceStore store) {
    List<FlowTrace> expected = stored.reversed().stream().filter(filter).toList();
    assertThat(store.queryTraces(query.build())).isEqualTo(expected);
    assertThat(store.count(query.build())).isEqualTo(expected.size());
  }
}
