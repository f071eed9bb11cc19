package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.migration.Backup;
import io.tracestore.migration.ImportReport;
import io.tracestore.migration.SampleTraces;
import io.tracestore.migration.StorageMigrator;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reader of files of traces, over every kind of file, whole, empty and cut off. */
class ReadersOfFilesTest {
  private static final List<FlowTrace> TRACES = SampleTraces.of(4).next(20);

  @TempDir private Path folder;

  private byte[] backup = {};

  @BeforeEach
  void export() throws IOException {
    backup = export(TRACES);
  }

  private byte[] export(List<FlowTrace> traces) throws IOException {
    Path file = folder.resolve("export");
    try (TraceStore store = TraceStores.open("mem:")) {
      store.storeTraces(traces);
      Backup.write(store, TraceQuery.ALL, file, Backup.Layout.BACKUP, count -> {});
    }
    return Files.readAllBytes(file);
  }

  /** A reader of trace files; gives how many it stored, or -1 if it reports a failure. */
  enum Reader {
    RESTORE,
    IMPORT,
    IMPORT_FROM_FILE;

    int read(String file) {
      if (this == IMPORT_FROM_FILE) {
        return importFromFile(Path.of(file));
      }
      CliRun run =
          this == RESTORE ? CliRun.of("restore", file, "mem:") : CliRun.of("import", file, "mem:");
      if (run.exitCode() == 0) {
        return Integer.parseInt(run.out().replaceFirst("(?s)stored (\\d+) trace.*", "$1"));
      }
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).startsWith("tracestore: ").doesNotContain("internal error");
      return -1;
    }

    private static int importFromFile(Path file) {
      try (TraceStore source = TraceStores.open("mem:");
          TraceStore target = TraceStores.open("mem:")) {
        ImportReport report = new StorageMigrator(source, target).importFromFile(file);
        return report.isComplete() ? (int) report.stored() : -1;
      } catch (CorruptDataException e) {
        return -1;
      }
    }
  }

  /** A way in which bytes reach a reader. */
  enum Way {
    FILE,
    STANDARD_INPUT,
    NAMED_PIPE,
    DESCRIPTOR
  }

  private int read(Reader reader, Way way, byte[] bytes) throws Exception {
    return switch (way) {
      case FILE -> reader.read(Files.write(folder.resolve("file"), bytes).toString());
      case STANDARD_INPUT -> readStandardInput(reader, bytes);
      case NAMED_PIPE -> readNamedPipe(reader, bytes);
      case DESCRIPTOR -> readDescriptor(reader, bytes);
    };
  }

  private static int readStandardInput(Reader reader, byte[] bytes) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(bytes));
    try {
      return reader.read("-");
    } finally {
      System.setIn(before);
    }
  }

  private int readNamedPipe(Reader reader, byte[] bytes) throws Exception {
    Path pipe = folder.resolve("pipe");
    Files.deleteIfExists(pipe);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(() -> {
          try (OutputStream out = Files.newOutputStream(pipe)) {
            out.write(bytes);
          } catch (IOException e) {
            // A reader that has seen enough closes the pipe.
          }
        });
    int stored = reader.read(pipe.toString());
    written.join();
    return stored;
  }

  /** As the shell passes {@code <(command)}. */
  private static int readDescriptor(Reader reader, byte[] bytes) throws Exception {
    Set<String> before = readEnds();
    Pipe pipe = Pipe.open();
    Set<String> added = readEnds();
    added.removeAll(before);
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(() -> {
          try (OutputStream out = Channels.newOutputStream(pipe.sink())) {
            out.write(bytes);
          } catch (IOException e) {
            // A reader that has seen enough closes the pipe.
          }
        });
    int stored;
    try (var source = pipe.source()) {
      assertThat(source.isOpen()).isTrue();
      stored = reader.read("/dev/fd/" + added.iterator().next());
    }
    written.join();
    return stored;
  }

  /** The numbers of this process' descriptors that read from a pipe. */
  private static Set<String> readEnds() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(ReadersOfFilesTest::isReadEnd)
          .map(each -> each.getFileName().toString())
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  private static boolean isReadEnd(Path descriptor) {
    try {
      Path info = Path.of("/proc/self/fdinfo", descriptor.getFileName().toString());
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:")
          && Files.readString(info).matches("(?s).*flags:\\s+\\d*0\\n.*");
    } catch (IOException e) {
      return false; // closed since it was listed
    }
  }

  static Stream<Arguments> everyReaderAndWay() {
    return Stream.of(Reader.values())
        .flatMap(reader -> Stream.of(Way.values()).map(way -> Arguments.of(reader, way)));
  }

  @ParameterizedTest
  @MethodSource("everyReaderAndWay")
  void aWholeBackupIsStored(Reader reader, Way way) throws Exception {
    assertThat(read(reader, way, backup)).isEqualTo(20);
  }

  @ParameterizedTest
  @MethodSource("everyReaderAndWay")
  void aBackupThatSaysThatItHoldsNothingIsRead(Reader reader, Way way) throws Exception {
    assertThat(read(reader, way, export(List.of()))).isZero();
  }

  @ParameterizedTest
  @MethodSource("everyReaderAndWay")
  void nothingIsNoSuccess(Reader reader, Way way) throws Exception {
    assertThat(read(reader, way, new byte[0])).isEqualTo(-1);
    assertThat(read(reader, way, "\n \n\n".getBytes(StandardCharsets.UTF_8))).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource
  void aBackupCutAnywhereInItsBeginningIsNoSuccess(Reader reader) throws Exception {
    for (Way way : List.of(Way.FILE, Way.STANDARD_INPUT)) {
      for (int length = 0; length < 200; length++) {
        assertThat(read(reader, way, Arrays.copyOf(backup, length))).as("%s", length).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyReaderAndWay")
  void aBackupCutInTheMiddleIsNoSuccess(Reader reader, Way way) throws Exception {
    assertThat(read(reader, way, Arrays.copyOf(backup, backup.length / 2))).isEqualTo(-1);
    assertThat(read(reader, way, Arrays.copyOf(backup, backup.length - 1))).isEqualTo(20);
    assertThat(read(reader, way, Arrays.copyOf(backup, backup.length - 2))).isEqualTo(-1);
  }
}
