package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.migration.files.NameLock;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.provider.sqlite.SqliteMaintenance;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each writer of files creates, replaces and spares the same kinds of files. */
class WritersOfFilesTest {
  private static final List<FlowTrace> TRACES = SampleTraces.of(3).next(30);

  private final TraceStore store = MemoryConfig.of().open();
  private final TraceStore target = MemoryConfig.of().open();

  private Path folder = Path.of("");

  @TempDir private Path elsewhere;

  @BeforeEach
  void fill(@TempDir Path folder) throws IOException {
    this.folder = folder.toRealPath();
    store.storeTraces(TRACES);
  }

  @AfterEach
  void close() {
    store.close();
    target.close();
  }

  /** Everything that writes a file of a user's choice. */
  enum Writer {
    BACKUP,
    LINES,
    ARRAY,
    OTLP,
    ZIPKIN,
    JAEGER,
    CHROME,
    JSONL,
    CHECKPOINT,
    /** The copy of a SQLite store, which replaces nothing. */
    COPY
  }

  private void write(Writer writer, Path file) throws IOException {
    switch (writer) {
      case CHECKPOINT -> {
        MigrationOptions options = MigrationOptions.builder().checkpoint(file).build();
        new StorageMigrator(store, target, options).migrateAllTraces();
      }
      case COPY -> {
        SqliteConfig config = SqliteConfig.of(elsewhere.resolve("store.db"));
        try (TraceStore copied = config.open()) {
          setPermissions(elsewhere.resolve("store.db"), "rw-------");
          copied.unwrap(SqliteMaintenance.class).backupTo(file);
        }
      }
      default -> {
        Backup.Layout layout = Backup.Layout.valueOf(writer.name());
        Backup.write(store, TraceQuery.ALL, file, layout, traces -> {});
      }
    }
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void setPermissions(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheOwnerMayReadANewFile(Writer writer) throws IOException {
    Path file = folder.resolve("f");

    write(writer, file);

    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(files()).containsExactly(file);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COPY")
  void aFileThatIsReplacedKeepsItsPermissions(Writer writer) throws IOException {
    Path file = folder.resolve("f");
    write(writer, file);
    setPermissions(file, "rw-r-----");

    write(writer, file);

    assertThat(permissions(file)).isEqualTo("rw-r-----");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COPY")
  void aSymbolicLinkStaysOneAndItsFileIsReplaced(Writer writer) throws IOException {
    Files.createDirectory(folder.resolve("real"));
    Path real = folder.resolve("real/file");
    write(writer, real);
    Path before = Files.createLink(folder.resolve("before"), real);
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real/file"));

    write(writer, link);

    assertThat(link).isSymbolicLink();
    assertThat(Files.isSameFile(real, before)).isFalse();
    assertThat(files()).containsExactly(before, link, real.getParent());
    try (Stream<Path> inReal = Files.list(real.getParent())) {
      assertThat(inReal).containsExactly(real);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COPY")
  void aLinkToNothingGetsItsFile(Writer writer) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("new"));

    write(writer, link);

    assertThat(link).isSymbolicLink();
    assertThat(folder.resolve("new")).isRegularFile();
  }

  @ParameterizedTest
  @EnumSource
  void aFileOfAnotherKindIsNotReplaced(Writer writer) throws IOException {
    Path file = Files.writeString(folder.resolve("notes"), "what nobody wrote twice");

    assertThatThrownBy(() -> write(writer, file)).isInstanceOf(TraceStoreException.class);

    assertThat(file).hasContent("what nobody wrote twice");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void aCopyReplacesNoExistingFile() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));
    Path other = folder.resolve("copy.db");
    write(Writer.COPY, other);
    byte[] before = Files.readAllBytes(other);

    for (Path file : List.of(empty, link, other, Path.of("/dev/null"))) {
      assertThatThrownBy(() -> write(Writer.COPY, file))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessage("%s exists; name a file that does not".formatted(file));
    }

    assertThat(empty).isEmptyFile();
    assertThat(link).isSymbolicLink();
    assertThat(other).hasBinaryContent(before);
    assertThat(files()).containsExactlyInAnyOrder(empty, link, other);
  }

  @ParameterizedTest
  @EnumSource
  void theDatabaseOfAnotherStoreIsNotReplaced(Writer writer) throws IOException {
    byte[] start = "SQLite format 3\0 and more".getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("traces.db"), start);

    assertThatThrownBy(() -> write(writer, file)).isInstanceOf(TraceStoreException.class);

    assertThat(file).hasBinaryContent(start);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CHECKPOINT", "COPY"})
  void aPipeIsWrittenToAndStaysOne(Writer writer) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<byte[]> read =
        CompletableFuture.supplyAsync(() -> {
          try {
            return Files.readAllBytes(pipe);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });

    write(writer, pipe);
    write(writer, folder.resolve("file"));

    assertThat(read.get(60, TimeUnit.SECONDS).length)
        .isEqualTo((int) Files.size(folder.resolve("file")));
    assertThat(Files.getAttribute(pipe, "isOther")).isEqualTo(true);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CHECKPOINT", "COPY"})
  void aDeviceIsWrittenToAndStaysOne(Writer writer) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("null"), Path.of("/dev/null"));

    write(writer, link);

    assertThat(Files.getAttribute(Path.of("/dev/null"), "isOther")).isEqualTo(true);
    assertThat(files()).containsExactly(link);
  }

  @Test
  void aCheckpointIsAFile() {
    assertThatThrownBy(() -> write(Writer.CHECKPOINT, Path.of("/dev/null")))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("the checkpoint /dev/null must be a file");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COPY")
  void theLeftoversOfAKilledRunAreRemovedAndNothingElse(Writer writer) throws IOException {
    Path left = Files.createFile(folder.resolve(".tracestore.%s.tmp".formatted(UUID.randomUUID())));
    Path inUse = folder.resolve(".tracestore.%s.tmp".formatted(UUID.randomUUID()));
    Path other = Files.createFile(folder.resolve(".tracestore.notes.tmp"));
    Path linked = folder.resolve(".tracestore.%s.tmp".formatted(UUID.randomUUID()));
    Files.createSymbolicLink(linked, other);
    try (NameLock lock = NameLock.tryTake(inUse).orElseThrow()) {
      write(writer, folder.resolve("f"));

      assertThat(left).doesNotExist();
      assertThat(files()).containsExactlyInAnyOrder(inUse, other, linked, folder.resolve("f"));
      lock.remove();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CHECKPOINT", "COPY"})
  void noFileOfTheStoreIsReplacedUnderAnyName(Writer writer) throws IOException {
    Path database = Files.writeString(folder.resolve("a.db"), "");
    Path index = Files.createDirectory(folder.resolve("index"));
    TraceStore withFiles =
        Intercepted.store(
            store,
            (method, arguments, call) ->
                method.equals("files")
                    ? Set.of(database, folder.resolve("a.db-wal"), index)
                    : call.call());
    Files.createSymbolicLink(folder.resolve("link"), database);
    Files.createLink(folder.resolve("hard"), database);
    Backup.Layout layout = Backup.Layout.valueOf(writer.name());

    for (String name : List.of("a.db", "index/../a.db", "link", "hard", "a.db-wal", "index/new")) {
      Path file = folder.resolve(name);
      assertThatThrownBy(() -> Backup.write(withFiles, TraceQuery.ALL, file, layout, traces -> {}))
          .isInstanceOf(TraceStoreException.class)
          .hasMessage("%s belongs to the store mem:; name another file".formatted(file));
    }
    assertThat(database).hasContent("");
    assertThat(folder.resolve("a.db-wal")).doesNotExist();
  }

  @Test
  void aFileBesideALogOfADatabaseIsNotOpenedAndNotReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("traces"), "[]");
    Files.createFile(folder.resolve("traces-wal"));

    assertThatThrownBy(() -> write(Writer.BACKUP, file)).isInstanceOf(TraceStoreException.class);

    assertThat(file).hasContent("[]");
  }

  @Test
  void aDescriptorOfAFileIsWrittenToAfterItsContent() throws Exception {
    Path script = folder.resolve("out");
    Files.writeString(script, "before\n");
    Path self = Path.of("/proc/self/fd");
    try (var open = new FileOutputStream(script.toFile(), true)) {
      open.flush();
      Path descriptor;
      try (Stream<Path> all = Files.list(self)) {
        descriptor =
            all.filter(
                    each -> {
                      try {
                        return Files.readSymbolicLink(each).equals(script);
                      } catch (IOException e) {
                        return false;
                      }
                    })
                .findFirst()
                .orElseThrow();
      }

      write(Writer.LINES, descriptor);
    }

    assertThat(Files.readAllLines(script)).hasSize(31).first().isEqualTo("before");
    assertThat(Backup.isStream(Path.of("/dev/stdout"))).isTrue();
    assertThat(Backup.isStream(script)).isFalse();
  }
}
