package io.tracestore.server;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import java.util.concurrent.CountDownLatch;

/** A server in a JVM of its own, which prints its port and is killed. */
final class ServingProcess {
  private ServingProcess() {}

  @SuppressWarnings("SystemOut") // how the test learns the port
  public static void main(String[] args) throws InterruptedException {
    try (TraceStore store = TraceStores.open(args[0]);
        TraceServer server = TraceServer.builder(store).port(0).start()) {
      System.out.println(server.port());
      new CountDownLatch(1).await();
    }
  }
}
