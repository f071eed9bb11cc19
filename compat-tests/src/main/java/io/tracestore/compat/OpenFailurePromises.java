package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A failed open leaves no thread, no file and no connection. */
abstract class OpenFailurePromises extends StorePromises {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int TIMES = 5;

  @Test
  void afterOpensThatFailedNoThreadIsLeft() throws IOException {
    List<String> uris = failing();
    store().close(); // or its own threads would start and end during the test
    for (String uri : uris) {
      fail(uri); // what a process makes once stays
      Set<Thread> before = threads();
      for (int i = 0; i < TIMES; i++) {
        fail(uri);
      }
      assertThat(become(() -> before.containsAll(threads())))
          .as("threads left: %s", left(before))
          .isTrue();
    }
  }

  @Test
  void afterOpensThatFailedNoFileOrConnectionIsOpen() throws IOException {
    assumeTrue(Files.isDirectory(DESCRIPTORS), "this system does not tell what is open");
    List<String> uris = failing();
    store().close(); // or its own connections would open and close during the test
    for (String uri : uris) {
      fail(uri);
      int before = descriptors().size();
      for (int i = 0; i < TIMES; i++) {
        fail(uri);
      }
      assertThat(become(() -> descriptors().size() <= before))
          .as("at most %d open, but: %s", before, descriptors())
          .isTrue();
    }
  }

  @Test
  void aStoreWorksAfterOpensThatFailed() throws IOException {
    for (String uri : failing()) {
      fail(uri);
    }
    store().storeTrace(Samples.trace(1));

    isAnswer(store().getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
  }

  private List<String> failing() throws IOException {
    Path directory = Files.createTempDirectory(kitStore().directory(), "failing");
    List<String> uris = fixture().failingUris(directory);
    assumeTrue(!uris.isEmpty(), "the fixture has no URI that cannot be opened");
    return uris;
  }

  private static void fail(String uri) {
    assertThatThrownBy(() -> TraceStores.open(uri).close())
        .as(uri)
        .isInstanceOf(TraceStoreException.class);
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
      return open.map(OpenFailurePromises::target)
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

  /** Threads end and sockets close soon, not at once. */
  private static boolean become(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }
}
