package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.mem.Overflow;
import io.tracestore.spi.Capability;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint remembers the progress of a migration between two certain stores. */
class CatchingUpTest {
  private static final List<FlowTrace> TRACES =
      SampleTraces.of(17).next(2500).stream().sorted(FlowTrace.NEWEST_FIRST).toList();

  @TempDir private Path folder;

  private final List<TraceStore> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(TraceStore::close);
  }

  private TraceStore mem() {
    TraceStore store = MemoryConfig.of().open();
    opened.add(store);
    return store;
  }

  private TraceStore filled(List<FlowTrace> traces) {
    TraceStore store = mem();
    store.storeTraces(traces);
    return store;
  }

  private Path checkpoint() {
    return folder.resolve("c.json");
  }

  private MigrationOptions.Builder options() {
    return MigrationOptions.builder()
        .threads(1)
        .batchTraces(50)
        .overlap(Duration.ZERO)
        .checkpoint(checkpoint());
  }

  private static MigrationReport migrate(
      TraceStore source, TraceStore target, MigrationOptions.Builder options) {
    return new StorageMigrator(source, target, options.build()).migrateAllTraces();
  }

  private static List<FlowTrace> content(TraceStore store) {
    return store.queryTraces(TraceQuery.builder().limit(10_000).build());
  }

  private static List<FlowTrace> ofAnotherFlow() {
    return TRACES.stream().map(trace -> trace.toBuilder().flowId("other").build()).toList();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A store that claims to hold other data than it did. */
  private static TraceStore withIdentity(TraceStore store, String identity) {
    return Intercepted.store(
        store, (method, arguments, call) -> method.equals("identity") ? identity : call.call());
  }

  @Test
  void everyTraceThatWasNotMovedIsTriedAgainHoweverManyThereAre() throws IOException {
    TraceStore source = filled(TRACES);
    TraceStore target = filled(ofAnotherFlow());
    assertThat(migrate(source, target, options()).notMoved()).isEqualTo(2500);
    target.purgeBefore(Instant.MAX);

    MigrationReport second = migrate(source, target, options());

    assertThat(second.kind()).isEqualTo(MigrationReport.Kind.CATCH_UP);
    assertThat(second.isComplete()).isTrue();
    assertThat(content(target)).isEqualTo(TRACES);
    assertThat(files()).containsExactly("c.json");
  }

  @Test
  void theListOfUnmovedTracesIsKeptFromRunToRun() {
    TraceStore source = filled(TRACES);
    TraceStore target = filled(ofAnotherFlow());
    migrate(source, target, options());

    assertThat(migrate(source, target, options()).notMoved()).isEqualTo(2500);
    assertThat(migrate(source, target, options()).notMoved()).isEqualTo(2500);
    target.purgeBefore(Instant.MAX);
    migrate(source, target, options());

    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void tracesThatAFailedRunCouldNotMoveAreTriedAgainToo() {
    TraceStore source = filled(TRACES);
    TraceStore target = filled(ofAnotherFlow());
    AtomicInteger batches = new AtomicInteger();
    TraceStore failing =
        Intercepted.writes(
            target,
            batch -> {
              if (batches.incrementAndGet() == 30) {
                throw new TraceStoreException("broken", null);
              }
            });
    assertThatThrownBy(() -> migrate(source, failing, options()))
        .isInstanceOf(MigrationFailedException.class);
    MigrationReport resumed = migrate(source, failing, options());
    assertThat(resumed.kind()).isEqualTo(MigrationReport.Kind.RESUMED);
    assertThat(resumed.notMoved()).isEqualTo(2500);
    target.purgeBefore(Instant.MAX);

    migrate(source, failing, options());

    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void aFolderIsNoCheckpoint() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));

    assertThatThrownBy(() -> migrate(mem(), mem(), options().checkpoint(inner)))
        .hasMessage("cannot write the checkpoint %s: is a folder".formatted(inner));
  }

  @Test
  void aCheckpointWithoutItsListIsRefused() throws IOException {
    TraceStore source = filled(TRACES);
    TraceStore target = filled(ofAnotherFlow());
    migrate(source, target, options());
    Path list = folder.resolve("c.json.not-moved-1");
    Files.write(list, new byte[100]);

    assertThatThrownBy(() -> migrate(source, target, options()))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(list.toString())
        .hasMessageContaining("starts over");
  }

  @Test
  void theCheckpointOfAnotherSourceOfThatNameIsRefused() {
    TraceStore target = mem();
    migrate(filled(TRACES.subList(0, 300)), target, options());

    assertThatThrownBy(() -> migrate(filled(TRACES), target, options()))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("the source is another store of that name now");
  }

  @Test
  void aTargetThatWasCreatedAgainIsFilledFromTheBeginning() {
    TraceStore source = filled(TRACES);
    migrate(source, mem(), options());
    TraceStore again = mem();

    MigrationReport report = migrate(source, again, options());

    assertThat(report.kind()).isEqualTo(MigrationReport.Kind.FULL);
    assertThat(content(again)).isEqualTo(TRACES);
  }

  @Test
  void oneStoreIsNotMovedToItselfHoweverItIsCalled() {
    TraceStore one = mem();
    TraceStore same = withIdentity(mem(), one.identity());

    assertThatThrownBy(() -> new StorageMigrator(one, same))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("are one store");
  }

  @Test
  void everySavedPositionWasSyncedBefore() {
    List<FlowTrace> written = new ArrayList<>();
    AtomicInteger synced = new AtomicInteger();
    TraceStore target =
        Intercepted.store(
            mem(),
            (method, arguments, call) -> {
              if (method.equals("storeTraces")) {
                ((Collection<?>) arguments.getFirst())
                    .forEach(trace -> written.add((FlowTrace) trace));
              }
              if (method.equals("sync")) {
                // The file must not claim more traces than the last call of sync covered.
                assertThat(savedTraces()).isLessThanOrEqualTo(synced.get());
                synced.set(written.size());
                return true;
              }
              return method.equals("capabilities") ? Set.of(Capability.DURABLE) : call.call();
            });

    MigrationReport report = migrate(filled(TRACES), target, options());

    assertThat(synced.get()).isEqualTo(2500);
    assertThat(savedTraces()).isEqualTo(2500);
    assertThat(report.warnings()).isEmpty();
  }

  private int savedTraces() {
    try {
      if (!Files.exists(checkpoint())) {
        return 0;
      }
      String text = Files.readString(checkpoint());
      return Integer.parseInt(text.replaceFirst("(?s).*\"traces\":(\\d+).*", "$1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theReportWarnsOfATargetThatDoesNotSync() {
    TraceStore target =
        Intercepted.store(
            mem(),
            (method, arguments, call) ->
                method.equals("capabilities") ? Set.of(Capability.DURABLE) : call.call());

    assertThat(migrate(filled(TRACES), target, options()).warnings())
        .singleElement()
        .asString()
        .contains("may lose with the power");
  }

  @Test
  void nothingIsSavedIfTheTargetCannotSync() {
    TraceStore target =
        Intercepted.store(
            mem(),
            (method, arguments, call) -> {
              if (method.equals("sync")) {
                throw new TraceStoreException("the disk is gone", null);
              }
              return call.call();
            });

    assertThatThrownBy(() -> migrate(filled(TRACES), target, options()))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("the disk is gone");
    assertThat(checkpoint()).doesNotExist();
  }

  @Test
  void aSecondRunWithTheSameCheckpointIsRefusedWhileTheFirstRuns() throws Exception {
    TraceStore source = filled(TRACES);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    TraceStore waiting =
        Intercepted.writes(
            mem(),
            batch -> {
              started.countDown();
              assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
            });
    AtomicReference<MigrationReport> first = new AtomicReference<>();
    Thread run = Thread.ofPlatform().start(() -> first.set(migrate(source, waiting, options())));
    assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> migrate(source, mem(), options()))
        .isInstanceOf(TraceStoreException.class)
        .hasMessageContaining("another run works with the checkpoint " + checkpoint());

    goOn.countDown();
    run.join();
    assertThat(first.get()).extracting(MigrationReport::traces).isEqualTo(2500L);
    assertThat(files()).containsExactly("c.json");
  }

  @Test
  void theLockOfAKilledRunHindersNobody() throws IOException {
    Files.writeString(folder.resolve(".c.json.lock"), "");

    assertThat(migrate(filled(TRACES), mem(), options()).isComplete()).isTrue();
    assertThat(files()).containsExactly("c.json");
  }

  /** Some stored, some refused, again and again: never a hundred in a row. */
  @Test
  void aHundredRefusedThatAreNotInARowEndNothing() {
    TraceStore target = MemoryConfig.of().maxEventsPerTrace(3).overflow(Overflow.REJECT).open();
    opened.add(target);
    List<FlowTrace> traces = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      FlowTrace trace = TRACES.get(i);
      traces.add(i % 2 == 0 ? trace : trace.withEvents(List.of()));
    }
    long small = traces.stream().filter(trace -> trace.events().size() <= 3).count();

    MigrationReport report =
        migrate(filled(traces), target, MigrationOptions.builder().batchTraces(256));

    assertThat(report.traces()).isEqualTo(small);
    assertThat(report.notMoved()).isEqualTo(1000 - small);
  }

  private static FlowTrace ended(FlowTrace trace) {
    return trace.toBuilder()
        .status(ExecutionStatus.completed())
        .endTime(trace.startTime().plusSeconds(60))
        .build();
  }

  private static FlowTrace running(FlowTrace trace) {
    return trace.toBuilder().status(ExecutionStatus.running()).endTime(null).build();
  }

  @Test
  void tracesThatHaveEndedSinceAreUpdatedAlsoWithAFilterOnTheStatus() {
    List<FlowTrace> running = TRACES.subList(0, 41).stream().map(CatchingUpTest::running).toList();
    List<FlowTrace> ended = running.stream().map(CatchingUpTest::ended).toList();
    TraceStore source = filled(running);
    TraceStore target = mem();
    TraceQuery filter = TraceQuery.builder().status(ExecutionStatus.Kind.RUNNING).build();
    migrate(source, target, options().filter(filter));
    source.storeTraces(ended);

    migrate(source, target, options().filter(filter).overlap(Duration.ofHours(100)));

    assertThat(content(target)).isEqualTo(ended);
  }

  @Test
  void aCatchUpThatWasResumedCountsEachTraceOnce() {
    List<FlowTrace> running = TRACES.subList(0, 800).stream().map(CatchingUpTest::running).toList();
    TraceStore source = filled(running);
    TraceStore target = mem();
    migrate(source, target, options());
    AtomicInteger batches = new AtomicInteger();
    AtomicBoolean broken = new AtomicBoolean(true);
    TraceStore failing =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.equals("storeTraces") && batches.incrementAndGet() > 10 && broken.get()) {
                throw new TraceStoreException("broken", null);
              }
              return call.call();
            });
    MigrationFailedException failed =
        catchThrowableOfType(
            MigrationFailedException.class, () -> migrate(source, failing, options()));
    assertThat(failed.report().traces()).isPositive();
    broken.set(false);

    MigrationReport resumed = migrate(source, failing, options());

    assertThat(resumed.kind()).isEqualTo(MigrationReport.Kind.RESUMED);
    assertThat(resumed.traces()).isEqualTo(800);
  }
}
