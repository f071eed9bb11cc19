package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.tracestore.bench.RedisTestServer;
import io.tracestore.bench.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, which is ended while it measures. */
class InterruptionTest {
  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path folder;

  private final List<ProcessHandle> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(ProcessHandle::destroyForcibly);
  }

  private Process command(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    started.add(process.toHandle());
    return process;
  }

  /** A run that is just measuring the store of {@code uri}. */
  private Process measuring(String uri) throws IOException, InterruptedException {
    String output = folder.resolve("run").toString();
    Process run = command("--quick", "--only", "storeTrace, 100k", "--output", output, uri);
    while (run.children().findAny().isEmpty() || Scratch.left(uri).isEmpty()) {
      assertThat(run.waitFor(20, TimeUnit.MILLISECONDS)).as(this::log).isFalse();
    }
    run.descendants().forEach(started::add);
    return run;
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void await(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(this::log).isTrue();
  }

  private String userFile() {
    return "sqlite:" + folder.resolve("user.db");
  }

  @Test
  void aRunThatIsInterruptedRemovesItsPlace() throws IOException, InterruptedException {
    Process run = measuring(userFile());
    run.destroy();
    await(run);
    assertThat(Scratch.left(userFile())).isEmpty();
  }

  @Test
  void aRunThatIsInterruptedRemovesItsTemporaryFiles() throws IOException, InterruptedException {
    Process run = measuring(userFile());
    run.destroy();
    await(run);
    try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .noneMatch(name -> name.startsWith("tracestore"));
    }
  }

  @Test
  void aRunThatIsInterruptedEndsTheProcessThatMeasures() throws IOException, InterruptedException {
    Process run = measuring(userFile());
    run.destroy();
    await(run);
    assertThat(started).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void aRunOnAServerThatIsInterruptedLeavesOnlyTheKeysOfOthers()
      throws IOException, InterruptedException {
    String uri = "redis://" + RedisTestServer.start().address();
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().set("tracestore_benches", "mine");
      List<String> keys = connection.sync().keys("*");
      Process run = measuring(uri);
      run.destroy();
      await(run);
      assertThat(connection.sync().keys("*")).containsExactlyInAnyOrderElementsOf(keys);
    } finally {
      client.shutdown();
    }
  }

  @Test
  void theFilesOfARunThatGoesOnAreNotCleaned() throws IOException, InterruptedException {
    measuring(userFile());
    await(command("clean"));
    try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .anyMatch(name -> name.startsWith("tracestore_bench_"));
    }
  }

  @Test
  void cleaningRemovesTheLeftoversOfAKilledRunAndNothingElse()
      throws IOException, InterruptedException {
    Files.createDirectory(folder.resolve("tracestore_bench_mine"));
    measuring(userFile());
    for (ProcessHandle process : started) {
      process.destroyForcibly();
      process.onExit().join();
    }
    assertThat(Scratch.left(userFile())).hasSize(1);
    await(command("clean", userFile()));
    assertThat(Scratch.left(userFile())).isEmpty();
    assertThat(folder.resolve("tracestore_bench_mine")).exists();
  }
}
