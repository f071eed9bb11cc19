package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
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
    return MemoryConfig.of().open();
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
    assertThat(report).isEqualTo(new ImportReport(50, 50, events, 0, List.of(), Map.of()));
    assertThat(content()).isEqualTo(TRACES);
  }

  @ParameterizedTest
  @EnumSource(
      value = Backup.Layout.class,
      names = {"BACKUP", "LINES", "LINES_WITH_CUSTOM_EVENTS", "ARRAY", "ARRAY_WITH_CUSTOM_EVENTS"})
  void everyLayoutIsReadBackEqual(Backup.Layout layout) {
    store.storeTraces(TRACES);
    Path file = folder.resolve("traces");
    Backup.write(store, TraceQuery.ALL, file, layout, traces -> {});

    assertThat(restore(file).isComplete()).isTrue();
    assertThat(content()).isEqualTo(TRACES);
  }

  @ParameterizedTest
  @EnumSource(
      value = Backup.Layout.class,
      names = {"BACKUP", "LINES_WITH_CUSTOM_EVENTS", "ARRAY_WITH_CUSTOM_EVENTS"})
  void customEventsAreReadBackEqual(Backup.Layout layout) {
    FlowTrace trace = withCustomEvents(TRACES.getFirst());
    store.storeTrace(trace);
    Path file = folder.resolve("traces");

    BackupReport report = Backup.write(store, TraceQuery.ALL, file, layout, traces -> {});
    restore(file);

    assertThat(report).isEqualTo(new BackupReport(1, trace.events().size(), 0, 0, List.of()));
    assertThat(content()).containsExactly(trace);
  }

  @ParameterizedTest
  @EnumSource(
      value = Backup.Layout.class,
      names = {"LINES", "ARRAY"})
  void filesForReflowHaveNoCustomEventsAndTheReportCountsThem(Backup.Layout layout)
      throws IOException {
    FlowTrace trace = TRACES.getFirst();
    store.storeTrace(withCustomEvents(trace));
    Path file = folder.resolve("traces");

    BackupReport report = Backup.write(store, TraceQuery.ALL, file, layout, traces -> {});
    restore(file);

    assertThat(report).isEqualTo(new BackupReport(1, trace.events().size(), 2, 0, List.of()));
    assertThat(Files.readString(file)).doesNotContain("\"Custom\"");
    assertThat(content()).containsExactly(trace);
  }

  private static FlowTrace withCustomEvents(FlowTrace trace) {
    List<TraceEvent> events = new ArrayList<>(trace.events());
    for (String name : List.of("retried", "rated")) {
      events.add(
          TraceEvent.builder(TraceEventType.custom(name), "actor")
              .timestamp(trace.startTime())
              .build());
    }
    events.sort(TraceEvent.ORDER);
    return trace.withEvents(events);
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

    assertThat(messages(report))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("b:11, line 1, column "),
            end ->
                assertThat(end)
                    .isEqualTo(
                        "b: the backup is truncated: its last line is missing after 9 traces"));
    assertThat(content()).isEqualTo(TRACES.subList(0, 9));
  }

  @Test
  void anAlteredLineIsFoundOutAndNotStored() throws IOException {
    Path file = backup("b");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(5, lines.get(5).replaceFirst("node-[1-4]", "node-9"));
    Files.write(file, lines);

    assertThat(messages(restore(file)))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("b:6: the line is not as it was written"),
            end ->
                assertThat(end).startsWith("b: the backup was altered: its checksum should be "));
    List<FlowTrace> good = new ArrayList<>(TRACES);
    good.remove(4);
    assertThat(content()).isEqualTo(good);
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
    Files.writeString(file, Files.readString(file).replaceFirst("\"version\":3", "\"version\":4"));

    ImportReport report = restore(file);

    assertThat(messages(report))
        .containsExactly("b: the backup has version 4; this Tracestore reads version 3");
    assertThat(content()).isEmpty();
  }

  @Test
  void theFileIsReplacedOnlyByAWholeOne() throws IOException {
    Path file = folder.resolve("b");
    Files.writeString(file, "{\"trace_id\":1}");
    store.close();

    assertThatThrownBy(
            () -> Backup.write(store, TraceQuery.ALL, file, Backup.Layout.BACKUP, traces -> {}))
        .isInstanceOf(TraceStoreException.class);

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(file).hasContent("{\"trace_id\":1}");
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
        .isEqualTo(new BackupReport(50, events, 0, 0, List.of()));
  }

  @Test
  void aDamagedBackupIsNamedByTheCheck() throws IOException {
    Path file = damaged();

    assertThatThrownBy(() -> Backup.check(file, ImportListener.NONE))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith(file + ":6, line 1, column ");
  }

  @Test
  void nothingOfADamagedBackupIsImported() throws IOException {
    Path file = damaged();

    assertThatThrownBy(() -> new StorageMigrator(store, restored).importFromFile(file))
        .isInstanceOf(CorruptDataException.class);
    assertThat(content()).isEmpty();
  }

  @Test
  void goodLinesOfADamagedBackupAreSalvaged() throws IOException {
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
  void goodLinesOfATruncatedBackupAreSalvaged() throws IOException {
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
  void theReadablePartOfATruncatedCompressedFileIsSalvaged(String name) throws IOException {
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
    assertThat(messages(report)).last().asString().startsWith(name + ": cannot be read on after");
  }

  @Test
  void goodLinesOfADamagedFileWithoutAHeaderAreSalvaged() throws IOException {
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

  /** A packed file whose middle is damaged is unpacked on with what is wrong. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void salvageStoresNothingThatWasAltered(long seed) throws IOException {
    List<FlowTrace> many =
        SampleTraces.of(seed).next(1000).stream().sorted(FlowTrace.NEWEST_FIRST).toList();
    store.storeTraces(many);
    Path file = folder.resolve("b.zst");
    Backup.write(store, TraceQuery.ALL, file, Backup.Layout.BACKUP, traces -> {});
    byte[] bytes = Files.readAllBytes(file);
    byte[] noise = new byte[20];
    new Random(seed).nextBytes(noise);
    System.arraycopy(noise, 0, bytes, bytes.length / 3, noise.length);
    Files.write(file, bytes);

    ImportReport report = salvage(file);

    assertThat(report.rejected()).isPositive();
    assertThat(many).containsAll(restored.queryTraces(TraceQuery.builder().limit(2000).build()));
  }

  @Test
  void salvageStoresNoLineOfWhichOneByteWasAltered() throws IOException {
    Path file = backup("b");
    byte[] bytes = Files.readAllBytes(file);
    int line = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
    for (int i = 0; i < 400; i++) {
      byte[] altered = bytes.clone();
      altered[line + i * 7] ^= (byte) (1 << i % 7);
      Files.write(file, altered);

      assertThat(salvage(file).isComplete()).isFalse();
      assertThat(TRACES).containsAll(content());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aBackupWhoseBeginningIsLostIsSalvagedFromThereOn(int zeroes) throws IOException {
    Path file = backup("b");
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 0, zeroes, (byte) 0);
    Files.write(file, bytes);

    ImportReport report = salvage(file);

    assertThat(report.stored()).isGreaterThan(zeroes == 1 ? 49 : 30);
    assertThat(report.isComplete()).isFalse();
    assertThat(TRACES).containsAll(content());
  }

  @Test
  void theEndOfABackupIsSalvaged() throws IOException {
    Path file = backup("b");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length));

    ImportReport report = salvage(file);

    int stored = (int) report.stored();
    assertThat(stored).isGreaterThan(10);
    assertThat(content()).isEqualTo(TRACES.subList(50 - stored, 50));
    assertThat(messages(report)).contains("b: the backup is cut off: its first line is missing");
  }

  @Test
  void aBackupAfterABlankLineIsSalvaged() throws IOException {
    Path file = backup("b");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(20, lines.get(20).substring(0, 100));
    lines.addFirst("");
    Files.write(file, lines);

    assertThat(salvage(file).stored()).isEqualTo(49);
  }

  @Test
  void linesOfABackupWithoutItsFirstAndLastLineAreNoWholeFile() throws IOException {
    Path file = backup("b");
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(1, 20));

    assertThatThrownBy(() -> Backup.check(file, ImportListener.NONE))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("its first line is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"source", "created", "filter", "events"})
  void thePromisesOfTheFirstAndTheLastLineAreChecked(String field) throws IOException {
    Path file = backup("b");
    String text = Files.readString(file);
    int at =
        field.equals("events")
            ? text.lastIndexOf("\"events\":") + 9
            : text.indexOf("\"" + field + "\":") + field.length() + 4;
    char altered = text.charAt(at) == '1' ? '2' : '1';
    Files.writeString(file, text.substring(0, at) + altered + text.substring(at + 1));

    assertThatThrownBy(() -> Backup.check(file, ImportListener.NONE))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("line is damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "b.gz", "b.zst"})
  void anythingAfterTheLastLineIsFoundOut(String name) throws IOException {
    Path file = backup(name);
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {1, 30, 100_000}) {
      byte[] more = Arrays.copyOf(bytes, bytes.length + length);
      Arrays.fill(more, bytes.length, more.length, (byte) 0x80);
      Files.write(file, more);

      assertThatThrownBy(() -> Backup.check(file, ImportListener.NONE))
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void partsOfGzipAfterEachOtherAreOneFile() throws IOException {
    Path file = backup("b");
    byte[] bytes = Files.readAllBytes(file);
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (int from = 0; from < bytes.length; from += 1000) {
      try (var part = new GZIPOutputStream(parts)) {
        part.write(bytes, from, Math.min(1000, bytes.length - from));
      }
    }
    Files.write(file, parts.toByteArray());

    assertThat(Backup.check(file, ImportListener.NONE).traces()).isEqualTo(50);
  }

  @Test
  void aBackupOfNothingSaysSoAndIsWhole() {
    Path file = folder.resolve("b");
    Backup.write(store, TraceQuery.ALL, file, Backup.Layout.BACKUP, traces -> {});

    assertThat(Backup.check(file, ImportListener.NONE))
        .isEqualTo(new BackupReport(0, 0, 0, 0, List.of()));
  }
}
