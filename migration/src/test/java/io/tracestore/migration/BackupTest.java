package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.FlowTrace;
import io.tracestore.provider.mem.MemTraceStoreProvider;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups read back as they were written, or say what is wrong with them. */
class BackupTest {
  private static final List<FlowTrace> TRACES =
      SampleTraces.of(3).next(50).stream().sorted(FlowTrace.NEWEST_FIRST).toList();

  @TempDir private Path folder;

  private final TraceStore store = open();
  private final TraceStore restored = open();

  private static TraceStore open() {
    return MemTraceStoreProvider.open(MemoryConfig.builder().build());
  }

  @AfterEach
  void close() {
    store.close();
    restored.close();
  }

  private Path backup(String name) {
    store.storeTraces(TRACES);
    Path file = folder.resolve(name);
    Backup.write(store, TraceQuery.ALL, file, Backup.Layout.BACKUP, traces -> {});
    return file;
  }

  private ImportReport restore(Path file) {
    return TraceImporter.importFiles(
        restored, List.of(file), TraceFormat.REFLOW, ImportListener.NONE);
  }

  private List<FlowTrace> content() {
    return restored.queryTraces(TraceQuery.builder().limit(1000).build());
  }

  /** The rejections of {@code report}, without the folder. */
  private List<String> messages(ImportReport report) {
    return report.firstRejections().stream()
        .map(rejection -> rejection.message().replace(folder + "/", ""))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"b.jsonl", "b.jsonl.gz", "b.jsonl.zst"})
  void aBackupIsReadBackEqual(String name) {
    ImportReport report = restore(backup(name));

    long events = TRACES.stream().mapToLong(trace -> trace.events().size()).sum();
    assertThat(report).isEqualTo(new ImportReport(50, 50, events, 0, List.of()));
    assertThat(content()).isEqualTo(TRACES);
  }

  @ParameterizedTest
  @EnumSource(value = Backup.Layout.class, names = "OTLP", mode = EnumSource.Mode.EXCLUDE)
  void everyLayoutIsReadBackEqual(Backup.Layout layout) {
    store.storeTraces(TRACES);
    Path file = folder.resolve("traces");
    Backup.write(store, TraceQuery.ALL, file, layout, traces -> {});

    assertThat(restore(file).isComplete()).isTrue();
    assertThat(content()).isEqualTo(TRACES);
  }

  @Test
  void restoringTwiceChangesNothing() {
    Path file = backup("b");
    restore(file);

    assertThat(restore(file).stored()).isEqualTo(50);
    assertThat(content()).isEqualTo(TRACES);
  }

  @Test
  void onlyMatchingTracesAreWritten() {
    store.storeTraces(TRACES);
    Path file = folder.resolve("b");
    TraceQuery checkouts = TraceQuery.builder().flowId("checkout").build();
    Backup.write(store, checkouts, file, Backup.Layout.BACKUP, traces -> {});

    restore(file);

    assertThat(content()).isEqualTo(TRACES.stream().filter(checkouts::matches).toList());
  }

  @Test
  void aTruncatedBackupIsFoundOutAndWhatIsThereIsStored() throws IOException {
    Path file = backup("b");
    Files.write(file, Files.readAllLines(file).subList(0, 11));

    ImportReport report = restore(file);

    assertThat(messages(report))
        .containsExactly("b: the backup is truncated: its last line is missing after 10 traces");
    assertThat(content()).isEqualTo(TRACES.subList(0, 10));
  }

  @Test
  void aBackupCutWithinALineIsFoundOutAndWhatIsBeforeIsStored() throws IOException {
    Path file = backup("b");
    String cut = Files.readString(file).lines().limit(11).reduce("", (a, b) -> a + b + "\n");
    Files.writeString(file, cut.substring(0, cut.length() - 20));

    ImportReport report = restore(file);

    assertThat(messages(report)).singleElement().asString().startsWith("b, line 11, column ");
    assertThat(content()).isEqualTo(TRACES.subList(0, 9));
  }

  @Test
  void anAlteredBackupIsFoundOutByItsChecksum() throws IOException {
    Path file = backup("b");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(5, lines.get(5).replaceFirst("node-[1-4]", "node-9"));
    Files.write(file, lines);

    assertThat(messages(restore(file)))
        .singleElement()
        .asString()
        .startsWith("b: the backup was altered: its checksum should be ");
  }

  @Test
  void aBackupWithALineMissingIsFoundOut() throws IOException {
    Path file = backup("b");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.remove(7);
    Files.write(file, lines);

    assertThat(messages(restore(file)))
        .containsExactly("b: the backup was altered: it should hold 50 traces and holds 49");
  }

  @Test
  void aBackupOfANewerVersionIsRefused() throws IOException {
    Path file = backup("b");
    Files.writeString(file, Files.readString(file).replaceFirst("\"version\":1", "\"version\":2"));

    ImportReport report = restore(file);

    assertThat(messages(report))
        .containsExactly("b: the backup has version 2; this Tracestore reads version 1");
    assertThat(content()).isEmpty();
  }

  @Test
  void theFileIsReplacedOnlyByAWholeOne() throws IOException {
    Path file = folder.resolve("b");
    Files.writeString(file, "before");
    store.close();

    assertThatThrownBy(
            () -> Backup.write(store, TraceQuery.ALL, file, Backup.Layout.BACKUP, traces -> {}))
        .isInstanceOf(TraceStoreException.class);

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(file).hasContent("before");
  }

  @Test
  void theFirstLineSaysWhereItComesFromAndByWhichFilter() throws IOException {
    try (Stream<String> lines = Files.lines(backup("b"))) {
      assertThat(lines.findFirst().orElseThrow())
          .contains("\"source\":\"" + store + "\"")
          .contains("\"filter\":");
    }
  }

  private ImportReport salvage(Path file) {
    try (TraceSource source = TraceFiles.openToSalvage(file, ImportListener.NONE)) {
      return TraceImporter.importAll(restored, source, ImportListener.NONE);
    }
  }

  private Path damaged() throws IOException {
    Path file = backup("b");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(5, lines.get(5).substring(0, 100));
    lines.set(9, "\0\0\0");
    return Files.write(file, lines);
  }

  @Test
  void aWholeBackupIsChecked() {
    long events = TRACES.stream().mapToLong(trace -> trace.events().size()).sum();

    assertThat(Backup.check(backup("b"), ImportListener.NONE))
        .isEqualTo(new BackupReport(50, events));
  }

  @Test
  void aDamagedBackupIsNamedByTheCheck() throws IOException {
    Path file = damaged();

    assertThatThrownBy(() -> Backup.check(file, ImportListener.NONE))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith(file + ", line 6, column ");
  }

  @Test
  void nothingOfADamagedBackupIsImported() throws IOException {
    Path file = damaged();

    assertThatThrownBy(() -> new StorageMigrator(store, restored).importFromFile(file))
        .isInstanceOf(CorruptDataException.class);
    assertThat(content()).isEmpty();
  }

  @Test
  void whatIsGoodInADamagedBackupIsSalvaged() throws IOException {
    ImportReport report = salvage(damaged());

    List<FlowTrace> good = new ArrayList<>(TRACES);
    good.remove(8);
    good.remove(4);
    assertThat(content()).isEqualTo(good);
    assertThat(messages(report))
        .hasSize(3)
        .anyMatch(message -> message.startsWith("b:6, line 1, column "))
        .anyMatch(message -> message.startsWith("b:10, line 1, column "))
        .anyMatch(message -> message.startsWith("b: the backup was altered: its checksum"));
  }

  @Test
  void whatIsGoodInATruncatedBackupIsSalvaged() throws IOException {
    Path file = backup("b");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    ImportReport report = salvage(file);

    assertThat(content()).isEqualTo(TRACES.subList(0, (int) report.stored()));
    assertThat(report.stored()).isBetween(5L, 45L);
    assertThat(messages(report))
        .last()
        .asString()
        .startsWith("b: the backup is truncated: its last line is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"b.gz", "b.zst"})
  void whatCanBeUnpackedOfATruncatedFileIsSalvaged(String name) throws IOException {
    Path file = folder.resolve(name);
    List<FlowTrace> many =
        SampleTraces.of(8).next(1500).stream().sorted(FlowTrace.NEWEST_FIRST).toList();
    store.storeTraces(many);
    Backup.write(store, TraceQuery.ALL, file, Backup.Layout.BACKUP, traces -> {});
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length * 3 / 4));

    ImportReport report = salvage(file);

    assertThat(report.stored()).isBetween(100L, 1400L);
    assertThat(restored.queryTraces(TraceQuery.builder().limit(2000).build()))
        .isEqualTo(many.subList(0, (int) report.stored()));
    assertThat(messages(report)).last().asString().startsWith(name + ": cannot be read on behind");
  }

  @Test
  void whatIsGoodInDamagedLinesWithoutAHeaderIsSalvaged() throws IOException {
    store.storeTraces(TRACES);
    Path file = folder.resolve("b");
    Backup.write(store, TraceQuery.ALL, file, Backup.Layout.LINES, traces -> {});
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(0, lines.getFirst().substring(0, 100));
    Files.write(file, lines);

    ImportReport report = salvage(file);

    assertThat(report.rejected()).isOne();
    assertThat(content()).isEqualTo(TRACES.subList(1, 50));
  }

  @Test
  void aSoundBackupIsSalvagedWhole() {
    assertThat(salvage(backup("b")).isComplete()).isTrue();
    assertThat(content()).isEqualTo(TRACES);
  }

  @Test
  void anArrayIsSalvagedUpToTheDamage() throws IOException {
    store.storeTraces(TRACES);
    Path file = folder.resolve("b");
    Backup.write(store, TraceQuery.ALL, file, Backup.Layout.ARRAY, traces -> {});
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    ImportReport report = salvage(file);

    assertThat(content()).isEqualTo(TRACES.subList(0, (int) report.stored())).isNotEmpty();
    assertThat(report.rejected()).isOne();
  }
}
