package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that fails leaves no thread, no file and no open file. */
@Timeout(60)
class FailedRunsTest {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @TempDir private Path folder;

  @Test
  void aRunThatFailedLeavesNoThreadNoFileAndNothingOpen() throws IOException {
    try (TraceStore store = open();
        TraceStore target = open()) {
      store.storeTraces(SampleTraces.of(3).next(600));
      Path whole = folder.resolve("whole.jsonl");
      new StorageMigrator(store, target).exportToFile(whole);
      byte[] bytes = Files.readAllBytes(whole);
      Path cut = Files.write(folder.resolve("cut.jsonl"), Arrays.copyOf(bytes, bytes.length / 2));
      Path packed = folder.resolve("packed.jsonl.zst");
      new StorageMigrator(store, target).exportToFile(packed);
      byte[] zstd = Files.readAllBytes(packed);
      Path cutPacked =
          Files.write(folder.resolve("cut.jsonl.zst"), Arrays.copyOf(zstd, zstd.length / 2));
      Path text = Files.writeString(folder.resolve("notes.txt"), "no traces");
      TraceStore full =
          Intercepted.store(
              target,
              (method, arguments, call) -> {
                if (method.startsWith("storeTrace")) {
                  throw new StoreCapacityException("full", null);
                }
                return call.call();
              });
      TraceStore unreadable =
          Intercepted.store(
              store,
              (method, arguments, call) -> {
                if (method.equals("openCursor")) {
                  throw new TraceStoreException("unreadable", null);
                }
                return call.call();
              });

      Map<String, ThrowingCallable> runs = new LinkedHashMap<>();
      runs.put(
          "restore into a full store",
          () -> new StorageMigrator(store, full).importFromFile(whole));
      runs.put("restore of notes", () -> new StorageMigrator(store, target).importFromFile(text));
      runs.put(
          "restore of nothing",
          () -> new StorageMigrator(store, target).importFromFile(folder.resolve("missing")));
      runs.put(
          "export of what cannot be read",
          () ->
              new StorageMigrator(unreadable, target)
                  .exportToFile(folder.resolve("new.jsonl.zst")));
      runs.put(
          "export to no folder",
          () -> new StorageMigrator(store, target).exportToFile(folder.resolve("none/new.jsonl")));
      runs.put("export over notes", () -> new StorageMigrator(store, target).exportToFile(text));
      runs.put("move to a full store", () -> migrate(store, full, folder.resolve("c1")));
      runs.put(
          "move of what cannot be read", () -> migrate(unreadable, target, folder.resolve("c2")));
      runs.put("checkpoint in no folder", () -> migrate(store, target, folder.resolve("none/c")));
      runs.put("checkpoint over notes", () -> migrate(store, target, text));
      for (Path damaged : List.of(cut, cutPacked)) {
        runs.put(
            "restore of " + damaged,
            () -> new StorageMigrator(store, target).importFromFile(damaged));
      }

      for (Map.Entry<String, ThrowingCallable> run : runs.entrySet()) {
        assertLeavesNothing(
            run.getKey(),
            () ->
                assertThatThrownBy(run.getValue())
                    .as(run.getKey())
                    .isInstanceOf(TraceStoreException.class));
      }
    }
  }

  private static void migrate(TraceStore source, TraceStore target, Path checkpoint) {
    MigrationOptions options = MigrationOptions.builder().threads(4).checkpoint(checkpoint).build();
    new StorageMigrator(source, target, options).migrateAllTraces();
  }

  private static TraceStore open() {
    return MemoryConfig.of().open();
  }

  private void assertLeavesNothing(String what, Runnable run) throws IOException {
    run.run(); // what a process makes once stays
    removeCheckpoints();
    Set<Path> files = files();
    Set<Thread> threads = threads();
    int open = descriptors().size();
    run.run();
    removeCheckpoints();
    assertThat(files()).as(what).isEqualTo(files);
    assertBecomes(what, () -> threads.containsAll(threads()), () -> left(threads));
    if (Files.isDirectory(DESCRIPTORS)) {
      assertBecomes(what, () -> descriptors().size() <= open, FailedRunsTest::descriptors);
    }
  }

  /** A checkpoint is there to stay: the next run goes on from it. */
  private void removeCheckpoints() throws IOException {
    Files.deleteIfExists(folder.resolve("c1"));
    Files.deleteIfExists(folder.resolve("c2"));
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .collect(Collectors.toSet());
  }

  private static Set<Thread> left(Set<Thread> before) {
    Set<Thread> left = new HashSet<>(threads());
    left.removeAll(before);
    return left;
  }

  /** The open files, except those that the virtual machine and this look itself open. */
  private static List<String> descriptors() {
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return open.map(FailedRunsTest::target)
          .filter(target -> !target.contains("/proc/") && !target.endsWith(".jar"))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "/proc/ closed in between";
    }
  }

  /** Threads end soon, not at once. */
  private static void assertBecomes(
      String what, Supplier<Boolean> condition, Supplier<Object> shown) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.get()) {
      assertThat(System.nanoTime()).as("%s: %s", what, shown.get()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
