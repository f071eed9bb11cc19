package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A migration also moves the traces of which only events are stored. */
class EarlyTracesTest {
  private static final List<FlowTrace> TRACES = SampleTraces.of(12).next(60);

  /** Their headers are not stored. */
  private static final List<FlowTrace> EARLY =
      SampleTraces.of(13).next(50).stream()
          .filter(trace -> trace.events().size() > 2)
          .limit(20)
          .toList();

  private static final long EVENTS = events(EARLY);

  @TempDir private Path folder;

  private final List<TraceStore> opened = new ArrayList<>();
  private TraceStore source = mem();
  private TraceStore target = mem();

  @BeforeEach
  void fill() {
    source.storeTraces(TRACES);
    EARLY.forEach(trace -> source.storeEvents(trace.traceId(), trace.events()));
    target = opened(SqliteConfig.of(folder.resolve("target.db")).open());
  }

  @AfterEach
  void close() {
    opened.forEach(TraceStore::close);
  }

  private TraceStore mem() {
    return opened(MemoryConfig.of().open());
  }

  private TraceStore opened(TraceStore store) {
    opened.add(store);
    return store;
  }

  private MigrationOptions.Builder resumable() {
    return MigrationOptions.builder().checkpoint(folder.resolve("checkpoint.json"));
  }

  private static long events(List<FlowTrace> traces) {
    return traces.stream().mapToLong(trace -> trace.events().size()).sum();
  }

  private static MigrationReport migrate(
      TraceStore source, TraceStore target, MigrationOptions.Builder options) {
    return new StorageMigrator(source, target, options.build()).migrateAllTraces();
  }

  private static List<TraceId> early(TraceStore store) {
    List<TraceId> ids = new ArrayList<>();
    try (TraceIdCursor cursor = store.openEarlyTraces()) {
      cursor.forEachRemaining(ids::add);
    }
    return ids;
  }

  private static void assertIsMoved(TraceStore target) {
    assertThat(early(target))
        .containsExactlyInAnyOrderElementsOf(EARLY.stream().map(FlowTrace::traceId).toList());
    assertThat(EARLY)
        .allSatisfy(
            trace -> assertThat(target.getEvents(trace.traceId())).isEqualTo(trace.events()));
  }

  @Test
  void tracesOfWhichOnlyEventsAreStoredAreMovedAndCounted() {
    MigrationReport report = migrate(source, target, MigrationOptions.builder());

    assertIsMoved(target);
    assertThat(report.earlyTraces()).isEqualTo(20);
    assertThat(report.earlyEvents()).isEqualTo(EVENTS);
    assertThat(report.traces()).isEqualTo(60);
    assertThat(report.events()).isEqualTo(events(TRACES));
    assertThat(report.isComplete()).isTrue();
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void aHeaderThatIsStoredInTheTargetLaterFindsItsEvents() {
    migrate(source, target, MigrationOptions.builder());
    FlowTrace trace = EARLY.getFirst();

    target.storeTrace(trace.withEvents(List.of()));

    assertThat(target.getTrace(trace.traceId())).contains(trace);
  }

  @Test
  void aDryRunCountsThemAndWritesNothing() {
    MigrationReport report = migrate(source, target, MigrationOptions.builder().dryRun(true));

    assertThat(report.earlyTraces()).isEqualTo(20);
    assertThat(report.earlyEvents()).isEqualTo(EVENTS);
    assertThat(early(target)).isEmpty();
  }

  @Test
  void aFilterLeavesThemOutAndTheReportSaysSo() {
    TraceQuery filter = TraceQuery.builder().flowId(TRACES.getFirst().flowId()).build();

    MigrationReport report =
        migrate(source, target, MigrationOptions.builder().filter(filter).verify(true));

    assertThat(early(target)).isEmpty();
    assertThat(report.earlyTraces()).isZero();
    assertThat(report.isComplete()).isTrue();
    assertThat(report.warnings())
        .containsExactly(
            "the source has events whose trace is not stored; a migration with a filter leaves them out");
  }

  @Test
  void aFilterIsNotMentionedIfTheSourceHasNone() {
    TraceStore full = mem();
    full.storeTraces(TRACES);
    TraceQuery filter = TraceQuery.builder().flowId(TRACES.getFirst().flowId()).build();

    MigrationReport report = migrate(full, target, MigrationOptions.builder().filter(filter));

    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void aRunThatFailsAmongThemIsResumed() {
    AtomicInteger writes = new AtomicInteger();
    TraceStore failing =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.equals("storeEvents") && writes.incrementAndGet() > 5) {
                throw new TraceStoreException("broken", null);
              }
              return call.call();
            });

    MigrationFailedException failure =
        catchThrowableOfType(
            MigrationFailedException.class, () -> migrate(source, failing, resumable()));
    MigrationReport resumed = migrate(source, target, resumable());

    assertThat(failure).hasMessage("broken");
    assertThat(failure.report().earlyTraces()).isEqualTo(5);
    assertThat(resumed.kind()).isEqualTo(MigrationReport.Kind.RESUMED);
    assertThat(resumed.traces()).isEqualTo(60);
    assertThat(resumed.earlyTraces()).isEqualTo(20);
    assertIsMoved(target);
  }

  @Test
  void aRunThatCatchesUpMovesThemAgainWithWhatWasAdded() {
    migrate(source, target, resumable());
    TraceId known = EARLY.getFirst().traceId();
    TraceEvent added = TRACES.getFirst().events().getFirst();
    source.storeEvent(known, added);

    MigrationReport second = migrate(source, target, resumable().verify(true));

    assertThat(second.kind()).isEqualTo(MigrationReport.Kind.CATCH_UP);
    assertThat(second.earlyTraces()).isEqualTo(20);
    assertThat(second.earlyEvents()).isEqualTo(EVENTS + 1);
    assertThat(second.isComplete()).isTrue();
    assertThat(target.getEvents(known)).isEqualTo(source.getEvents(known)).contains(added);
  }

  @Test
  void tracesThatCannotBeReadOrStoredAreNamedAndTheOthersAreMoved() {
    TraceId unreadable = EARLY.get(3).traceId();
    TraceId tooLarge = EARLY.get(4).traceId();
    TraceStore damaged =
        Intercepted.store(
            source,
            (method, arguments, call) -> {
              if (method.equals("openEvents") && arguments.getFirst().equals(unreadable)) {
                throw new CorruptDataException("its checksum is wrong", null);
              }
              return call.call();
            });
    TraceStore small =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.equals("storeEvents") && arguments.getFirst().equals(tooLarge)) {
                throw new StoreCapacityException("too large", null);
              }
              return call.call();
            });

    MigrationReport report = migrate(damaged, small, resumable());

    assertThat(report.firstNotMoved())
        .containsExactlyInAnyOrder(
            new NotMoved(unreadable, "cannot be read: its checksum is wrong"),
            new NotMoved(tooLarge, "too large"));
    assertThat(report.notMoved()).isEqualTo(2);
    assertThat(report.isComplete()).isFalse();
    assertThat(report.earlyTraces()).isEqualTo(18);

    assertThat(migrate(source, target, resumable()).isComplete()).isTrue();
    assertIsMoved(target);
  }

  @Test
  void storesThatAreAwayForAMomentAreTriedAgain() {
    AtomicInteger writes = new AtomicInteger();
    AtomicInteger lists = new AtomicInteger();
    TraceStore shakyTarget =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.equals("storeEvents") && writes.incrementAndGet() == 2) {
                throw new StoreUnavailableException("away", null);
              }
              return call.call();
            });
    TraceStore shakySource =
        Intercepted.store(
            source,
            (method, arguments, call) ->
                method.equals("openEarlyTraces") && lists.incrementAndGet() == 1
                    ? new BreakingOff((TraceIdCursor) call.call())
                    : call.call());

    MigrationReport report = migrate(shakySource, shakyTarget, MigrationOptions.builder());

    assertThat(lists).hasValue(2);
    assertThat(report.earlyTraces()).isEqualTo(20);
    assertThat(report.earlyEvents()).isEqualTo(EVENTS);
    assertIsMoved(target);
  }

  /** Fails after three ids. */
  private static final class BreakingOff implements TraceIdCursor {
    private final TraceIdCursor ids;
    private int read;

    BreakingOff(TraceIdCursor ids) {
      this.ids = ids;
    }

    @Override
    public boolean hasNext() {
      return ids.hasNext();
    }

    @Override
    public TraceId next() {
      if (read == 3) {
        throw new StoreUnavailableException("away", null);
      }
      read++;
      return ids.next();
    }

    @Override
    public void close() {
      ids.close();
    }
  }

  @Test
  void aTargetWithoutRoomEndsTheMigration() {
    TraceStore full =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.equals("storeEvents")) {
                throw new StoreCapacityException("the disk is full", null);
              }
              return call.call();
            });
    SampleTraces.of(14).next(150).stream()
        .filter(trace -> !trace.events().isEmpty())
        .forEach(trace -> source.storeEvents(trace.traceId(), trace.events()));

    assertThatThrownBy(() -> migrate(source, full, MigrationOptions.builder()))
        .isInstanceOf(MigrationFailedException.class)
        .hasMessage("the disk is full");
  }

  @Test
  void aVerificationComparesThemEventByEvent() {
    migrate(source, target, MigrationOptions.builder());
    assertThat(new StorageMigrator(source, target).verify().isEqual()).isTrue();
    FlowTrace missing = EARLY.get(1);
    FlowTrace less = EARLY.get(2);
    target.deleteTrace(missing.traceId());
    target.deleteTrace(less.traceId());
    target.storeEvents(less.traceId(), less.events().subList(1, less.events().size()));

    VerificationReport report = new StorageMigrator(source, target).verify();

    assertThat(report.earlyTraces()).isEqualTo(20);
    assertThat(report.earlyEvents()).isEqualTo(EVENTS);
    assertThat(report.different()).isEqualTo(2);
    assertThat(report.isEqual()).isFalse();
    assertThat(report.firstDifferences())
        .containsExactlyInAnyOrder(
            new Difference(
                missing.traceId(),
                "%d events missing in the target (%s, ...)"
                    .formatted(missing.events().size(), missing.events().getFirst().eventId())),
            new Difference(
                less.traceId(),
                "1 event missing in the target (%s)"
                    .formatted(less.events().getFirst().eventId())));
    assertThat(report.sourceDigest()).isEqualTo(report.targetDigest());
  }
}
