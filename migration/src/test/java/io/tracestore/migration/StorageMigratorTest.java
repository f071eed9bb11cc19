package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A migration moves traces, and reports those that it does not move. */
class StorageMigratorTest {
  private static final List<FlowTrace> TRACES =
      SampleTraces.of(11).next(900).stream().sorted(FlowTrace.NEWEST_FIRST).toList();

  @TempDir private Path folder;

  private final List<TraceStore> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(TraceStore::close);
  }

  private TraceStore mem() {
    return opened(MemoryConfig.of().open());
  }

  private TraceStore sqlite(String name) {
    return opened(SqliteConfig.of(folder.resolve(name)).open());
  }

  private TraceStore opened(TraceStore store) {
    opened.add(store);
    return store;
  }

  private TraceStore filled() {
    TraceStore store = mem();
    store.storeTraces(TRACES);
    return store;
  }

  private Path checkpoint() {
    return folder.resolve("checkpoint.json");
  }

  /** One thread and small batches, so that a test knows what happens when. */
  private MigrationOptions.Builder resumable() {
    return MigrationOptions.builder().threads(1).batchTraces(50).checkpoint(checkpoint());
  }

  private static MigrationReport migrate(
      TraceStore source, TraceStore target, MigrationOptions.Builder options) {
    return new StorageMigrator(source, target, options.build()).migrateAllTraces();
  }

  private static List<FlowTrace> content(TraceStore store) {
    return store.queryTraces(TraceQuery.builder().limit(10_000).build());
  }

  private static long events(Collection<FlowTrace> traces) {
    return traces.stream().mapToLong(trace -> trace.events().size()).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void everyTraceIsMovedToTheLastByte(int threads) {
    TraceStore target = sqlite("target.db");

    MigrationReport report =
        migrate(filled(), target, MigrationOptions.builder().threads(threads).batchTraces(70));

    assertThat(content(target)).isEqualTo(TRACES);
    assertThat(report.traces()).isEqualTo(900);
    assertThat(report.events()).isEqualTo(events(TRACES));
    assertThat(report.isComplete()).isTrue();
  }

  @Test
  void aMigrationBackGivesTheSame() {
    TraceStore between = sqlite("between.db");
    TraceStore target = mem();
    new StorageMigrator(filled(), between).migrateAllTraces();

    new StorageMigrator(between, target).migrateAllTraces();

    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void repeatingChangesNothing() {
    TraceStore source = filled();
    TraceStore target = mem();
    new StorageMigrator(source, target).migrateAllTraces();

    MigrationReport second = new StorageMigrator(source, target).migrateAllTraces();

    assertThat(second.traces()).isEqualTo(900);
    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void onlyWhatMatchesTheFilterIsMoved() {
    TraceStore target = mem();
    TraceQuery failed = TraceQuery.builder().status(ExecutionStatus.Kind.FAILED).build();

    migrate(filled(), target, MigrationOptions.builder().filter(failed));

    assertThat(content(target)).isEqualTo(TRACES.stream().filter(failed::matches).toList());
  }

  @Test
  void aDryRunReadsEverythingAndWritesNothing() {
    TraceStore target = mem();

    MigrationReport report = migrate(filled(), target, resumable().dryRun(true));

    assertThat(report.events()).isEqualTo(events(TRACES));
    assertThat(content(target)).isEmpty();
    assertThat(checkpoint()).doesNotExist();
  }

  @Test
  void anEmptyStoreIsMovedToo() {
    MigrationReport report = new StorageMigrator(mem(), mem()).migrateAllTraces();

    assertThat(report.traces()).isZero();
    assertThat(report.isComplete()).isTrue();
  }

  @Test
  void aTraceThatIsStoredOtherwiseIsReportedAndTheOthersAreMoved() {
    TraceStore target = mem();
    FlowTrace other = TRACES.get(7).toBuilder().flowId("another").build();
    target.storeTrace(other);

    MigrationReport report = new StorageMigrator(filled(), target).migrateAllTraces();

    assertThat(report.traces()).isEqualTo(899);
    assertThat(report.firstNotMoved()).extracting(NotMoved::traceId).containsExactly(id(7));
    assertThat(report.firstNotMoved().getFirst().reason()).contains(id(7).toString());
    assertThat(report.isComplete()).isFalse();
  }

  private static TraceId id(int index) {
    return TRACES.get(index).traceId();
  }

  @Test
  void tracesThatAreTooLargeForTheTargetAreReported() {
    TraceStore target = opened(MemoryConfig.of().maxEventsPerTrace(40).open());

    MigrationReport report = migrate(filled(), target, MigrationOptions.builder().threads(1));

    List<FlowTrace> small = TRACES.stream().filter(t -> t.events().size() <= 40).toList();
    assertThat(content(target)).isEqualTo(small);
    assertThat(report.notMoved()).isEqualTo(900 - small.size()).isPositive();
  }

  @Test
  void aTraceThatCannotBeReadIsReportedAndTheOthersAreMoved() {
    TraceStore target = mem();
    TraceStore source =
        Intercepted.store(
            filled(),
            (method, arguments, call) -> {
              boolean whole =
                  method.equals("openCursor") && ((TraceQuery) arguments.getFirst()).withEvents();
              if (whole || (method.equals("openEvents") && arguments.getFirst().equals(id(300)))) {
                throw new CorruptDataException("its checksum is wrong", null);
              }
              return call.call();
            });

    MigrationReport report = new StorageMigrator(source, target).migrateAllTraces();

    assertThat(report.firstNotMoved())
        .containsExactly(new NotMoved(id(300), "cannot be read: its checksum is wrong"));
    assertThat(target.count(TraceQuery.ALL)).isEqualTo(899);
  }

  @Test
  void aStoreThatIsAwayForAMomentIsTriedAgain() {
    AtomicInteger calls = new AtomicInteger();
    TraceStore target = mem();
    TraceStore shaky =
        Intercepted.writes(
            target,
            traces -> {
              if (calls.incrementAndGet() <= 2) {
                throw new StoreUnavailableException("away", null);
              }
            });

    MigrationReport report = new StorageMigrator(filled(), shaky).migrateAllTraces();

    assertThat(report.isComplete()).isTrue();
    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void aTargetWithoutRoomEndsTheMigration() {
    TraceStore target =
        Intercepted.store(
            mem(),
            (method, arguments, call) -> {
              if (method.equals("storeTrace") || method.equals("storeTraces")) {
                throw new StoreCapacityException("the disk is full", null);
              }
              return call.call();
            });

    assertThatThrownBy(() -> new StorageMigrator(filled(), target).migrateAllTraces())
        .isInstanceOf(MigrationFailedException.class)
        .hasMessage("the disk is full");
  }

  @Test
  void tracesThatAFailedRunHasMovedAreNotMovedAgain() {
    TraceStore source = filled();
    TraceStore target = mem();
    AtomicInteger batches = new AtomicInteger();
    TraceStore failing =
        Intercepted.writes(
            target,
            traces -> {
              if (batches.incrementAndGet() > 10) {
                throw new TraceStoreException("broken", null);
              }
            });
    MigrationFailedException failure =
        catchThrowableOfType(
            MigrationFailedException.class, () -> migrate(source, failing, resumable()));
    assertThat(failure.report().traces()).isPositive();
    Queue<Object> written = new ConcurrentLinkedQueue<>();

    MigrationReport report =
        migrate(source, Intercepted.writes(target, written::addAll), resumable());

    assertThat(written).hasSize((int) (900 - failure.report().traces()));
    assertThat(report.kind()).isEqualTo(MigrationReport.Kind.RESUMED);
    assertThat(report.traces()).isEqualTo(900);
    assertThat(report.events()).isEqualTo(events(TRACES));
    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void tracesThatStartDuringARunAreLeftForTheNextOne() {
    TraceStore source = filled();
    TraceStore target = mem();
    FlowTrace late =
        FlowTrace.builder("late").startTime(Instant.parse("2026-03-01T00:00:00Z")).build();
    TraceStore busy = Intercepted.writes(target, traces -> source.storeTrace(late));

    MigrationReport first = migrate(source, busy, resumable());
    assertThat(content(target)).isEqualTo(TRACES);
    assertThat(first.traces()).isEqualTo(900);

    MigrationReport second = migrate(source, busy, resumable());

    assertThat(second.kind()).isEqualTo(MigrationReport.Kind.CATCH_UP);
    assertThat(target.getTrace(late.traceId())).contains(late);
  }

  @Test
  void aRunThatCatchesUpTakesWhatWasUnfinishedAndPassesOverTheRest() {
    TraceStore source = filled();
    TraceStore target = mem();
    migrate(source, target, resumable());
    FlowTrace running =
        TRACES.stream().filter(t -> !t.status().kind().isTerminal()).toList().getLast();
    FlowTrace finished =
        running.toBuilder()
            .status(ExecutionStatus.completed())
            .endTime(running.startTime())
            .build();
    source.storeTrace(finished);
    Queue<Object> written = new ConcurrentLinkedQueue<>();

    MigrationReport report =
        migrate(
            source,
            Intercepted.writes(target, written::addAll),
            resumable().overlap(Duration.ZERO));

    assertThat(target.getTrace(running.traceId())).contains(finished);
    long unfinished = TRACES.stream().filter(t -> !t.status().kind().isTerminal()).count();
    assertThat(written.stream().map(each -> ((FlowTrace) each).traceId()))
        .doesNotHaveDuplicates()
        .hasSizeLessThanOrEqualTo((int) unfinished + 1);
    assertThat(report.traces()).isEqualTo(written.size());
  }

  @Test
  void aRunThatCatchesUpTriesAgainWhatCouldNotBeMoved() {
    TraceStore source = filled();
    TraceStore target = mem();
    target.storeTrace(TRACES.get(800).toBuilder().flowId("another").build());
    assertThat(migrate(source, target, resumable()).notMoved()).isOne();
    target.deleteTrace(id(800));

    MigrationReport report = migrate(source, target, resumable().overlap(Duration.ZERO));

    assertThat(report.notMoved()).isZero();
    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void aRunThatCatchesUpGoesBackByTheOverlap() {
    TraceStore source = filled();
    TraceStore target = mem();
    migrate(source, target, resumable());
    Instant newest = TRACES.getFirst().startTime();
    FlowTrace within = storedLate(source, newest.minusSeconds(60));
    FlowTrace before = storedLate(source, newest.minusSeconds(120));

    migrate(source, target, resumable().overlap(Duration.ofSeconds(60)));

    assertThat(target.getTrace(within.traceId())).contains(within);
    assertThat(target.getTrace(before.traceId())).isEmpty();
  }

  private static FlowTrace storedLate(TraceStore source, Instant start) {
    FlowTrace trace = FlowTrace.builder("late").startTime(start).build();
    source.storeTrace(trace);
    return trace;
  }

  @Test
  void oneTraceOfTheFarFutureHidesNothingFromTheNextRun() {
    TraceStore source = filled();
    TraceStore target = mem();
    FlowTrace future = storedLate(source, EpochNanos.MAX);
    migrate(source, target, resumable());
    FlowTrace now = storedLate(source, Instant.now());

    migrate(source, target, resumable());

    assertThat(target.getTrace(future.traceId())).contains(future);
    assertThat(target.getTrace(now.traceId())).contains(now);
  }

  @Test
  void theCheckpointOfOtherStoresIsRefused() {
    migrate(filled(), sqlite("a.db"), resumable());

    assertThatThrownBy(() -> migrate(filled(), sqlite("b.db"), resumable()))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("belongs to a migration from mem: to sqlite:")
        .hasMessageContaining("a.db");
  }

  @Test
  void theCheckpointOfAnotherFilterIsRefused() {
    TraceStore source = filled();
    TraceStore target = sqlite("a.db");
    migrate(source, target, resumable());
    TraceQuery other = TraceQuery.builder().flowId("checkout").build();

    assertThatThrownBy(() -> migrate(source, target, resumable().filter(other)))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("with the filter");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"tracestore_checkpoint\":{\"version\":2}}"})
  void aDamagedCheckpointIsNamed(String text) throws IOException {
    Files.writeString(checkpoint(), text);

    assertThatThrownBy(() -> migrate(filled(), mem(), resumable()))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(checkpoint().toString());
  }

  @Test
  void nothingIsMovedIfTheCheckpointCannotBeWritten() {
    TraceStore target = mem();
    Path nowhere = folder.resolve("none/checkpoint");

    assertThatThrownBy(() -> migrate(filled(), target, resumable().checkpoint(nowhere)))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("cannot write the checkpoint %s: its folder does not exist".formatted(nowhere));
    assertThat(content(target)).isEmpty();
  }

  @Test
  void theCheckpointIsTheOnlyFileThatIsLeft() throws IOException {
    migrate(filled(), mem(), resumable());

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(checkpoint());
    }
  }

  @Test
  void aTraceThatIsLargerThanABatchIsWrittenAlone() {
    Queue<Integer> sizes = new ConcurrentLinkedQueue<>();
    TraceStore target = Intercepted.writes(mem(), traces -> sizes.add(traces.size()));

    migrate(filled(), target, MigrationOptions.builder().batchBytes(1));

    assertThat(sizes).hasSize(900).containsOnly(1);
  }

  @Test
  void aVerifiedMigrationHasOneDigestOnBothSides() {
    MigrationReport report =
        migrate(filled(), sqlite("target.db"), MigrationOptions.builder().verify(true));

    VerificationReport verification = report.verification();
    assertThat(verification).isNotNull();
    assertThat(verification.isEqual()).isTrue();
    assertThat(verification.sourceTraces()).isEqualTo(900);
    assertThat(verification.targetEvents()).isEqualTo(events(TRACES));
    assertThat(verification.targetDigest())
        .isEqualTo(verification.sourceDigest())
        .matches("[0-9a-f]{64}");
  }

  @Test
  void aVerificationNamesWhatDiffers() {
    TraceStore target = mem();
    target.storeTraces(TRACES.subList(3, 900));
    FlowTrace changed = TRACES.get(20).withEvents(TRACES.get(20).events().subList(1, 4));
    target.deleteTrace(changed.traceId());
    target.storeTrace(changed);
    target.storeTrace(FlowTrace.builder("another").build());

    VerificationReport report = new StorageMigrator(filled(), target).verify();

    int missing = TRACES.get(20).events().size() - 3;
    assertThat(report.firstDifferences())
        .containsExactly(
            new Difference(id(0), "missing in the target"),
            new Difference(id(1), "missing in the target"),
            new Difference(id(2), "missing in the target"),
            new Difference(
                id(20),
                "%d events missing in the target (%s, ...)"
                    .formatted(missing, TRACES.get(20).events().getFirst().eventId())));
    assertThat(report.isEqual()).isFalse();
    assertThat(report.targetTraces()).isEqualTo(897);
    assertThat(report.onlyInTarget()).isOne();
    assertThat(report.targetDigest()).isNotEqualTo(report.sourceDigest());
  }

  @Test
  void theDigestDoesNotDependOnTheOrder() {
    TraceDigest forward = new TraceDigest();
    TRACES.forEach(forward::add);
    TraceDigest shuffled = new TraceDigest();
    List<FlowTrace> copy = new ArrayList<>(TRACES);
    Collections.reverse(copy);
    copy.forEach(shuffled::add);

    assertThat(shuffled.hex()).isEqualTo(forward.hex());
  }

  @Test
  void theReportWarnsOfATargetThatForgets() {
    assertThat(migrate(filled(), mem(), resumable()).warnings())
        .containsExactly(
            "mem: drops old traces when a bound is reached; a verification shows whether it did",
            "mem: may lose in a crash what the checkpoint says is moved");
  }

  @Test
  void anInterruptedMigrationEndsAndCanBeResumed() {
    TraceStore source = filled();
    TraceStore target = mem();
    Thread caller = Thread.currentThread();
    TraceStore interrupting =
        Intercepted.writes(
            target,
            traces -> {
              if (target.count(TraceQuery.ALL) >= 400) {
                caller.interrupt();
                throw new StoreUnavailableException("away", null);
              }
            });

    assertThatThrownBy(() -> migrate(source, interrupting, resumable()))
        .isInstanceOf(MigrationFailedException.class)
        .hasMessageStartingWith("interrupted while");
    assertThat(Thread.interrupted()).isTrue();

    migrate(source, target, resumable());
    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void writesThatAnInterruptCutsOffAreDoneAgain() {
    TraceStore source = filled();
    TraceStore target = mem();
    Thread caller = Thread.currentThread();
    TraceStore interrupting =
        Intercepted.writes(
            target,
            traces -> {
              if (target.count(TraceQuery.ALL) >= 400) {
                caller.interrupt();
                List<BatchStoreException.Failure> failures = new ArrayList<>();
                for (Object trace : traces) {
                  failures.add(
                      new BatchStoreException.Failure(
                          failures.size(),
                          ((FlowTrace) trace).traceId(),
                          new TraceStoreException("interrupted while writing", null)));
                }
                throw new BatchStoreException(traces.size(), failures);
              }
            });

    MigrationFailedException failure =
        catchThrowableOfType(
            MigrationFailedException.class, () -> migrate(source, interrupting, resumable()));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure.report().notMoved()).isZero();

    assertThat(migrate(source, target, resumable()).traces()).isEqualTo(900);
    assertThat(content(target)).isEqualTo(TRACES);
  }

  @Test
  void aStoreIsNotMovedToItself() {
    TraceStore store = mem();

    assertThatThrownBy(() -> new StorageMigrator(store, store))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("source and target are one store: mem:");
  }

  @Test
  void aFilterOfAMigrationHasNoLimit() {
    assertThatThrownBy(
            () -> MigrationOptions.builder().filter(TraceQuery.builder().limit(1).build()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("filter must not set a limit, an offset or a position");
  }

  @Test
  void progressTellsHowLongTheRestWillTake() {
    MigrationProgress progress =
        new MigrationProgress(300, 0, 0, 100, 1000, 20, Duration.ofSeconds(15));

    assertThat(progress.timeLeft()).contains(Duration.ofSeconds(30));
  }

  @Test
  void aStoreIsWrittenToAFileAndReadIntoAnother() {
    TraceStore target = mem();
    StorageMigrator migrator = new StorageMigrator(filled(), target);
    Path file = folder.resolve("backup.zst");

    assertThat(migrator.exportToFile(file).traces()).isEqualTo(900);
    assertThat(migrator.importFromFile(file).isComplete()).isTrue();
    assertThat(content(target)).isEqualTo(TRACES);
  }
}
