package io.tracestore.bench;

import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** ClickHouse as the tests start it, in a process of its own, until this JVM ends. */
public final class ClickHouseTestServer {
  private static final String USER = "bench";

  private static @Nullable String running;

  private ClickHouseTestServer() {}

  /**
   * Starts it, unless one runs in this JVM.
   *
   * @return the URI of its stores, without a database
   * @throws IOException if it cannot be started, and why
   */
  public static synchronized String start() throws IOException {
    if (running == null) {
      String password = Scratch.newRun();
      ClickHouseProcess server = ClickHouseProcess.start(null, USER + ":" + password);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      running = "clickhouse://%s:%s@127.0.0.1:%d".formatted(USER, password, server.port());
    }
    return running;
  }
}
