package io.tracestore.provider.chronicle;

import io.tracestore.provider.support.Terms;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** What the other process does in the tests, in most cases until it ends suddenly. */
final class OtherProcess {
  private OtherProcess() {}

  /**
   * Runs it.
   *
   * @param arguments what to do, and the directory of the map
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Path directory = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "hold" -> hold(directory, out);
      case "open" -> open(directory, out);
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

  private static void endSuddenly(String where, Path directory) throws IOException {
    Path file = directory.resolve("traces.map");
    Sizing sizing = Traces.config(directory).maxTraces(100).build().sizing();
    ProcessGate gate = ProcessGate.open(file.resolveSibling("traces.map.lock"), "other");
    Journal journal = Journal.open(file.resolveSibling("traces.map.journal"));
    Table table = Table.open(file, sizing);
    SlotCopy slots = new SlotCopy(file.resolveSibling("traces.map.repair"));
    Gate.Repairs repairs = Engine.repairs(table, journal, slots, () -> {});
    gate.join(where.equals("cleaning") ? endingAtOnce() : repairs);
    gate.opened();
    switch (where) {
      case "reading" -> {
        gate.enterToRead();
        lockASegment(file);
      }
      case "preparing" -> {
        gate.enterToWrite(repairs);
        lockASegment(file);
      }
      case "changing" -> {
        gate.enterToWrite(repairs);
        changeHalf(table, journal, gate);
      }
      default -> {
        gate.enterToWrite(repairs);
        changeHalf(table, journal, gate);
        RepairTest.Step.valueOf(where).repairUntilHere(file, table, journal, slots);
      }
    }
    Runtime.getRuntime().halt(9);
  }

  private static Gate.Repairs endingAtOnce() {
    return new Gate.Repairs() {
      @Override
      public void afterReader() {
        Runtime.getRuntime().halt(9);
      }

      @Override
      public void afterWriter() {
        throw new IllegalStateException("nobody wrote");
      }
    };
  }

  private static void lockASegment(Path file) throws IOException {
    ChronicleMap<byte[], byte[]> map =
        ChronicleMapBuilder.of(byte[].class, byte[].class).createPersistedTo(file.toFile());
    map.queryContext(Key.trace(Member.timeless(Traces.id(1))).bytes()).readLock().lock();
  }

  /**
   * Overwrites one trace, removes another, and adds a third, of which no more than that is there;
   * does as much to the index.
   */
  private static void changeHalf(Table table, Journal journal, Gate gate) throws IOException {
    Key overwritten = Key.trace(Member.timeless(Traces.id(1)));
    Key removed = Key.trace(Member.timeless(Traces.id(2)));
    Key added = Key.trace(Member.timeless(Traces.id(100_000)));
    Key index = Key.postings(Terms.ALL);
    journal.write(
        List.of(
            new Journal.Entry(overwritten, table.get(overwritten)),
            new Journal.Entry(removed, table.get(removed)),
            new Journal.Entry(added, null),
            new Journal.Entry(index, table.get(index)),
            new Journal.Entry(Key.state(), table.get(Key.state()))));
    gate.changing();
    table.put(overwritten, new byte[20_000]);
    table.remove(removed);
    table.put(added, new byte[100]);
    table.put(index, new byte[1000]);
    table.remove(Key.state());
  }
}
