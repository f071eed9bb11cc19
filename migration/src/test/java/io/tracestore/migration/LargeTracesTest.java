package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.model.Bytes;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace with more events than should be held at once is moved and written piece by piece. */
class LargeTracesTest {
  private static final List<FlowTrace> SMALL = SampleTraces.of(5).next(3);
  private static final FlowTrace LARGE = large(SampleTraces.of(6).next());

  @TempDir private Path folder;

  private final List<TraceStore> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(TraceStore::close);
  }

  /** 20 events of one MiB each. */
  private static FlowTrace large(FlowTrace sample) {
    TraceEventData data =
        TraceEventData.builder()
            .message(MessageSnapshot.of("zeros", Bytes.of(new byte[1 << 20])))
            .build();
    TraceEvent event = sample.events().getFirst().toBuilder().data(data).build();
    return sample.withEvents(
        IntStream.range(0, 20)
            .mapToObj(i ->
                event.toBuilder()
                    .eventId(new EventId(new UUID(0x7000L, i)))
                    .timestamp(sample.startTime().plusNanos(i))
                    .build())
            .toList());
  }

  private TraceStore sqlite(String name) {
    TraceStore store = SqliteConfig.of(folder.resolve(name)).open();
    opened.add(store);
    return store;
  }

  private TraceStore filled(String name) {
    TraceStore store = sqlite(name);
    store.storeTraces(SMALL);
    store.storeTrace(LARGE);
    return store;
  }

  private static List<FlowTrace> content(TraceStore store) {
    return store.queryTraces(TraceQuery.ALL);
  }

  @Test
  void theEventsOfALargeTraceAreMovedBeforeItsHeader() {
    TraceStore source = filled("source.db");
    TraceStore target = sqlite("target.db");
    List<Integer> pieces = new ArrayList<>();
    TraceStore watched =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.equals("storeEvents")) {
                assertThat(target.getHeader(LARGE.traceId())).isEmpty();
                pieces.add(((Collection<?>) arguments.get(1)).size());
              }
              return call.call();
            });
    MigrationOptions options = MigrationOptions.builder().threads(1).verify(true).build();

    MigrationReport report = new StorageMigrator(source, watched, options).migrateAllTraces();

    assertThat(pieces).containsExactly(4, 4, 4, 4, 4);
    assertThat(report.traces()).isEqualTo(4);
    assertThat(report.events())
        .isEqualTo(20 + SMALL.stream().mapToLong(trace -> trace.events().size()).sum());
    VerificationReport verification = report.verification();
    assertThat(verification).isNotNull();
    assertThat(verification.isEqual()).isTrue();
    assertThat(content(target)).isEqualTo(content(source));
  }

  @Test
  void aLargeTraceInOneRecordIsImportedInPartsAndAnInvalidOneNotAtAll() throws IOException {
    String record = ReflowJson.write(LARGE);
    String metadata = "\"metadata\":";
    Path file =
        Files.writeString(
            folder.resolve("records.jsonl"),
            record.replace(metadata, metadata + "7,\"other\":") + "\n" + record + "\n");
    TraceStore target = sqlite("target.db");
    List<String> calls = new ArrayList<>();
    TraceStore watched =
        Intercepted.store(
            target,
            (method, arguments, call) -> {
              if (method.startsWith("store")) {
                calls.add(method);
              }
              return call.call();
            });

    ImportReport report =
        TraceImporter.importFiles(watched, List.of(file), null, new ImportListener() {});

    assertThat(report.rejected()).isEqualTo(1);
    assertThat(report.stored()).isEqualTo(1);
    assertThat(report.storedEvents()).isEqualTo(20);
    assertThat(calls)
        .containsExactly(
            "storeEvents",
            "storeEvents",
            "storeEvents",
            "storeEvents",
            "storeEvents",
            "storeTraces");
    assertThat(content(target)).containsExactly(LARGE);
  }

  @Test
  void movingALargeTraceAgainChangesNothing() {
    TraceStore source = filled("source.db");
    TraceStore target = sqlite("target.db");
    new StorageMigrator(source, target).migrateAllTraces();

    MigrationReport report = new StorageMigrator(source, target).migrateAllTraces();

    assertThat(report.isComplete()).isTrue();
    assertThat(content(target)).isEqualTo(content(source));
  }

  @Test
  void aLargeTraceThatIsStoredOtherwiseIsReportedAndNoEventOfItIsMoved() {
    TraceStore target = sqlite("target.db");
    FlowTrace other = LARGE.withEvents(List.of()).toBuilder().flowId("another").build();
    target.storeTrace(other);

    MigrationReport report = new StorageMigrator(filled("source.db"), target).migrateAllTraces();

    assertThat(report.firstNotMoved())
        .extracting(NotMoved::traceId)
        .containsExactly(LARGE.traceId());
    assertThat(target.getTrace(LARGE.traceId())).contains(other);
    assertThat(report.traces()).isEqualTo(3);
  }

  @Test
  void aDryRunOfALargeTraceCountsItsEventsAndWritesNothing() {
    TraceStore target = sqlite("target.db");
    TraceStore source = sqlite("source.db");
    source.storeTrace(LARGE);
    MigrationOptions options = MigrationOptions.builder().dryRun(true).build();

    MigrationReport report = new StorageMigrator(source, target, options).migrateAllTraces();

    assertThat(report.events()).isEqualTo(20);
    assertThat(target.getEvents(LARGE.traceId())).isEmpty();
  }

  @Test
  void aVerificationNamesALargeTraceOfWhichOneEventDiffers() {
    TraceStore source = filled("source.db");
    TraceStore target = filled("target.db");
    TraceEvent changed = LARGE.events().get(7);
    target.storeEvent(
        LARGE.traceId(),
        changed.toBuilder().data(TraceEventData.builder().error("lost").build()).build());

    VerificationReport report = new StorageMigrator(source, target).verify();

    assertThat(report.firstDifferences())
        .containsExactly(new Difference(LARGE.traceId(), "events"));
    assertThat(report.sourceEvents()).isEqualTo(report.targetEvents());
  }

  @Test
  void aVerificationNamesALargeTraceThatIsMissing() {
    TraceStore target = sqlite("target.db");
    target.storeTraces(SMALL);

    VerificationReport report = new StorageMigrator(filled("source.db"), target).verify();

    assertThat(report.firstDifferences())
        .containsExactly(new Difference(LARGE.traceId(), "missing in the target"));
  }

  @Test
  void largeEarlyTracesAreMovedInPieces() {
    TraceStore source = sqlite("source.db");
    TraceStore target = sqlite("target.db");
    source.storeEvents(LARGE.traceId(), LARGE.events());

    MigrationReport report = new StorageMigrator(source, target).migrateAllTraces();

    assertThat(report.earlyEvents()).isEqualTo(20);
    assertThat(target.getEvents(LARGE.traceId())).isEqualTo(LARGE.events());
  }

  @Test
  void aLargeTraceTakesSeveralLinesOfABackupAndIsReadBackEqual() throws IOException {
    TraceStore source = filled("source.db");
    Path file = folder.resolve("traces.jsonl");

    BackupReport written = new StorageMigrator(source, sqlite("none.db")).exportToFile(file);
    TraceStore target = sqlite("target.db");
    ImportReport read = new StorageMigrator(source, target).importFromFile(file);

    assertThat(parts(Files.readAllLines(file))).hasSize(4);
    assertThat(written.traces()).isEqualTo(4);
    assertThat(read.stored()).isEqualTo(4);
    assertThat(read.storedEvents()).isEqualTo(written.events());
    assertThat(read.isComplete()).isTrue();
    assertThat(content(target)).isEqualTo(content(source));
  }

  @Test
  void aBackupThatLacksAPartIsFoundOut() throws IOException {
    TraceStore source = filled("source.db");
    Path file = folder.resolve("traces.jsonl");
    new StorageMigrator(source, sqlite("none.db")).exportToFile(file);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.remove(parts(lines).getFirst());
    Files.write(file, lines);

    ImportReport report =
        TraceImporter.importFiles(
            sqlite("target.db"), List.of(file), TraceFormat.REFLOW, ImportListener.NONE);

    assertThat(report.firstRejections())
        .singleElement()
        .satisfies(rejection -> assertThat(rejection.message()).contains("its checksum should be"));
  }

  private static List<String> parts(List<String> lines) {
    return lines.stream().filter(line -> line.startsWith("{\"tracestore_part\":true,")).toList();
  }

  @Test
  void aLargeTraceIsOneTraceInTheLayoutsForOtherTools() throws IOException {
    TraceStore source = sqlite("source.db");
    source.storeTrace(LARGE);
    Path file = folder.resolve("traces.jsonl");

    Backup.write(
        source, TraceQuery.ALL, file, Backup.Layout.LINES_WITH_CUSTOM_EVENTS, traces -> {});
    TraceStore target = sqlite("target.db");
    new StorageMigrator(source, target).importFromFile(file);

    assertThat(Files.readAllLines(file)).hasSize(1);
    assertThat(content(target)).containsExactly(LARGE);
  }
}
