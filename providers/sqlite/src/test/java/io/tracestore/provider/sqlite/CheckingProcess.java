package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes traces and checks the store's health as often as it can. */
final class CheckingProcess {
  private CheckingProcess() {}

  /**
   * Arguments: the file, the journal mode, and either 1 (stores two traces, with a health check and
   * a line of input between) or the first number and how many traces.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    SqliteConfig config =
        SqliteConfig.of(Path.of(arguments[0]))
            .journalMode(JournalMode.valueOf(arguments[1]))
            .busyTimeoutMs(60_000);
    try (TraceStore store = config.open()) {
      if (arguments.length == 3) {
        storeTwo(store);
      } else {
        storeMany(store, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
      }
    }
  }

  private static void storeTwo(TraceStore store) throws IOException {
    store.healthCheck();
    store.storeTrace(Samples.trace(0, 3));
    store.healthCheck();
    System.out.println("0 stored");
    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    store.storeTrace(Samples.trace(1, 3));
    System.out.println("1 stored");
    while (true) {
      Thread.onSpinWait(); // until it is killed
    }
  }

  private static void storeMany(TraceStore store, int first, int count)
      throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    Thread checking =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                store.healthCheck();
              }
            });
    for (int n = first; n < first + count; n++) {
      store.storeTrace(Samples.trace(n, 3));
      System.out.println(n + " stored");
    }
    done.set(true);
    checking.join();
  }
}
