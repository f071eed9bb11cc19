package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** The other process of the tests, which in most cases works until it ends suddenly. */
final class OtherProcess {
  /** How many traces the process that is killed changes again and again. */
  static final int TRACES = 40;

  private OtherProcess() {}

  /**
   * Runs it.
   *
   * @param arguments what to do, the directory of the map, and where to begin
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Path directory = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "hold" -> hold(directory, out);
      case "open" -> open(directory, out);
      case "change" -> change(directory, Long.parseLong(arguments[2]), out);
      default -> endSuddenly(arguments[0], directory);
    }
  }

  private static void hold(Path directory, PrintStream out) throws InterruptedException {
    try (TraceStore store = Traces.open(directory, 1)) {
      out.println("ready");
      Thread.currentThread().join();
      store.healthCheck();
    }
  }

  private static void open(Path directory, PrintStream out) {
    try (TraceStore store = Traces.open(directory, 1)) {
      out.println(store.healthCheck().detail());
    } catch (TraceStoreException e) {
      out.println(e.getMessage());
    }
  }

  /**
   * Changes traces from several threads until it is killed; each line is a step that is done. The
   * steps of a trace are those of {@link #step}.
   */
  private static void change(Path directory, long from, PrintStream out)
      throws InterruptedException {
    try (TraceStore store = Traces.open(directory, 1_000)) {
      AtomicLong next = new AtomicLong(from);
      Thread[] threads = new Thread[4];
      for (int t = 0; t < threads.length; t++) {
        int first = t;
        threads[t] =
            Thread.ofPlatform()
                .start(() -> {
                  for (long round = next.get(); ; round++) {
                    for (long id = first; id < TRACES; id += threads.length) {
                      step(store, id, round);
                      out.println(id + " " + round);
                    }
                  }
                });
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /**
   * Step by step, a trace gets events, gets others in their place, and is deleted; every trace has
   * one event at least that says in which step it was stored.
   */
  static void step(TraceStore store, long id, long round) {
    FlowTrace trace = Traces.trace(id, 200 + (int) (id % 4) * 30_000);
    switch ((int) (round % 7)) {
      case 0 -> store.storeTrace(trace);
      case 6 -> store.deleteTrace(Traces.id(id));
      default -> store.storeEvents(Traces.id(id), List.of(Traces.event(1_000 * id + round % 7)));
    }
  }

  private static void endSuddenly(String where, Path directory) throws IOException {
    Path file = directory.resolve("traces.map");
    switch (where) {
      case "reading" -> {
        TraceStore store = Traces.open(directory, 100);
        lockASegment(file);
        store.getTrace(Traces.id(1));
      }
      case "recovering" -> {
        Files.copy(file, directory.resolve("traces.map.recovering"));
        ChronicleMapBuilder.of(byte[].class, byte[].class)
            .recoverPersistedTo(
                directory.resolve("traces.map.recovering").toFile(),
                false,
                corruption -> Runtime.getRuntime().halt(9));
      }
      default -> throw new IllegalArgumentException(where);
    }
    Runtime.getRuntime().halt(9);
  }

  private static void lockASegment(Path file) throws IOException {
    ChronicleMap<byte[], byte[]> map =
        ChronicleMapBuilder.of(byte[].class, byte[].class).createPersistedTo(file.toFile());
    map.queryContext(new byte[] {1}).readLock().lock();
    map.queryContext(new byte[] {2}).updateLock().lock();
  }
}
