package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes traces of given numbers from several threads and prints each number once it is stored. */
final class WritingProcess {
  private static final int THREADS = 3;
  private static final String END = " stored";
  static final int EVENTS = 8;

  private WritingProcess() {}

  /** Arguments: the file, the first number, and how many traces. */
  public static void main(String[] arguments) throws InterruptedException {
    Path file = Path.of(arguments[0]);
    int first = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    try (TraceStore store = SqliteConfig.of(file).open()) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int offset = t;
        threads.add(
            Thread.startVirtualThread(() -> {
              for (int n = first + offset; n < first + count; n += THREADS) {
                store.storeTrace(Samples.trace(n, EVENTS));
                acknowledge(n);
              }
            }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void acknowledge(int n) {
    System.out.println(n + END);
  }

  /** The numbers in {@code lines}; a last line that was cut off by a kill does not count. */
  static List<Integer> acknowledged(List<String> lines) {
    return lines.stream()
        .filter(line -> line.endsWith(END))
        .map(line -> Integer.valueOf(line.substring(0, line.length() - END.length())))
        .toList();
  }
}
