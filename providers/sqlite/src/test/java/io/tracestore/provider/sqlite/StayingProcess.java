package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Path;

/** A process that has a store open until it gets a line of input. */
final class StayingProcess {
  private StayingProcess() {}

  /** Argument: the file. */
  public static void main(String[] arguments) throws IOException {
    SqliteConfig config = SqliteConfig.of(Path.of(arguments[0]));
    try (TraceStore store = config.open()) {
      store.healthCheck();
      System.out.println("open");
      int read = System.in.read();
      if (read < 0) {
        throw new IOException("ended without a line");
      }
    }
  }
}
