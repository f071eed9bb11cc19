package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moving out of a SQLite file in which some traces are damaged. */
class DamagedStoreTest {
  private static final List<FlowTrace> TRACES =
      SampleTraces.of(5).next(700).stream().sorted(FlowTrace.NEWEST_FIRST).toList();

  /** The first, two neighbours, one in the middle, and the last. */
  private static final Set<Integer> HEADERS = Set.of(0, 20, 21, 300, 699);

  private static final int BODY = 400;

  @TempDir private Path folder;

  private final TraceStore target = MemoryConfig.of().open();
  private TraceStore source = target;

  @BeforeEach
  void damage() throws SQLException {
    Path file = folder.resolve("source.db");
    try (TraceStore store = open(file)) {
      store.storeTraces(TRACES);
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      for (int index : HEADERS) {
        damage(connection, "update traces set header = x'0102030405' where trace_id = ?", index);
      }
      damage(
          connection,
          "update events set body = x'0102030405' where trace_key ="
              + " (select trace_key from traces where trace_id = ?)",
          BODY);
    }
    source = open(file);
  }

  private static TraceStore open(Path file) {
    return SqliteConfig.of(file).open();
  }

  private static void damage(Connection connection, String sql, int index) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBytes(1, HexFormat.of().parseHex(id(index).toString().replace("-", "")));
      assertThat(statement.executeUpdate()).isPositive();
    }
  }

  private static TraceId id(int index) {
    return TRACES.get(index).traceId();
  }

  @AfterEach
  void close() {
    source.close();
    target.close();
  }

  private static List<FlowTrace> readable() {
    List<FlowTrace> readable = new ArrayList<>();
    for (int i = 0; i < TRACES.size(); i++) {
      if (!HEADERS.contains(i) && i != BODY) {
        readable.add(TRACES.get(i));
      }
    }
    return readable;
  }

  private static List<TraceId> damaged() {
    List<TraceId> ids = new ArrayList<>(HEADERS.stream().map(DamagedStoreTest::id).toList());
    ids.add(id(BODY));
    return ids;
  }

  private static List<FlowTrace> content(TraceStore store) {
    return store.queryTraces(TraceQuery.builder().limit(10_000).build());
  }

  private MigrationOptions.Builder options() {
    return MigrationOptions.builder().checkpoint(folder.resolve("c.json"));
  }

  @Test
  void unreadableTracesAreNamedAndTheOthersAreMoved() {
    MigrationReport report =
        new StorageMigrator(source, target, options().build()).migrateAllTraces();

    assertThat(content(target)).isEqualTo(readable());
    assertThat(report.notMoved()).isEqualTo(6);
    assertThat(report.firstNotMoved())
        .extracting(NotMoved::traceId)
        .containsExactlyInAnyOrderElementsOf(damaged());
    assertThat(report.firstNotMoved())
        .allMatch(each -> each.reason().startsWith("cannot be read: "));
  }

  @Test
  void aRepetitionTriesWhatCouldNotBeReadAgain() {
    new StorageMigrator(source, target, options().build()).migrateAllTraces();

    MigrationReport second =
        new StorageMigrator(source, target, options().build()).migrateAllTraces();

    assertThat(second.firstNotMoved())
        .extracting(NotMoved::traceId)
        .containsExactlyInAnyOrderElementsOf(damaged());
  }

  @Test
  void aBackupHoldsTheOthersAndNamesWhatCannotBeRead() {
    Path file = folder.resolve("b.jsonl");

    BackupReport report =
        Backup.write(source, TraceQuery.ALL, file, Backup.Layout.BACKUP, traces -> {});

    assertThat(report.isComplete()).isFalse();
    assertThat(report.unreadable()).isEqualTo(6);
    assertThat(report.firstUnreadable())
        .extracting(NotMoved::traceId)
        .containsExactlyInAnyOrderElementsOf(damaged());
    assertThat(new StorageMigrator(source, target).importFromFile(file).isComplete()).isTrue();
    assertThat(content(target)).isEqualTo(readable());
  }

  @Test
  void aVerificationNamesWhatCannotBeReadAndComparesTheOthers() {
    MigrationReport report =
        new StorageMigrator(source, target, options().verify(true).build()).migrateAllTraces();

    assertThat(report.verification()).isNotNull();
    assertThat(report.verification().sourceTraces()).isEqualTo(694);
    assertThat(report.verification().targetTraces()).isEqualTo(694);
    assertThat(report.verification().isEqual()).isFalse();
    assertThat(report.verification().firstDifferences())
        .extracting(Difference::traceId)
        .containsExactlyInAnyOrderElementsOf(damaged());
    assertThat(report.verification().firstDifferences())
        .allMatch(each -> each.what().startsWith("in the source it cannot be read: "));
  }

  @Test
  void aDamagedTargetIsVerifiedToo() {
    TraceStore whole = MemoryConfig.of().open();
    whole.storeTraces(TRACES);

    VerificationReport report = new StorageMigrator(whole, source).verify();

    assertThat(report.sourceTraces()).isEqualTo(700);
    assertThat(report.targetTraces()).isEqualTo(694);
    assertThat(report.firstDifferences())
        .extracting(Difference::traceId)
        .containsExactlyInAnyOrderElementsOf(damaged());
    whole.close();
  }

  @Test
  void aSourceThatIsAwayAtAnyMomentIsTriedAgain() {
    AtomicInteger calls = new AtomicInteger();
    TraceStore shaky =
        Intercepted.store(
            source,
            (method, arguments, call) -> {
              boolean reads =
                  method.equals("queryTraces")
                      || method.equals("openEvents")
                      || method.equals("openCursor");
              if (reads && calls.incrementAndGet() % 1000 == 7) {
                throw new StoreUnavailableException("away for a moment", null);
              }
              return call.call();
            });

    MigrationReport report =
        new StorageMigrator(shaky, target, options().threads(1).build()).migrateAllTraces();

    assertThat(calls.get()).isGreaterThan(1500);
    assertThat(content(target)).isEqualTo(readable());
    assertThat(report.notMoved()).isEqualTo(6);
  }

  @Test
  void aReportIsGivenBeforeAVerificationFails() {
    TraceStore gone =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.equals("openCursor")) {
                throw new TraceStoreException("gone for good", null);
              }
              return call.call();
            });

    assertThat(
            catchThrowableOfType(
                    MigrationFailedException.class,
                    () ->
                        new StorageMigrator(source, gone, options().verify(true).build())
                            .migrateAllTraces())
                .report()
                .traces())
        .isEqualTo(694);
  }
}
